package import Canon
import Crypto
package import Host

/// A package as an OCI image layout, so that registries can carry it: an artifact whose layers are the
/// archive and its attestations, byte for byte.
///
/// Both have their file names, so whoever pulls the artifact has what 'package pack' made. Each attestation
/// is a referrer as well, for those who look for them there.
package struct ImageLayout: Sendable {
    private let directory: Directory

    private static let artifactType = "application/vnd.charter.package.v1"
    private static let layerType = "application/vnd.charter.package.v1.tar+zstd"
    private static let attestationsType = "application/vnd.charter.attestations.v1+jsonl"
    private static let attestationType = "application/vnd.in-toto+dsse"
    private static let manifestType = "application/vnd.oci.image.manifest.v1+json"
    private static let indexType = "application/vnd.oci.image.index.v1+json"
    private static let emptyType = "application/vnd.oci.empty.v1+json"
    private static let layoutName = "oci-layout"
    private static let indexName = "index.json"
    private static let referenceName = "org.opencontainers.image.ref.name"
    private static let titleName = "org.opencontainers.image.title"
    private static let versionName = "org.opencontainers.image.version"
    private static let predicateName = "in-toto.io/predicate-type"
    private static let documentBytesMax = 4 << 20
    private static let referrersMax = 64

    /// The layout in a directory.
    package init(in directory: Directory) { self.directory = directory }

    /// Whether a directory holds a layout.
    package static func isOne(_ directory: Directory) -> Bool {
        ((try? directory.facts(of: layoutName)) ?? nil)?.kind == .file
    }

    // MARK: - Writing

    /// Writes an archive and its attestations; the tag is the package's version.
    ///
    /// The index comes last, so that a layout that was cut short holds nothing; nor does one of an archive
    /// that is another by now than `verified`, for which the answer is `nil`.
    package func write(
        _ manifest: PackedManifest,
        archive name: String,
        in source: Directory,
        verified: Digest,
        _ attestations: [UInt8]
    ) throws(PackageFault) -> Digest? {
        do {
            for folder in ["blobs", "blobs/sha256"] where try directory.facts(of: folder) == nil {
                try DurableFile.makeDirectory(folder, in: directory)
            }
            guard let archive = try put(name, in: source, verified) else { return nil }
            let empty = try put(Array("{}".utf8), ImageLayout.emptyType)
            let version = manifest.version.description
            let layer = ImageLayout.descriptor(
                ImageLayout.layerType,
                archive.digest,
                archive.count,
                [(ImageLayout.titleName, manifest.archiveName)]
            )
            var signed = try put(attestations, ImageLayout.attestationsType).object ?? JSONObject()
            signed["annotations"] = [
                ImageLayout.titleName:
                    .string(manifest.archiveName + PackageAttestations.suffix)
            ]
            let (main, digest) = try put(
                [
                    ("schemaVersion", 2), ("mediaType", .string(ImageLayout.manifestType)),
                    ("artifactType", .string(ImageLayout.artifactType)), ("config", empty),
                    ("layers", [layer, .object(signed)]),
                    ("annotations", [ImageLayout.versionName: .string(version)]),
                ],
                ImageLayout.artifactType,
                [(ImageLayout.referenceName, version)]
            )
            var manifests = [main]
            let subject = ImageLayout.bare(main)
            for envelope in attestations.split(separator: 0x0A) {
                manifests.append(try refer(Array(envelope), to: subject, empty))
            }
            let index: JSONValue = [
                "schemaVersion": 2, "mediaType": .string(ImageLayout.indexType),
                "manifests": .array(manifests),
            ]
            try DurableFile.replace(
                ImageLayout.layoutName,
                with: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8),
                in: directory
            )
            try DurableFile.replace(ImageLayout.indexName, with: index.line, in: directory)
            return digest
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private func refer(
        _ envelope: [UInt8],
        to subject: JSONValue,
        _ empty: JSONValue
    ) throws -> JSONValue {
        let predicate =
            PackageAttestations.statement(in: envelope)?["predicateType"]?.string ?? "unknown"
        var layer = try put(envelope, ImageLayout.attestationType).object ?? JSONObject()
        layer["annotations"] = [ImageLayout.predicateName: .string(predicate)]
        return try put(
            [
                ("schemaVersion", 2), ("mediaType", .string(ImageLayout.manifestType)),
                ("artifactType", .string(ImageLayout.attestationType)), ("config", empty),
                ("layers", [.object(layer)]), ("subject", subject),
                ("annotations", [ImageLayout.predicateName: .string(predicate)]),
            ],
            ImageLayout.attestationType,
            []
        ).descriptor
    }

    private func put(
        _ members: [(String, JSONValue)],
        _ artifactType: String,
        _ annotations: [(String, String)]
    ) throws -> (descriptor: JSONValue, digest: Digest) {
        let bytes = JSONValue.object(JSONObject(members)).line
        let stored = try put(bytes, ImageLayout.manifestType).object ?? JSONObject()
        var descriptor = stored
        descriptor["artifactType"] = .string(artifactType)
        if !annotations.isEmpty {
            descriptor["annotations"] = .object(
                JSONObject(annotations.map { ($0.0, .string($0.1)) })
            )
        }
        return (.object(descriptor), .sha256(of: bytes))
    }

    private func put(_ bytes: [UInt8], _ type: String) throws -> JSONValue {
        let digest = Digest.sha256(of: bytes)
        try DurableFile.replace("blobs/sha256/" + digest.hex, with: bytes, in: directory)
        return ImageLayout.descriptor(type, digest, bytes.count, [])
    }

    private func put(
        _ name: String,
        in source: Directory,
        _ verified: Digest
    ) throws -> (digest: Digest, count: Int)? {
        let blobs = try directory.openDirectory("blobs/sha256")
        let draft = try FileDraft("incoming", in: blobs)
        var stream = SHA256Stream()
        var count = 0
        try FileSource(name, in: source).copyAll(to: draft) { piece in
            stream.update(piece)
            count += piece.byteCount
        }
        try draft.finish(isDurable: true)
        let digest = stream.finish()
        guard digest == verified else { return nil }
        try draft.place(as: digest.hex, isDurable: true)
        return (digest, count)
    }

    private static func descriptor(
        _ type: String,
        _ digest: Digest,
        _ count: Int,
        _ annotations: [(String, String)]
    ) -> JSONValue {
        var members = JSONObject([
            ("mediaType", .string(type)), ("digest", .string("sha256:" + digest.hex)),
            ("size", .integer(count)),
        ])
        if !annotations.isEmpty {
            members["annotations"] = .object(
                JSONObject(annotations.map { ($0.0, .string($0.1)) })
            )
        }
        return .object(members)
    }

    /// A descriptor as a subject has it: what it is, and nothing that was said about it.
    private static func bare(_ descriptor: JSONValue) -> JSONValue {
        var members = descriptor.object ?? JSONObject()
        members["annotations"] = nil
        members["artifactType"] = nil
        return .object(members)
    }

    // MARK: - Reading

    /// Where the archive of a layout is, and its attestations.
    struct Found: Sendable {
        /// The path of the archive's blob in the layout.
        let name: String
        let attestations: [UInt8]
    }

    /// The one package of a layout; what is no layout of one package is a refusal.
    ///
    /// Digests are believed of nothing here: the archive is hashed when it is taken in, and attestations
    /// are about its digest.
    func find() throws(PackageFault) -> Result<Found, PackageContents.Refused> {
        func refused(_ reason: String) -> Result<Found, PackageContents.Refused> {
            let refusal = PackageRefusal(
                .damaged,
                path: directory.path,
                "\(Printable(directory.path)) is no OCI layout of one package: \(reason).",
                next: "Write it again with 'charter package export', or copy it with skopeo."
            )
            return .failure(PackageContents.Refused(refusal: refusal))
        }
        do {
            let index = try document(ImageLayout.indexName)
            let listed = index?["manifests"]?.array ?? []
            guard listed.count <= ImageLayout.referrersMax else {
                return refused("it lists too much")
            }
            var package: JSONValue?
            for descriptor in listed {
                guard let manifest = try blob(descriptor) else {
                    return refused("a manifest is missing, or not the one that its digest names")
                }
                guard manifest["artifactType"]?.string == ImageLayout.artifactType else { continue }
                guard package == nil else { return refused("it holds several packages") }
                package = manifest
            }
            let layers = package?["layers"]?.array ?? []
            guard let name = layers.first.flatMap(ImageLayout.name) else {
                return refused("it holds no package")
            }
            var attestations: [UInt8] = []
            for layer in layers.dropFirst()
            where layer["mediaType"]?.string == ImageLayout.attestationsType {
                guard let name = ImageLayout.name(of: layer),
                    try directory.facts(of: name) != nil
                else { return refused("its attestations are missing") }
                attestations = try directory.readWhole(name, limit: PackageAttestations.bytesMax)
            }
            return .success(Found(name: name, attestations: attestations))
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private func document(_ name: String) throws -> JSONValue? {
        guard try directory.facts(of: name) != nil else { return nil }
        let bytes = try directory.readWhole(name, limit: ImageLayout.documentBytesMax)
        return try? JSONValue(parsing: bytes)
    }

    private func blob(_ descriptor: JSONValue) throws -> JSONValue? {
        guard let name = ImageLayout.name(of: descriptor), try directory.facts(of: name) != nil
        else { return nil }
        let bytes = try directory.readWhole(name, limit: ImageLayout.documentBytesMax)
        guard name.hasSuffix(Digest.sha256(of: bytes).hex) else { return nil }
        return try? JSONValue(parsing: bytes)
    }

    private static func name(of descriptor: JSONValue) -> String? {
        guard let text = descriptor["digest"]?.string, text.hasPrefix("sha256:"),
            let digest = Digest(hex: String(text.dropFirst(7)))
        else { return nil }
        return "blobs/sha256/" + digest.hex
    }
}
