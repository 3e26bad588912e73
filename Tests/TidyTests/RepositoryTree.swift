import Foundation
import Support

/// One file of the repository as the rules see it.
struct SourceFile: Sendable {
    let path: String
    let text: String
    /// The tokens, for Swift text only.
    let tokens: [Token]

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        tokens = path.hasSuffix(".swift") ? TokenReader.tokens(of: text) : []
    }

    /// The folders above the file and its name.
    var parts: [Substring] { path.split(separator: "/") }

    /// The layer of a file below `Sources`.
    var layer: String? { parts.count > 3 && parts[0] == "Sources" ? String(parts[1]) : nil }

    /// The module of a file below `Sources`.
    var module: String? { parts.count > 3 && parts[0] == "Sources" ? String(parts[2]) : nil }

    /// The test target of a file below `Tests`.
    var suite: String? { parts.count > 2 && parts[0] == "Tests" ? String(parts[1]) : nil }

    /// The name without folders.
    var name: String { parts.last.map(String.init) ?? "" }

    /// The name without folders and without `.swift`.
    var stem: String { (parts.last ?? "").split(separator: ".").first.map(String.init) ?? "" }
}

/// What a rule found wrong, said as `path:line: rule: what to do`.
struct Finding: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let rule: String
    let advice: String

    var description: String { "\(path):\(line): \(rule): \(advice)" }
}

/// The repository, read once for all rules.
///
/// Vectors are other people's bytes: their paths are known, their text is not read.
struct RepositoryTree: Sendable {
    let paths: Set<String>
    let folders: Set<String>
    let files: [SourceFile]

    static let shared = RepositoryTree(reading: Repository.path)

    private static let ignored: Set<String> = [".git", ".build", ".swiftpm"]

    init(reading root: String) {
        var paths: Set<String> = []
        var folders: Set<String> = []
        var files: [SourceFile] = []
        var waiting = [""]
        while let folder = waiting.popLast() {
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []
            for name in names.sorted() where !RepositoryTree.ignored.contains(name) {
                let path = folder.isEmpty ? name : folder + "/" + name
                let facts = try? FileManager.default.attributesOfItem(atPath: root + "/" + path)
                if facts?[.type] as? FileAttributeType == .typeDirectory {
                    folders.insert(path)
                    waiting.append(path)
                    continue
                }
                paths.insert(path)
                if path.hasPrefix("Tests/Vectors/") { continue }
                guard let data = FileManager.default.contents(atPath: root + "/" + path),
                    data.count < 1 << 20, let text = String(validating: data, as: UTF8.self)
                else { continue }
                files.append(SourceFile(path, text))
            }
        }
        self.paths = paths
        self.folders = folders
        self.files = files.sorted { $0.path < $1.path }
    }

    /// A tree of the given files only.
    init(files: [SourceFile]) {
        paths = Set(files.map(\.path))
        folders = []
        self.files = files
    }

    /// The Swift files of the modules.
    var sources: [SourceFile] { files.filter { $0.module != nil && $0.path.hasSuffix(".swift") } }

    /// The Swift files of the tests.
    var tests: [SourceFile] { files.filter { $0.suite != nil && $0.path.hasSuffix(".swift") } }

    /// The Markdown pages.
    var pages: [SourceFile] { files.filter { $0.path.hasSuffix(".md") } }

    /// The text of one file.
    func text(_ path: String) -> String { files.first { $0.path == path }?.text ?? "" }
}
