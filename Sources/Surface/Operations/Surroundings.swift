package import Canon
package import Crypto
package import Host
package import Integrity
package import Planes
package import Registry

/// What an operation may know of the world, as values: nothing reads the environment itself.
package struct Surroundings: Sendable {
    package var workingDirectory: String
    /// Where state outside roots lies: `$XDG_STATE_HOME`, or `~/.local/state`.
    package var stateHome: String
    /// Where sockets lie: `$XDG_RUNTIME_DIR`, or the place for state.
    package var runtimeHome: String
    package var clock: Host.Clock
    package var randomness: Randomness
    /// The root that `--root` or `CHARTER_ROOT` names.
    package var namedRoot: String?
    /// The verifier key that `--seal-key` names.
    package var sealKey: String?
    /// Told how far a long scan has come.
    package var progress: (@Sendable (TreeScan.Progress) -> Void)?
    /// Told how far a long work on other things than files has come.
    package var counted: (@Sendable (_ things: String, _ done: Int, _ of: Int) -> Void)?
    /// Told what was done beside what was asked for, such as an operation that was completed first.
    package var notice: (@Sendable (String) -> Void)?
    /// Reads the standard input to its end, or so many bytes.
    package var readInput: @Sendable (_ limit: Int) throws(HostFault) -> [UInt8] = {
        limit throws(HostFault) in try StandardStream.input.readAll(limit: limit)
    }
    /// Writes a part of an answer at once, for answers that have no end.
    package var emit: @Sendable ([UInt8]) throws(HostFault) -> Void = {
        bytes throws(HostFault) in try StandardStream.output.write(bytes)
    }
    /// Serves as the supervisor of a root until it is told to end; gives the exit status.
    package var supervise:
        (@Sendable (GovernedRoot, Supervisor.Settings) throws(PlanesFault) -> Supervisor.End)?
    /// Starts this program again, in a session of its own, and gives the first line that it prints.
    package var detach: (@Sendable (_ arguments: [String]) throws(HostFault) -> [UInt8])?
    /// Starts a role of this program as a child and gives what it printed; `nil` where none can be.
    package var startRole: (@Sendable (_ arguments: [String]) throws(HostFault) -> [UInt8])?

    /// Surroundings without a named root, key or watcher.
    package init(
        workingDirectory: String,
        stateHome: String,
        clock: Host.Clock,
        randomness: Randomness
    ) {
        self.workingDirectory = workingDirectory
        self.stateHome = stateHome
        runtimeHome = stateHome
        self.clock = clock
        self.randomness = randomness
    }

    /// A path as the caller wrote it, made absolute.
    package func absolute(_ path: String) -> String {
        let joined = path.hasPrefix("/") ? path : workingDirectory + "/" + path
        var segments: [Substring] = []
        for segment in joined.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        return "/" + segments.joined(separator: "/")
    }

    /// The root that the caller means: the named one, or the one around the working directory.
    package func root() throws(OperationFault) -> GovernedRoot {
        do throws(IntegrityFault) {
            var path = namedRoot.map(absolute)
            if path == nil { path = try GovernedRoot.find(from: workingDirectory) }
            if let path {
                return try GovernedRoot(path: path, stateHome: stateHome, notice: notice)
            }
        } catch {
            throw .integrity(error)
        }
        throw .noRoot(from: workingDirectory)
    }

    /// A path below a root, whether it was given relative to the working directory or to the root.
    package func path(_ text: String, in root: GovernedRoot) throws(OperationFault) -> RelativePath
    {
        let top = root.directory.path
        let isWithin = Surroundings.inside(workingDirectory, top) != nil
        // Outside the root a relative path can only be meant relative to it.
        let whole = text.hasPrefix("/") || isWithin ? absolute(text) : absolute(top + "/" + text)
        guard let inside = text.isEmpty ? "" : Surroundings.inside(whole, top) else {
            throw .usage(
                "\(Printable(text)) lies outside the root \(Printable(top)); "
                    + "name a path below it."
            )
        }
        guard !inside.isEmpty || text.isEmpty else {
            throw .usage("\(Printable(text)) is the root itself; name a path below it.")
        }
        do throws(PathFault) {
            return try RelativePath(inside)
        } catch {
            throw .usage(error.description)
        }
    }

    /// What follows a directory in a path, by bytes; `nil` where the path does not lie in it.
    private static func inside(_ path: String, _ directory: String) -> String? {
        let (path, directory) = (Array(path.utf8), Array(directory.utf8))
        if path == directory { return "" }
        let prefix = directory == [0x2F] ? directory : directory + [0x2F]
        guard path.starts(with: prefix) else { return nil }
        return String(decoding: path.dropFirst(prefix.count), as: UTF8.self)
    }

    /// The bytes of a file that the caller named, wherever it lies.
    package func bytes(of path: String, limit: Int) throws(OperationFault) -> [UInt8] {
        let parts = absolute(path).split(separator: "/")
        guard let name = parts.last else { throw .usage("\(Printable(path)) is no file.") }
        do throws(HostFault) {
            return try Directory.open("/" + parts.dropLast().joined(separator: "/"))
                .readWhole(String(name), limit: limit)
        } catch {
            throw .host(error)
        }
    }

    /// The JSON of a file that the caller named.
    package func document(_ path: String) throws(OperationFault) -> JSONValue {
        let bytes = try bytes(of: path, limit: LawBook.documentBytesMax)
        do throws(JSONFault) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .document(path: path, DocumentFault(error))
        }
    }

    /// The law of the root that the caller means.
    package func lawBook() throws(OperationFault) -> LawBook { try state(of: root()).book }

    /// The seal key that the caller trusts, if one was named.
    package func trustedSealKey() throws(OperationFault) -> NoteVerifier? {
        guard let sealKey else { return nil }
        do {
            return try NoteVerifier(vkey: sealKey)
        } catch {
            throw .crypto(error)
        }
    }

    /// A root read once.
    package func state(of root: GovernedRoot) throws(OperationFault) -> RootState {
        do {
            return try RootState(root, threads: WorkerThreads.available, progress: progress)
        } catch {
            throw .integrity(error)
        }
    }
}
