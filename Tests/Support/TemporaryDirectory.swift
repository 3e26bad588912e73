import Foundation

/// A directory of a test's own, removed with everything in it when the value goes away.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        let name = "charter-test-" + UUID().uuidString
        path =
            NSTemporaryDirectory().hasSuffix("/")
            ? NSTemporaryDirectory() + name : NSTemporaryDirectory() + "/" + name
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false
            )
        } catch {
            preconditionFailure("\(path) could not be made: \(error)")
        }
    }

    deinit {
        // Some tests take permissions away; give them back so that nothing is left behind.
        _ = try? Command.run("/bin/chmod", ["-R", "u+rwX", path])
        _ = try? Command.run("/bin/rm", ["-rf", path])
    }

    /// The absolute path of a name below this directory.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file, making the directories above it.
    @discardableResult
    package func write(_ name: String, _ text: String) -> String {
        write(name, bytes: Array(text.utf8))
    }

    /// Writes a file, making the directories above it.
    @discardableResult
    package func write(_ name: String, bytes: [UInt8]) -> String {
        let url = URL(fileURLWithPath: file(name))
        let manager = FileManager.default
        do {
            try manager.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: url)
        } catch {
            preconditionFailure("\(url.path) could not be written: \(error)")
        }
        return url.path
    }

    /// The bytes of a file below this directory.
    package func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }
}
