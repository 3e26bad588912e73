package import Canon
import Crypto

/// One file of a bundle: where it lies in it, and its bytes.
package struct BundleFile: Sendable, Equatable {
    /// The path below the bundle's directory.
    package let path: String

    /// What it holds.
    package let bytes: [UInt8]

    /// The digest of its bytes.
    package let digest: Digest

    /// States a file.
    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        digest = .sha256(of: bytes)
    }

    /// A file with text in it.
    package init(path: String, text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }

    /// What a file means to the engine.
    enum Role {
        case manifest
        case signature
        case policy
        case data
        case yamlData
        case compiledCode
        /// Carried and signed, but nothing that is decided rests on it.
        case other
    }

    /// Whether a file of that path means anything to the engine.
    package static func isRead(_ path: String) -> Bool {
        BundleFile(path: path, bytes: []).role != .other
    }

    var role: Role {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if path.hasSameBytes(as: PolicyBundle.manifestName) { return .manifest }
        if path.hasSameBytes(as: BundleSignature.fileName) { return .signature }
        if name.hasSuffix(".rego") { return .policy }
        switch name {
        case "data.json": return .data
        case "data.yaml", "data.yml": return .yamlData
        default: return name.hasSuffix(".wasm") || name == "plan.json" ? .compiledCode : .other
        }
    }

    /// Whether this is a policy that only tests others.
    package var isTest: Bool { path.hasSuffix("_test.rego") }
}
