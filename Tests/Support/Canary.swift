import Foundation

/// The package with which tests try packages: files that lie in `Tests/Canary`.
package enum Canary {
    /// Where each file lies there, and where it lies in a root.
    package static let files = [
        ("files/README.md", "agents/canary/README.md"),
        ("files/src/canary.py", "agents/canary/src/canary.py"),
        ("files/tests/test_canary.py", "agents/canary/tests/test_canary.py"),
        ("files/08_commit.md", "agents/canary/08_commit.md"),
        ("SPEC-CANARY.json", documents[0]), ("PKG-CANARY.json", documents[1]),
    ]

    /// Its documents in a root: that of its spec and its own.
    package static let documents = [
        "registries/specs/SPEC-CANARY.json", "registries/packages/PKG-CANARY.json",
    ]

    /// A file in one version.
    package static func text(_ file: String, _ version: String) throws -> String {
        try String(contentsOfFile: Repository.file("Tests/Canary/" + file), encoding: .utf8)
            .replacing("VERSION", with: version)
    }
}
