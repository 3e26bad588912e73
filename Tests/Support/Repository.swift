import Foundation

/// Where this repository lies on disk, for tests that read its own files.
package enum Repository {
    /// The absolute path of the repository's root.
    package static let path: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// The absolute path of a file of the repository.
    package static func file(_ path: String) -> String { Repository.path + "/" + path }

    /// The bytes of a file under `Tests/Vectors`.
    package static func vector(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file("Tests/Vectors/" + path))))
    }

    /// The text of a file under `Tests/Vectors`.
    package static func vectorText(_ path: String) throws -> String {
        String(decoding: try vector(path), as: UTF8.self)
    }
}
