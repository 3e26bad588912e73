package import Canon
import Crypto
import Registry

/// The manifest inside an archive: the package's own document, with exact files in place of queries,
/// and with the law that it was packed under.
package struct PackedManifest: Sendable {
    /// A file of the archive, as it will lie in a root.
    package struct File: Hashable, Sendable {
        package let path: RelativePath
        package let digest: Digest
        package let byteCount: Int
        package let isExecutable: Bool
    }

    /// Something of the law, and which bytes of it.
    package struct Basis: Sendable {
        package let id: String
        package let version: SemanticVersion
        package let digest: Digest
    }

    package let id: PackageID
    package let name: String
    package let version: SemanticVersion
    package let classification: String
    package let platforms: [String]
    package let purpose: String
    package let spec: Basis
    package let framework: Basis
    package let dependencies: [JSONValue]
    /// What the package owns, in the order of the paths.
    package let files: [File]
    /// Its document and its spec's, which the keeper of the registries owns once they are installed.
    package let documents: [File]
    /// The exact bytes.
    package let bytes: [UInt8]
    package let document: JSONValue

    /// Its name in an archive.
    static let memberName = "manifest.json"
    /// What all other members of an archive lie below.
    static let filesFolder = "root"
    static let bytesMax = 64 << 20

    /// The name of an archive's file: who fetches it should see what it is.
    package var archiveName: String { "\(name)-\(version).tar.zst" }

    /// Where the manifest and the attestations of what is installed lie in a root.
    package static let installedFolder = "registries/installed"

    /// The path of the manifest of an installed package.
    package static func installedPath(_ id: String) -> String { "\(installedFolder)/\(id).json" }

    /// The path of the attestations of an installed package.
    package static func attestationsPath(_ id: String) -> String {
        "\(installedFolder)/\(id).intoto.jsonl"
    }

    /// Why bytes are no manifest.
    struct Malformed: Error {
        let reason: String
    }

    /// Makes the manifest of a package as it is packed.
    init(
        _ package: PackageManifest,
        spec: Basis,
        framework: Basis,
        files: [File],
        documents: [File]
    ) throws(Malformed) {
        var document = package.document.object ?? JSONObject()
        var content = document["content"]?.object ?? JSONObject()
        content["files"] = .array(files.map(PackedManifest.json))
        document["content"] = .object(content)
        document["packed"] = [
            "spec": PackedManifest.json(spec), "framework": PackedManifest.json(framework),
            "documents": .array(documents.map(PackedManifest.json)),
        ]
        let bytes: [UInt8]
        do {
            bytes = try JSONValue.object(document).canonicalBytes() + [0x0A]
        } catch {
            throw Malformed(reason: "its document has no canonical form (\(error))")
        }
        try self.init(parsing: bytes)
    }

    /// Reads a manifest: canonical, complete, each path once and in order.
    init(parsing bytes: [UInt8]) throws(Malformed) {
        let value: JSONValue
        do {
            value = try JSONValue(
                parsing: bytes,
                limits: JSONLimits(bytesMax: PackedManifest.bytesMax)
            )
            guard try value.canonicalBytes() + [0x0A] == bytes else {
                throw Malformed(reason: "it is not in canonical form")
            }
        } catch let malformed as Malformed {
            throw malformed
        } catch {
            throw Malformed(reason: "it is no JSON (\(error))")
        }
        func text(_ name: String) throws(Malformed) -> String {
            guard let text = value[name]?.string else {
                throw Malformed(reason: "it does not say its \(name)")
            }
            return text
        }
        guard value["type"]?.string == "package", let id = PackageID(try text("id")),
            let version = SemanticVersion(try text("version"))
        else { throw Malformed(reason: "it names no package in a version") }
        self.id = id
        self.version = version
        name = try text("package_name")
        classification = try text("class")
        purpose = value["content"]?["purpose"]?.string ?? ""
        platforms = (value["platform"]?.array ?? []).compactMap(\.string)
        dependencies = value["dependencies"]?.array ?? []
        guard let packed = value["packed"] else {
            throw Malformed(reason: "it was never packed")
        }
        spec = try PackedManifest.basis(packed["spec"], "spec")
        framework = try PackedManifest.basis(packed["framework"], "framework")
        files = try PackedManifest.files(value["content"]?["files"])
        documents = try PackedManifest.files(packed["documents"])
        guard !files.isEmpty else { throw Malformed(reason: "it has no files") }
        let all = (files + documents).map(\.path).sorted()
        for (one, next) in zip(all, all.dropFirst()) where one == next {
            throw Malformed(reason: "\(Printable(one.text)) stands in it twice")
        }
        guard try text("spec_id") == spec.id, try text("framework_id") == framework.id else {
            throw Malformed(reason: "it was packed under another spec or framework than it names")
        }
        let own = [
            "\(RootLayout.packages)/\(id.text).json", "\(RootLayout.specs)/\(spec.id).json",
        ]
        guard documents.map(\.path.text).elementsEqual(own) else {
            throw Malformed(reason: "its documents are not its own and its spec's")
        }
        self.bytes = bytes
        document = value
    }

    private static func basis(_ value: JSONValue?, _ what: String) throws(Malformed) -> Basis {
        guard let id = value?["id"]?.string,
            let version = value?["version"]?.string.flatMap({ SemanticVersion($0) }),
            let digest = value?["digest"]?.string.flatMap({ Digest(hex: $0) })
        else { throw Malformed(reason: "it does not say which \(what) it was packed under") }
        return Basis(id: id, version: version, digest: digest)
    }

    private static func files(_ value: JSONValue?) throws(Malformed) -> [File] {
        guard let listed = value?.array else { throw Malformed(reason: "it lists no files") }
        var files: [File] = []
        files.reserveCapacity(listed.count)
        for element in listed {
            guard let text = element["path"]?.string, let path = try? RelativePath(text),
                let digest = element["digest"]?.string.flatMap({ Digest(hex: $0) }),
                let count = element["bytes"]?.integer, count >= 0, count <= 1 << 40
            else { throw Malformed(reason: "a file in it has no path, digest and size") }
            let isExecutable = element["executable"] == .bool(true)
            files.append(
                File(path: path, digest: digest, byteCount: count, isExecutable: isExecutable)
            )
        }
        for (one, next) in zip(files, files.dropFirst()) where !(one.path < next.path) {
            throw Malformed(reason: "its files are not in order at \(Printable(next.path.text))")
        }
        return files
    }

    private static func json(_ file: File) -> JSONValue {
        var members = JSONObject([
            ("path", .string(file.path.text)), ("digest", .string(file.digest.hex)),
            ("bytes", .integer(file.byteCount)),
        ])
        if file.isExecutable { members["executable"] = true }
        return .object(members)
    }

    private static func json(_ basis: Basis) -> JSONValue {
        [
            "id": .string(basis.id), "version": .string(basis.version.description),
            "digest": .string(basis.digest.hex),
        ]
    }
}
