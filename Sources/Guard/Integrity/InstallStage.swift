import Archives
import Canon
import Crypto
import Host
import Registry

/// Where the files of one operation wait until all of them are durable, outside the root.
///
/// Each root has its own stage, by the number of its directory: two copies of one root share an id
/// and a state directory, and what was meant for one must never be put into the other.
struct InstallStage {
    /// An operation that was completed after a crash or a fault.
    struct Completed: Sendable {
        let purpose: String
        let time: String
    }

    private let root: GovernedRoot
    private let state: Directory
    private let name: String
    private let identity: DirectoryIdentity

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
        try reading { stage in
            guard try stage.facts(of: InstallCommit.name) != nil else { return nil }
            return try InstallCommit(in: stage).purpose
        }
    }

    /// Completes an operation that was cut short after its commit and says which, or forgets one that
    /// had none.
    func recover() throws(IntegrityFault) -> Completed? {
        try reading { stage in
            var completed: Completed?
            if try stage.facts(of: InstallCommit.name) != nil {
                let commit = try InstallCommit(in: stage)
                try refuseOtherRoot(commit)
                try refuseStrangers(commit.files)
                try removeTemporaries(of: commit.files)
                try apply(commit.files, from: stage)
                completed = Completed(
                    purpose: Printable(commit.purpose).description,
                    time: Printable(commit.time).description
                )
            }
            try clear(stage)
            return completed
        }
    }

    // The contents · commit.json (the moment that decides) · each file put in its place by rename ·
    // the stage cleared. Every step may run twice.
    func commit(
        _ changes: [InstallChange],
        purpose: String,
        time: Timestamp
    ) throws(IntegrityFault) {
        do {
            if try state.facts(of: name) == nil {
                try DurableFile.makeDirectory(name, in: state, mode: 0o700)
            }
            let stage = try state.openDirectory(name)
            try clear(stage)
            let commit = InstallCommit(
                purpose: purpose,
                time: time.description,
                place: place.hex,
                born: String(identity.bornNanoseconds),
                files: try keep(changes, in: stage)
            )
            let shown = Printable(bytes: root.directory.place()).description
            try DurableFile.replace(InstallCommit.name, with: commit.bytes(root: shown), in: stage)
            do {
                try apply(commit.files, from: stage, holding: InstallStage.held(changes))
            } catch {
                // Where nothing was put in place yet it is taken back. Otherwise it is decided and will
                // be completed; whoever asked must hear that it is not yet.
                if (try? isUntouched(commit.files)) == true {
                    try clear(stage)
                    throw error
                }
                guard let cause = error as? any Fault else { throw error }
                throw IntegrityFault.cutShort(
                    purpose: purpose,
                    root: root.directory.path,
                    cause: (cause as? IntegrityFault).flatMap(\.underlying) ?? cause
                )
            }
            try clear(stage)
        } catch {
            throw fault(error)
        }
    }

    /// Does something with the stage, if there is one.
    private func reading<Value>(
        _ body: (Directory) throws -> Value?
    ) throws(IntegrityFault) -> Value? {
        do {
            guard let facts = try state.facts(of: name), facts.kind == .directory else {
                return nil
            }
            return try body(state.openDirectory(name))
        } catch {
            throw fault(error)
        }
    }

    /// What cannot be read of a stage leaves the operation unfinished.
    private func fault(_ error: any Error) -> IntegrityFault {
        switch error {
        case let fault as IntegrityFault: fault
        case let fault as HostFault: .host(fault)
        case let fault as ArchiveFault: .archive(fault)
        default: .unfinished(path: root.directory.path, stage: state.path + "/" + name)
        }
    }

    /// Keeps the bytes that come from no archive, and says of each file where it waits.
    private func keep(
        _ changes: [InstallChange],
        in stage: Directory
    ) throws -> [InstallCommit.File] {
        let content = try FileDraft(InstallCommit.contentName, in: stage, mode: 0o600)
        var files: [InstallCommit.File] = []
        for change in changes {
            let waiting: InstallCommit.File.Waiting
            switch change.content {
            case .gone: waiting = .nowhere
            case .bytes(let bytes):
                try content.write(bytes)
                waiting = .content(bytes: bytes.count)
            case .archived(let digest, let member, _, _):
                waiting = .archive(
                    digest,
                    member: member.path.text,
                    isExecutable: member.isExecutable
                )
            }
            files.append(
                InstallCommit.File(
                    path: change.path,
                    waiting: waiting,
                    before: try before(change),
                    after: change.after
                )
            )
        }
        try content.finish(isDurable: true)
        try content.place(isDurable: false)
        return files
    }

    private func before(_ change: InstallChange) throws(HostFault) -> Digest? {
        switch change.before {
        case .known(let digest): digest
        case .asFound: try digest(of: change.path)
        }
    }

    /// Where the root lies, in a form that any name of it can have.
    private var place: Digest { .sha256(of: root.directory.place()) }

    /// The number of a directory that is gone is given again, and a disk can be copied with all its
    /// numbers: what was decided for one root is never put into another.
    private func refuseOtherRoot(_ commit: InstallCommit) throws(IntegrityFault) {
        guard commit.place.hasSameBytes(as: place.hex),
            commit.born.hasSameBytes(as: String(identity.bornNanoseconds))
        else {
            throw .otherRoot(path: root.directory.path, stage: state.path + "/" + name)
        }
    }

    /// Between the crash and now somebody may have worked on the root, or put another in its place;
    /// what they did is not overwritten.
    private func refuseStrangers(_ files: [InstallCommit.File]) throws {
        for file in files {
            let found = try digest(of: file.path)
            guard found != file.before && found != file.after else { continue }
            throw IntegrityFault.unfinished(
                path: root.directory.path + "/" + file.path.text,
                stage: state.path + "/" + name
            )
        }
    }

    /// Whether every file is still what it was before the operation.
    private func isUntouched(_ files: [InstallCommit.File]) throws(HostFault) -> Bool {
        for file in files where try digest(of: file.path) != file.before { return false }
        return true
    }

    private func digest(of path: RelativePath) throws(HostFault) -> Digest? {
        guard try root.directory.facts(of: path.bytes) != nil else { return nil }
        var stream = SHA256Stream()
        _ = try FileReader().read(path.bytes, beneath: root.directory) { stream.update($0) }
        return stream.finish()
    }

    /// Takes away what a crash left beside files that were about to be put in place.
    private func removeTemporaries(of files: [InstallCommit.File]) throws(HostFault) {
        var names: [String: [String]] = [:]
        for file in files {
            names[file.path.parent?.text ?? "", default: []].append(file.path.name)
        }
        for (parent, names) in names {
            var directory = root.directory
            if !parent.isEmpty {
                guard try root.directory.facts(of: parent) != nil else { continue }
                directory = try root.directory.openDirectory(parent)
            }
            try DurableFile.removeTemporaries(of: names, in: directory)
        }
    }

    /// The bytes that are at hand of files from archives.
    private static func held(_ changes: [InstallChange]) -> [RelativePath: [UInt8]] {
        var held: [RelativePath: [UInt8]] = [:]
        for change in changes {
            guard case .archived(_, _, _, let bytes?) = change.content else { continue }
            held[change.path] = bytes
        }
        return held
    }

    private func apply(
        _ files: [InstallCommit.File],
        from stage: Directory,
        holding held: [RelativePath: [UInt8]] = [:]
    ) throws {
        let batch = FileBatch(beneath: root.directory, expecting: files.count)
        let content = try FileSource(InstallCommit.contentName, in: stage)
        var archived: [Digest: [String: InstallCommit.File]] = [:]
        var atHand: [FileBatch.Content] = []
        for file in files {
            switch file.waiting {
            case .nowhere: try batch.remove(file.path.text)
            case .content(let count):
                let before = try root.directory.facts(of: file.path.text)?.permissions ?? 0o644
                try batch.write(file.path.text, mode: before & 0o777, faults: { $0 }) {
                    (draft: FileDraft) throws(HostFault) in
                    try content.copy(count, to: draft)
                }
            case .archive(let digest, let member, let isExecutable):
                guard let bytes = held[file.path] else {
                    archived[digest, default: [:]][member] = file
                    continue
                }
                let mode: UInt32 = isExecutable ? 0o755 : 0o644
                atHand.append(FileBatch.Content(file.path.text, mode: mode, bytes))
            }
        }
        try batch.write(atHand)
        if !archived.isEmpty {
            let shelf = try ArchiveShelf(state: state)
            for (digest, members) in archived { try unpack(members, shelf.source(digest), batch) }
        }
        try batch.settle()
    }

    /// Takes members out of an archive; each must be the bytes that were decided.
    private func unpack(
        _ members: [String: InstallCommit.File],
        _ source: FileSource,
        _ batch: FileBatch
    ) throws {
        let reader = try ArchiveReader(
            source,
            limits: ArchiveReader.Limits(members: .max, bytes: .max)
        )
        var waiting = members
        while !waiting.isEmpty, let member = try reader.next() {
            guard let file = waiting.removeValue(forKey: member.path.text) else { continue }
            var stream = SHA256Stream()
            try batch.write(file.path.text, mode: member.mode, faults: { ArchiveFault.host($0) }) {
                (draft: FileDraft) throws(ArchiveFault) in
                try reader.read(faults: { $0 }) { (bytes: RawSpan) throws(ArchiveFault) in
                    stream.update(bytes)
                    do throws(HostFault) { try draft.write(bytes) } catch { throw .host(error) }
                }
            }
            guard stream.finish() == file.after else {
                throw ArchiveFault.damaged(
                    name: source.path,
                    reason: "\(Printable(file.path.text)) in it is another file than was decided"
                )
            }
        }
        guard waiting.isEmpty else {
            throw ArchiveFault.damaged(name: source.path, reason: "files are missing from it")
        }
    }

    /// The commit goes first: without it, what is left of the stage means nothing.
    private func clear(_ stage: Directory) throws(HostFault) {
        if try stage.facts(of: InstallCommit.name) != nil {
            try DurableFile.removeFile(InstallCommit.name, in: stage)
        }
        for entry in try TreeWalk(depthMax: 0).list(stage) where entry.kind == .file {
            try DurableFile.removeFile(entry.path, in: stage)
        }
    }
}
