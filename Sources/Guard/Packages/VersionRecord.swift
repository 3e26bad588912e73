package import Canon
import Registry

/// A state of a whole root that was kept: which it was, and where its files are.
package struct VersionRecord: Sendable {
    /// `VER-` and the moment, to the second.
    package let id: String
    package let time: Timestamp
    package let note: String
    package let stateRoot: Digest
    package let isSealed: Bool
    /// The archive that holds its files.
    package let archive: Digest
    package let files: [PackedManifest.File]
    /// The packages that were there, with their versions.
    package let packages: [(id: String, version: String)]

    /// The id of a state that is kept now.
    static func id(at time: Timestamp) -> String {
        "VER-"
            + time.description.utf8.prefix(19).compactMap { byte in
                (48...57).contains(byte) ? String(UnicodeScalar(byte)) : nil
            }.joined()
    }

    /// Whether a text is the id of a state.
    static func isID(_ text: String) -> Bool {
        text.hasPrefix("VER-") && text.utf8.count == 18
            && text.utf8.dropFirst(4).allSatisfy { (48...57).contains($0) }
    }

    /// The record as it is kept.
    var bytes: [UInt8] {
        let document: JSONValue = [
            "schema_version": "1.0", "type": "version", "id": .string(id),
            "time": .string(time.description), "note": .string(note),
            "state_root": .string(stateRoot.hex), "sealed": .bool(isSealed),
            "archive": .string(archive.hex),
            "packages": .array(
                packages.map { ["id": .string($0.id), "version": .string($0.version)] }
            ),
            "files": .array(
                files.map { file in
                    var members = JSONObject([
                        ("path", .string(file.path.text)), ("digest", .string(file.digest.hex)),
                        ("bytes", .integer(file.byteCount)),
                    ])
                    if file.isExecutable { members["executable"] = true }
                    return .object(members)
                }
            ),
        ]
        return document.line + [0x0A]
    }

    init(
        id: String,
        time: Timestamp,
        note: String,
        stateRoot: Digest,
        isSealed: Bool,
        archive: Digest,
        files: [PackedManifest.File],
        packages: [(id: String, version: String)]
    ) {
        self.id = id
        self.time = time
        self.note = note
        self.stateRoot = stateRoot
        self.isSealed = isSealed
        self.archive = archive
        self.files = files
        self.packages = packages
    }

    /// Reads a record; `nil` where it is none.
    init?(parsing bytes: [UInt8]) {
        let limits = JSONLimits(bytesMax: VersionRecord.bytesMax)
        guard let value = try? JSONValue(parsing: bytes, limits: limits),
            value["type"]?.string == "version", let id = value["id"]?.string,
            VersionRecord.isID(id), let time = value["time"]?.string.flatMap({ Timestamp($0) }),
            let stateRoot = value["state_root"]?.string.flatMap({ Digest(hex: $0) }),
            let archive = value["archive"]?.string.flatMap({ Digest(hex: $0) })
        else { return nil }
        var files: [PackedManifest.File] = []
        for element in value["files"]?.array ?? [] {
            guard let path = element["path"]?.string.flatMap({ try? RelativePath($0) }),
                let digest = element["digest"]?.string.flatMap({ Digest(hex: $0) }),
                let count = element["bytes"]?.integer, (0...(1 << 40)).contains(count),
                files.count < VersionRecord.filesMax
            else { return nil }
            let isExecutable = element["executable"] == .bool(true)
            files.append(
                PackedManifest.File(
                    path: path,
                    digest: digest,
                    byteCount: count,
                    isExecutable: isExecutable
                )
            )
        }
        self.init(
            id: id,
            time: time,
            note: value["note"]?.string ?? "",
            stateRoot: stateRoot,
            isSealed: value["sealed"] == .bool(true),
            archive: archive,
            files: files,
            packages: (value["packages"]?.array ?? []).compactMap { item in
                item["id"]?.string.flatMap { id in
                    item["version"]?.string.map { (id, $0) }
                }
            }
        )
    }

    static let bytesMax = 256 << 20
    private static let filesMax = 1_000_000
}
