import Canon
import Crypto
import Host
import Registry

/// Where the files of one operation wait until all of them are durable, outside the root.
///
/// Each root has its own stage, by the number of its directory: two copies of one root share an id
/// and a state directory, and what was meant for one must never be put into the other.
struct InstallStage {
    /// One file as it shall be; without bytes it shall be gone.
    struct Change: Sendable {
        let path: RelativePath
        let bytes: [UInt8]?
    }

    /// An operation that was completed after a crash or a fault.
    struct Completed: Sendable {
        let purpose: String
        let time: String
    }

    private let root: GovernedRoot
    private let state: Directory
    private let name: String
    private let identity: DirectoryIdentity

    private static let commitName = "commit.json"
    private static let commitBytesMax = 64 << 20

    init(_ root: GovernedRoot, state: Directory) throws(IntegrityFault) {
        self.root = root
        self.state = state
        do {
            identity = try root.directory.identity()
            name = "install-\(identity.device)-\(identity.inode)"
        } catch {
            throw .host(error)
        }
    }

    /// The purpose of an operation that was decided and waits to be completed, if there is one.
    func waiting() throws(IntegrityFault) -> String? {
        do {
            guard let facts = try state.facts(of: name), facts.kind == .directory else {
                return nil
            }
            let stage = try state.openDirectory(name)
            guard try stage.facts(of: InstallStage.commitName) != nil else { return nil }
            return try read(stage).purpose
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .unfinished(path: root.directory.path, stage: state.path + "/" + name)
        }
    }

    /// Completes an operation that was cut short after its commit and says which, or forgets one that
    /// had none.
    func recover() throws(IntegrityFault) -> Completed? {
        do {
            guard let facts = try state.facts(of: name), facts.kind == .directory else {
                return nil
            }
            let stage = try state.openDirectory(name)
            var completed: Completed?
            if try stage.facts(of: InstallStage.commitName) != nil {
                let commit = try read(stage)
                try refuseOtherRoot(commit)
                try refuseStrangers(commit.changes)
                for change in commit.changes { try removeTemporaries(of: change.path) }
                try apply(commit.changes, from: stage)
                completed = Completed(
                    purpose: Printable(commit.purpose).description,
                    time: Printable(commit.time).description
                )
            }
            try clear(stage)
            return completed
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .unfinished(path: root.directory.path, stage: state.path + "/" + name)
        }
    }

    // Each staged file · commit.json (the moment that decides) · each file put in its place by rename ·
    // the stage cleared. Every step may run twice.
    func commit(
        _ changes: [Change],
        purpose: String,
        time: Timestamp
    ) throws(IntegrityFault) {
        do {
            if try state.facts(of: name) == nil {
                try DurableFile.makeDirectory(name, in: state, mode: 0o700)
            }
            let stage = try state.openDirectory(name)
            try clear(stage)
            var files: [JSONValue] = []
            for (index, change) in changes.enumerated() {
                let staged = change.bytes == nil ? nil : "\(index).new"
                if let bytes = change.bytes, let staged {
                    try DurableFile.replace(staged, with: bytes, in: stage)
                }
                files.append([
                    "path": .string(change.path.text),
                    "staged": staged.map { .string($0) } ?? .null,
                    "before": try digest(of: change.path).map { .string($0.hex) } ?? .null,
                    "after": change.bytes.map { .string(Digest.sha256(of: $0).hex) } ?? .null,
                ])
            }
            let commit: JSONValue = [
                "purpose": .string(purpose),
                "root": .string(Printable(bytes: root.directory.place()).description),
                "place": .string(place.hex),
                "born": .string(String(identity.bornNanoseconds)),
                "files": .array(files), "time": .string(time.description),
            ]
            try DurableFile.replace(InstallStage.commitName, with: commit.pretty, in: stage)
            let changes = try read(stage).changes
            do throws(HostFault) {
                try apply(changes, from: stage)
            } catch {
                // Where nothing was put in place yet it is taken back. Otherwise it is decided and will
                // be completed; whoever asked must hear that it is not yet.
                if (try? isUntouched(changes)) == true {
                    try clear(stage)
                    throw error
                }
                throw IntegrityFault.cutShort(
                    purpose: purpose,
                    root: root.directory.path,
                    cause: error
                )
            }
            try clear(stage)
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .unfinished(path: root.directory.path, stage: state.path + "/" + name)
        }
    }

    /// What was decided: for which root, and which files.
    private struct Commit {
        let purpose: String
        let time: String
        let place: String
        let born: String
        let changes: [Staged]
    }

    /// One file of a commit: where it waits, and what stood in its place before.
    private struct Staged {
        let path: RelativePath
        let staged: String?
        let before: String?
        let after: String?
    }

    /// Where the root lies, in a form that any name of it can have.
    private var place: Digest { .sha256(of: root.directory.place()) }

    private func read(_ stage: Directory) throws -> Commit {
        let bytes = try stage.readWhole(
            InstallStage.commitName,
            limit: InstallStage.commitBytesMax
        )
        let commit = try JSONValue(
            parsing: bytes,
            limits: JSONLimits(bytesMax: InstallStage.commitBytesMax)
        )
        return Commit(
            purpose: commit["purpose"]?.string ?? "",
            time: commit["time"]?.string ?? "",
            place: commit["place"]?.string ?? "",
            born: commit["born"]?.string ?? "",
            changes: try (commit["files"]?.array ?? []).map { file in
                Staged(
                    path: try RelativePath(file["path"]?.string ?? ""),
                    staged: file["staged"]?.string,
                    before: file["before"]?.string,
                    after: file["after"]?.string
                )
            }
        )
    }

    /// The number of a directory that is gone is given again, and a disk can be copied with all its
    /// numbers: what was decided for one root is never put into another.
    private func refuseOtherRoot(_ commit: Commit) throws(IntegrityFault) {
        guard commit.place.hasSameBytes(as: place.hex),
            commit.born.hasSameBytes(as: String(identity.bornNanoseconds))
        else {
            throw .otherRoot(path: root.directory.path, stage: state.path + "/" + name)
        }
    }

    /// Between the crash and now somebody may have worked on the root, or put another in its place;
    /// what they did is not overwritten.
    private func refuseStrangers(_ changes: [Staged]) throws {
        for change in changes {
            let found = try digest(of: change.path)?.hex
            guard found != change.before && found != change.after else { continue }
            throw IntegrityFault.unfinished(
                path: root.directory.path + "/" + change.path.text,
                stage: state.path + "/" + name
            )
        }
    }

    /// Whether every file is still what it was before the operation.
    private func isUntouched(_ changes: [Staged]) throws(HostFault) -> Bool {
        for change in changes where try digest(of: change.path)?.hex != change.before {
            return false
        }
        return true
    }

    private func digest(of path: RelativePath) throws(HostFault) -> Digest? {
        guard try root.directory.facts(of: path.bytes) != nil else { return nil }
        var stream = SHA256Stream()
        _ = try FileReader().read(path.bytes, beneath: root.directory) { stream.update($0) }
        return stream.finish()
    }

    /// Takes away what a crash left beside a file that was about to be replaced.
    private func removeTemporaries(of path: RelativePath) throws(HostFault) {
        let parent = path.parent.map(\.text)
        let directory: Directory
        if let parent {
            guard try root.directory.facts(of: parent) != nil else { return }
            directory = try root.directory.openDirectory(parent)
        } else {
            directory = root.directory
        }
        let start = Array((".\(path.name).").utf8)
        for entry in try TreeWalk(depthMax: 0).list(directory)
        where entry.kind == .file && entry.path.starts(with: start)
            && DurableFile.isTemporary(entry.path)
        {
            try DurableFile.removeFile(entry.path, in: directory)
        }
    }

    private func apply(_ changes: [Staged], from stage: Directory) throws(HostFault) {
        for change in changes {
            let path = change.path.text
            if let name = change.staged {
                let content = try stage.readWhole(name, limit: GovernedRoot.registryBytesMax)
                if let parent = change.path.parent {
                    _ = try root.directory.openMakingBeneath(parent.text, mode: 0o755)
                }
                let mode = try root.directory.facts(of: path)?.permissions ?? 0o644
                try DurableFile.replace(
                    path,
                    with: content,
                    in: root.directory,
                    mode: mode & 0o777
                )
            } else if try root.directory.facts(of: path) != nil {
                try DurableFile.removeFile(path, in: root.directory)
            }
        }
    }

    /// The commit goes first: without it, what is left of the stage means nothing.
    private func clear(_ stage: Directory) throws(HostFault) {
        if try stage.facts(of: InstallStage.commitName) != nil {
            try DurableFile.removeFile(InstallStage.commitName, in: stage)
        }
        for entry in try TreeWalk(depthMax: 0).list(stage) where entry.kind == .file {
            try DurableFile.removeFile(entry.path, in: stage)
        }
    }
}
