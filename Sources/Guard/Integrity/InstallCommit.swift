import Canon
import Crypto
import Host

/// The decision of one operation as it lies in the stage: for which root, and which files.
struct InstallCommit: Sendable {
    /// One file: where its bytes wait, and what stood in its place before.
    struct File: Sendable {
        /// Where bytes wait.
        enum Waiting: Sendable {
            case nowhere
            /// In the file of all contents, behind those of the files before.
            case content(bytes: Int)
            case archive(Digest, member: String, isExecutable: Bool)
        }

        let path: RelativePath
        let waiting: Waiting
        let before: Digest?
        let after: Digest?
    }

    let purpose: String
    let time: String
    /// Where the root lies, in a form that any name of it can have.
    let place: String
    let born: String
    let files: [File]

    static let name = "commit.json"
    /// The bytes of all files that come from no archive, one behind the other.
    static let contentName = "content"
    private static let bytesMax = 64 << 20

    /// Why a decision cannot be read.
    struct Unreadable: Error {}

    /// Reads the decision in a stage.
    init(in stage: Directory) throws {
        let bytes = try stage.readWhole(InstallCommit.name, limit: InstallCommit.bytesMax)
        let commit = try JSONValue(
            parsing: bytes,
            limits: JSONLimits(bytesMax: InstallCommit.bytesMax)
        )
        self.init(
            purpose: commit["purpose"]?.string ?? "",
            time: commit["time"]?.string ?? "",
            place: commit["place"]?.string ?? "",
            born: commit["born"]?.string ?? "",
            files: try (commit["files"]?.array ?? []).map { file in
                File(
                    path: try RelativePath(file["path"]?.string ?? ""),
                    waiting: try InstallCommit.waiting(file),
                    before: try InstallCommit.digest(file["before"]),
                    after: try InstallCommit.digest(file["after"])
                )
            }
        )
    }

    init(purpose: String, time: String, place: String, born: String, files: [File]) {
        self.purpose = purpose
        self.time = time
        self.place = place
        self.born = born
        self.files = files
    }

    /// The decision as it is written; `root` is for people who find it.
    func bytes(root: String) -> [UInt8] {
        let commit: JSONValue = [
            "purpose": .string(purpose), "root": .string(root), "place": .string(place),
            "born": .string(born), "time": .string(time),
            "files": .array(
                files.map { file in
                    var members = JSONObject([
                        ("path", .string(file.path.text)),
                        ("before", file.before.map { .string($0.hex) } ?? .null),
                        ("after", file.after.map { .string($0.hex) } ?? .null),
                    ])
                    switch file.waiting {
                    case .nowhere: break
                    case .content(let count): members["bytes"] = .integer(count)
                    case .archive(let digest, let member, let isExecutable):
                        members["archive"] = .string(digest.hex)
                        members["member"] = .string(member)
                        members["executable"] = .bool(isExecutable)
                    }
                    return .object(members)
                }
            ),
        ]
        return commit.pretty
    }

    private static func waiting(_ file: JSONValue) throws -> File.Waiting {
        if let count = file["bytes"]?.integer { return .content(bytes: count) }
        guard let archive = file["archive"] else { return .nowhere }
        guard let digest = archive.string.flatMap({ Digest(hex: $0) }),
            let member = file["member"]?.string
        else { throw Unreadable() }
        return .archive(digest, member: member, isExecutable: file["executable"] == .bool(true))
    }

    private static func digest(_ value: JSONValue?) throws -> Digest? {
        guard let value, value != .null else { return nil }
        guard let digest = value.string.flatMap({ Digest(hex: $0) }) else { throw Unreadable() }
        return digest
    }
}
