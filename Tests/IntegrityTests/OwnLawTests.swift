import Canon
import Foundation
import Host
import Integrity
import Registry
import Support
import Testing

@Suite
struct `The law of this repository` {
    @Test func `makes a root that is whole, and finds what does not belong to it`() throws {
        let home = TemporaryDirectory()
        let source = try Directory.open(Repository.path)
        let registries = try source.openDirectory(RootLayout.registries)
        var items: [RootGenesis.Item] = []
        for entry in try TreeWalk().list(registries) where entry.kind == .file {
            let path = RootLayout.registries + "/" + String(decoding: entry.path, as: UTF8.self)
            guard !RegistryCompiler.isKeptByCompiler(try RelativePath(path)) else { continue }
            let bytes = try source.readWhole(path, limit: 1 << 22)
            items.append(RootGenesis.Item(path: path, owner: try owner(of: path), bytes: bytes))
        }
        #expect(items.count > 100)
        let root = try RootGenesis(
            at: home.file("root"),
            stateHome: home.file("state")
        ).make(items, adopting: [], isAdopting: false)
        let outcome = try RootAuthoring(root, clock: GovernedFixture.clock).compile(accept: false)
        guard case .done(let compiled) = outcome else { throw FixtureProblem(what: "denied") }
        // Here are only the documents of the law: the code that its packages own is not.
        let other = compiled.violations.filter { $0.code != .missingAsset }
        #expect(other.map(GovernedFixture.line) == [])
        #expect(compiled.rowCount >= items.count)
    }

    /// The owner that the repository's own registries name.
    private func owner(of path: String) throws -> String {
        let path = try RelativePath(path)
        let directory = path.parent?.bytes ?? []
        let name = String(decoding: LocalRegistry.path(in: directory), as: UTF8.self)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Repository.file(name))))
        var violations: [Violation] = []
        let local = LocalRegistry(parsing: bytes, directory: directory, violations: &violations)
        guard violations == [], let row = local.row(named: path.name.utf8) else {
            throw FixtureProblem(what: "\(path) has no owner here")
        }
        return row.owner
    }
}
