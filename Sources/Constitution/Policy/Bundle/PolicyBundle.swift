package import Canon
import Crypto
package import Rego

/// Policies and the data that they know, as files in OPA's layout: one thing that is reviewed, signed
/// and activated whole.
///
/// A value of this type is in order as far as its files go; whether its policies compile is shown by
/// `LoadedBundle`, whether they are fit by `BundleReview`, who answers for them by `BundleSignature`.
package struct PolicyBundle: Sendable {
    /// What the bundle says about itself.
    package let manifest: BundleManifest

    /// Its files but the signature, ordered by path.
    package let files: [BundleFile]

    /// The signature that lies in it; nobody has looked at it yet.
    package let signature: [UInt8]?

    /// The data of its files, as policies see it.
    package let data: Value

    /// The digest over all paths and bytes but the signature: the same files give the same, however
    /// they came here.
    package let digest: Digest

    /// Where a bundle says what it is.
    package static let manifestName = ".manifest"

    /// The engine that this is, as signatures name it: a bundle is reviewed and activated by the
    /// same.
    package static let engine = "rego opa-1.14"

    /// How much a bundle may hold.
    package struct Limits: Sendable {
        package var filesMax = 4_096
        package var fileBytesMax = 16 << 20
        package var bytesMax = 64 << 20

        /// Room for any policies that people write.
        package static let standard = Limits()
    }

    /// Takes files as a bundle.
    ///
    /// `name` is used where the manifest gives none, such as for a bare directory of policies.
    package init(
        files: [BundleFile],
        name: String = "bundle",
        limits: Limits = .standard
    ) throws(BundleRefusal) {
        let files = try PolicyBundle.ordered(files, limits)
        var manifest = BundleManifest.none
        for file in files {
            switch file.role {
            case .manifest: manifest = try BundleManifest(parsing: file.bytes)
            case .yamlData: throw .yamlData(path: file.path)
            case .compiledCode: throw .compiledCode(path: file.path)
            default: break
            }
        }
        if manifest.name.isEmpty { manifest.name = name }
        self.manifest = manifest
        signature = files.first { $0.role == .signature }?.bytes
        self.files = files.filter { $0.role != .signature }
        data = try PolicyBundle.data(in: files, roots: manifest.roots)
        digest = PolicyBundle.digest(of: self.files)
    }

    /// The name, which is also that of its directory.
    package var name: String { manifest.name }

    /// The revision; where the manifest has none, the beginning of the digest.
    package var revision: String {
        manifest.revision.isEmpty ? String(digest.hex.prefix(12)) : manifest.revision
    }

    /// Its policies, those that only test included.
    package var policies: [BundleFile] { files.filter { $0.role == .policy } }

    /// The same bundle with a signature in it.
    package func signed(with signature: [UInt8]) throws(BundleRefusal) -> PolicyBundle {
        let envelope = BundleFile(path: BundleSignature.fileName, bytes: signature)
        return try PolicyBundle(files: files + [envelope], name: name)
    }

    /// The same bundle as what is built from it: with a manifest that says its revision and name.
    package func built(revision: String) throws(BundleRefusal) -> PolicyBundle {
        var manifest = manifest
        manifest.revision = revision
        let others = files.filter { $0.role != .manifest }
        let written = BundleFile(path: PolicyBundle.manifestName, bytes: manifest.bytes)
        return try PolicyBundle(files: others + [written], name: name)
    }

    /// Every file that makes up the bundle on a disk, the signature included.
    package var allFiles: [BundleFile] {
        files + (signature.map { [BundleFile(path: BundleSignature.fileName, bytes: $0)] } ?? [])
    }

    /// No two bundles that are active beside each other may own one place.
    package static func checkApart(_ bundles: [PolicyBundle]) throws(BundleRefusal) {
        for (index, bundle) in bundles.enumerated() {
            for other in bundles[..<index] {
                for root in bundle.manifest.roots {
                    guard
                        let theirs = other.manifest.roots.first(where: {
                            BundleRoots.overlap(root, $0)
                        })
                    else { continue }
                    let wider = theirs.utf8.count < root.utf8.count ? theirs : root
                    throw .rootsOverlap(bundle: other.name, other: bundle.name, root: wider)
                }
            }
        }
    }

    // MARK: - Reading

    private static func ordered(
        _ files: [BundleFile],
        _ limits: Limits
    ) throws(BundleRefusal) -> [BundleFile] {
        guard files.count <= limits.filesMax else {
            throw .tooLarge(what: "A bundle of \(files.count) files", limit: limits.filesMax)
        }
        var total = 0
        for file in files {
            guard RelativePath.problem(in: Array(file.path.utf8)) == nil else {
                throw .badPath(path: file.path)
            }
            total += file.bytes.count
            guard file.bytes.count <= limits.fileBytesMax, total <= limits.bytesMax else {
                throw .tooLarge(
                    what: "\(file.path) with \(file.bytes.count) bytes",
                    limit: file.bytes.count > limits.fileBytesMax
                        ? limits.fileBytesMax : limits.bytesMax
                )
            }
        }
        let ordered = files.sorted { $0.path.precedesInBytes($1.path) }
        for (file, next) in zip(ordered, ordered.dropFirst())
        where file.path.hasSameBytes(as: next.path) {
            throw .repeatedPath(path: file.path)
        }
        return ordered
    }

    /// One document of all `data.json`, each put where its directory says.
    private static func data(
        in files: [BundleFile],
        roots: [String]
    ) throws(BundleRefusal) -> Value {
        var data = ObjectValue.empty
        for file in files where file.role == .data {
            let value: Value
            do {
                value = try Value(parsing: file.bytes)
            } catch {
                throw .badData(path: file.path, fault: error)
            }
            guard case .object(let object) = value else {
                throw .badData(
                    path: file.path,
                    fault: .json(
                        .unexpected(byte: file.bytes.first, offset: 0, wanted: "an object")
                    )
                )
            }
            let place = file.path.split(separator: "/").dropLast().map(String.init)
            try check(object, at: place, roots, file.path)
            let nested = place.reversed().reduce(object) { inner, name in
                ObjectValue([.init(key: .text(name), value: .object(inner))])
            }
            data = try merged(data, nested, file.path)
        }
        return .object(data)
    }

    private static func check(
        _ object: ObjectValue,
        at place: [String],
        _ roots: [String],
        _ path: String
    ) throws(BundleRefusal) {
        if BundleRoots.contain(place, roots) { return }
        for member in object.members {
            guard case .string(let key) = member.key else { continue }
            let inner = place + [key.string]
            if BundleRoots.contain(inner, roots) { continue }
            guard BundleRoots.reachBelow(inner, roots), case .object(let members) = member.value
            else { throw .outsideRoots(path: path, what: QueryPath(names: inner).description) }
            try check(members, at: inner, roots, path)
        }
    }

    private static func merged(
        _ left: ObjectValue,
        _ right: ObjectValue,
        _ path: String
    ) throws(BundleRefusal) -> ObjectValue {
        var out = left
        for member in right.members {
            guard let present = out[member.key] else {
                out = out.setting(member.key, to: member.value)
                continue
            }
            guard case .object(let one) = present, case .object(let other) = member.value else {
                let key = String(decoding: member.key.json, as: UTF8.self)
                throw .dataConflict(path: path, key: key)
            }
            out = out.setting(member.key, to: .object(try merged(one, other, path)))
        }
        return out
    }

    private static func digest(of files: [BundleFile]) -> Digest {
        let listed = files.map { file -> JSONValue in
            ["path": .string(file.path), "sha256": .string(file.digest.hex)]
        }
        // Canonical: only texts stand in it, so its bytes are those of RFC 8785.
        return .sha256(of: JSONValue.array(listed).line)
    }
}
