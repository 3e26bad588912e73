package import Canon
package import Crypto
package import Host
package import Integrity

/// What an operation may know of the world, as values: nothing reads the environment itself.
package struct Surroundings: Sendable {
    package var workingDirectory: String
    /// Where state outside roots lies: `$XDG_STATE_HOME`, or `~/.local/state`.
    package var stateHome: String
    package var clock: Host.Clock
    package var randomness: Randomness
    /// The root that `--root` or `CHARTER_ROOT` names.
    package var namedRoot: String?
    /// The verifier key that `--seal-key` names.
    package var sealKey: String?
    /// Told how far a long scan has come.
    package var progress: (@Sendable (TreeScan.Progress) -> Void)?

    package init(
        workingDirectory: String,
        stateHome: String,
        clock: Host.Clock,
        randomness: Randomness
    ) {
        self.workingDirectory = workingDirectory
        self.stateHome = stateHome
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
        let path: String
        if let namedRoot {
            path = absolute(namedRoot)
        } else if let found = GovernedRoot.find(from: workingDirectory) {
            path = found
        } else {
            throw .noRoot(from: workingDirectory)
        }
        do {
            return try GovernedRoot(path: path, stateHome: stateHome)
        } catch {
            throw .integrity(error)
        }
    }

    /// A path below a root, whether it was given relative to the working directory or to the root.
    package func path(_ text: String, in root: GovernedRoot) throws(OperationFault) -> RelativePath
    {
        let whole = absolute(text)
        let top = root.directory.path
        let inside = whole.hasPrefix(top + "/") ? String(whole.dropFirst(top.count + 1)) : text
        do {
            return try RelativePath(inside)
        } catch {
            throw .usage(error.description)
        }
    }

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
