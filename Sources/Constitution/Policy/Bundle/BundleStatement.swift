package import Canon

/// What a signer says about a bundle: its name, revision and roots, and each file by its digest.
package struct BundleStatement: Sendable, Equatable {
    package let name: String
    package let revision: String
    package let roots: [String]
    /// The digest of each file by its path, ordered by path.
    package let files: [(path: String, digest: Digest)]
    /// Who or what built it, for people.
    package let builtBy: String
    /// The engine that it was reviewed with.
    package let engine: String

    /// What there is to say about a bundle.
    package init(_ bundle: PolicyBundle, builtBy: String) {
        name = bundle.name
        revision = bundle.revision
        roots = bundle.manifest.roots
        files = bundle.files.map { ($0.path, $0.digest) }
        self.builtBy = builtBy
        engine = PolicyBundle.engine
    }

    /// Reads the payload of a signature, in exactly the form that `bytes` has.
    init(parsing bytes: [UInt8], of bundle: String) throws(BundleRefusal) {
        guard let value = try? JSONValue(parsing: bytes),
            let name = value["name"]?.string, let revision = value["revision"]?.string,
            let roots = value["roots"]?.array, let files = value["files"]?.array,
            let builtBy = value["built_by"]?.string, let engine = value["engine"]?.string
        else { throw .badStatement(bundle: bundle, reason: "A part of it is missing.") }
        self.name = name
        self.revision = revision
        self.builtBy = builtBy
        self.engine = engine
        self.roots = roots.compactMap(\.string)
        self.files = files.compactMap { file in
            guard let path = file["path"]?.string,
                let digest = file["sha256"]?.string.flatMap({ Digest(hex: $0) })
            else { return nil }
            return (path, digest)
        }
        // One statement has one form, so that nothing unread can be signed along with it.
        guard self.bytes == bytes else {
            throw .badStatement(bundle: bundle, reason: "It is not in its canonical form.")
        }
    }

    /// The canonical JSON that is signed.
    package var bytes: [UInt8] {
        let statement: JSONValue = [
            "built_by": .string(builtBy),
            "engine": .string(engine),
            "files": .array(
                files.map { ["path": .string($0.path), "sha256": .string($0.digest.hex)] }
            ),
            "name": .string(name),
            "revision": .string(revision),
            "roots": .array(roots.map { .string($0) }),
        ]
        return statement.line
    }

    package static func == (left: BundleStatement, right: BundleStatement) -> Bool {
        left.bytes == right.bytes
    }
}
