import Foundation

/// The program that was built together with the tests.
package enum BuiltProgram {
    /// It lies where the tests lie: both were built by one build.
    package static let path: String = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = (own ?? "").split(separator: "/").dropLast().joined(separator: "/")
        let path = "/" + beside + "/charter"
        return FileManager.default.isExecutableFile(atPath: path)
            ? path : Repository.file(".build/debug/charter")
    }()
}
