import Canon
import Crypto
import Host
import Registry
import Synchronization

/// Every entry of a root as it is on disk, and the digest of every file in it.
///
/// One walk by descriptor, then all files read on several threads. Every byte is read each time:
/// a cache of sizes and times would be believed exactly when somebody forges them.
package struct TreeScan: Sendable {
    /// How far a scan has come; for people who wait.
    package struct Progress: Sendable {
        package let done: Int
        package let total: Int
    }

    /// Something about a file that its digest does not say.
    struct Oddity: Sendable {
        enum Kind: Sendable {
            case unreadable(HostFault)
            case changing
            /// So many bytes that they are read only when somebody owns them.
            case large(UInt64)
            /// More than one name, or bits that lend somebody's rights.
            case facts(FileFacts)
        }

        /// Which of `paths` it is about.
        let index: Int
        let kind: Kind
    }

    /// Governed files, sorted by the bytes of their paths.
    let paths: [RelativePath]
    /// The digest of the file at the same index; `nil` where it could not be read.
    private(set) var digests: [Digest?]
    private(set) var oddities: [Oddity]
    /// What is wrong with entries, beside their content.
    let violations: [Violation]
    /// The entries that `violations` speaks of, twins apart, by the bytes of their paths.
    ///
    /// Names that are not UTF-8 can only be had from here: a violation's path is made for reading.
    let strays: [[UInt8]: ViolationCode]
    /// Directories that hold at least one governed file directly, sorted; the top is empty.
    let directories: [[UInt8]]
    /// How many bytes were read for digests.
    package private(set) var byteCount: UInt64

    /// Scans a root.
    ///
    /// `exemptions` names what is not part of it. While the other threads begin to read, the first one
    /// sorts the entries and then does what `alongside` asks with the governed paths and directories,
    /// such as reading registries.
    static func run<Extra: Sendable>(
        _ root: GovernedRoot,
        exemptions: Exemptions,
        threads: Int,
        progress: (@Sendable (Progress) -> Void)?,
        shelf: DocumentShelf = DocumentShelf(),
        alongside: @Sendable (_ paths: [RelativePath], _ directories: [[UInt8]]) -> Extra
    ) throws(IntegrityFault) -> (scan: TreeScan, extra: Extra) {
        let listing: TreeListing
        do {
            listing = try TreeWalk(skipping: exemptions.skippedDirectories).list(root.directory)
        } catch {
            throw .host(error)
        }
        let positions = EntrySorting.positions(in: listing, exemptions)
        let hashing = FileHashing(
            root: root.directory,
            listing: listing,
            positions: positions,
            threads: threads,
            progress: progress,
            shelf: shelf
        )
        let (outcomes, (sorting, extra)) = hashing.run {
            var sorting = EntrySorting(listing: listing, exemptions: exemptions)
            sorting.sort()
            return (sorting, alongside(sorting.paths, sorting.directories))
        }
        return (TreeScan(outcomes, sorting), extra)
    }

    private init(_ outcomes: FileHashing.Outcomes, _ sorting: EntrySorting) {
        byteCount = outcomes.byteCount
        violations = sorting.violations
        strays = sorting.strays
        directories = sorting.directories
        paths = sorting.paths
        guard sorting.unusable.isEmpty else {
            // Files that no registry can name are out; what follows them moves up.
            let unusable = Set(sorting.unusable)
            let kept = outcomes.digests.indices.filter { !unusable.contains($0) }
            digests = kept.map { outcomes.digests[$0] }
            var places: [Int: Int] = [:]
            for (place, index) in kept.enumerated() { places[index] = place }
            oddities = outcomes.oddities.compactMap { oddity in
                places[oddity.index].map { Oddity(index: $0, kind: oddity.kind) }
            }
            return
        }
        digests = outcomes.digests
        oddities = outcomes.oddities
    }
}

extension TreeScan {
    /// Reads the large files that somebody owns, each to its end.
    mutating func readLarge(
        beneath root: Directory,
        threads: Int,
        where isOwned: (RelativePath) -> Bool
    ) {
        let places = oddities.indices.filter { place in
            if case .large = oddities[place].kind { return isOwned(paths[oddities[place].index]) }
            return false
        }
        guard !places.isEmpty else { return }
        let wanted = places.map { paths[oddities[$0].index].bytes }
        let next = Atomic<Int>(0)
        let read = Mutex<[Int: (Digest, FileFacts)]>([:])
        WorkerThreads.run(min(threads, wanted.count)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < wanted.count else { return }
                guard let found = FileHashing.readLarge(wanted[index], beneath: root) else {
                    continue
                }
                read.withLock { $0[index] = found }
            }
        }
        let found = read.withLock { $0 }
        for (index, place) in places.enumerated() {
            let file = oddities[place].index
            guard let (digest, facts) = found[index] else {
                oddities[place] = Oddity(index: file, kind: .changing)
                continue
            }
            digests[file] = digest
            byteCount += facts.bytesRead
            oddities[place] = Oddity(index: file, kind: .facts(facts))
        }
    }

    /// What to add to a finding about a file that is so large that it was not read.
    func note(on path: RelativePath) -> String {
        for oddity in oddities where paths[oddity.index] == path {
            if case .large(let size) = oddity.kind {
                return " It has \(size) bytes, which nobody has read."
            }
        }
        return ""
    }

    /// Whether the walk has refused an entry, or a directory that it would lie in.
    ///
    /// Nothing more is said about it then: a directory behind a link is one finding, not one for each
    /// file that cannot be seen any more.
    func isStray(_ path: [UInt8]) -> Bool {
        if strays.isEmpty { return false }
        if strays[path] != nil { return true }
        return path.indices.contains { at in
            path[at] == UInt8(ascii: "/") && strays[Array(path[..<at])] != nil
        }
    }
}

/// Tells governed files from everything else that lies in a tree.
private struct EntrySorting {
    private let listing: TreeListing
    private let exemptions: Exemptions
    var paths: [RelativePath] = []
    /// Files, counted as `positions` counts them, whose names no registry can hold.
    var unusable: [Int] = []
    private var fileCount = 0
    var directories: [[UInt8]] = []
    var violations: [Violation] = []
    var strays: [[UInt8]: ViolationCode] = [:]
    private var candidates: [ArraySlice<UInt8>] = []
    private var parents: Set<ArraySlice<UInt8>> = []
    private var governed: Set<ArraySlice<UInt8>> = []
    private var lastParent: ArraySlice<UInt8>?
    private var lastGoverned: ArraySlice<UInt8>?
    private var folded: [UInt64: Int] = [:]
    /// Further files of one hash; almost always empty.
    private var foldedMore: [UInt64: [Int]] = [:]

    init(listing: TreeListing, exemptions: Exemptions) {
        self.listing = listing
        self.exemptions = exemptions
    }

    /// The files whose bytes count, in the order of the listing.
    static func positions(in listing: TreeListing, _ exemptions: Exemptions) -> [Int] {
        listing.indices.filter { position in
            listing.kind(of: position) == .file && listing.problem(of: position) == nil
                && !exemptions.covers(listing.path(of: position))
        }
    }

    mutating func sort() {
        paths.reserveCapacity(listing.count)
        folded.reserveCapacity(listing.count)
        for position in listing.indices {
            let path = listing.path(of: position)
            let parent = EntrySorting.parent(of: path)
            EntrySorting.note(parent, in: &parents, last: &lastParent)
            if exemptions.covers(path) { continue }
            if let problem = listing.problem(of: position) {
                refuse(problem, path, listing.kind(of: position))
                continue
            }
            switch listing.kind(of: position) {
            case .directory: meetDirectory(path, position)
            case .file: meetFile(path, parent)
            default:
                refuse(
                    .forbiddenKind,
                    path,
                    "\(Printable(bytes: path)) is a \(listing.kind(of: position).words); "
                        + "only regular files can be registered."
                )
            }
        }
        for directory in candidates where !parents.contains(directory) {
            refuse(
                .orphan,
                directory,
                "\(Printable(bytes: directory))/ is an empty directory that belongs to nobody."
            )
        }
        directories = governed.map(Array.init).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The directory that an entry lies in; neighbours mostly share it, so it is noted once.
    ///
    /// Static, so that `self` is not copied while its own set is changed.
    private static func note(
        _ parent: ArraySlice<UInt8>,
        in set: inout Set<ArraySlice<UInt8>>,
        last: inout ArraySlice<UInt8>?
    ) {
        if last == parent { return }
        set.insert(parent)
        last = parent
    }

    private static func parent(of path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let span = path.span
        var length = span.count
        while length > 0 && span[length - 1] != UInt8(ascii: "/") { length -= 1 }
        return length == 0 ? [] : path[..<(path.startIndex + length - 1)]
    }

    private mutating func meetDirectory(_ path: ArraySlice<UInt8>, _ position: Int) {
        if !listing[position].isSkipped { candidates.append(path) }
    }

    private mutating func meetFile(_ path: ArraySlice<UInt8>, _ parent: ArraySlice<UInt8>) {
        fileCount += 1
        guard let relative = try? RelativePath(bytes: path) else {
            let shown = Printable(bytes: path).description
            let problem = RelativePath.problem(in: path) ?? .empty
            refuse(.badPath, path, PathFault(path: shown, problem: problem).description)
            unusable.append(fileCount - 1)
            return
        }
        noteTwin(path, index: paths.count)
        EntrySorting.note(parent, in: &governed, last: &lastGoverned)
        paths.append(relative)
    }

    /// Two paths that a case-folding or normalising file system cannot hold beside each other.
    private mutating func noteTwin(_ path: ArraySlice<UInt8>, index: Int) {
        let hash = EntrySorting.foldedHash(path)
        guard let first = folded[hash] else {
            folded[hash] = index
            return
        }
        let text = EntrySorting.fold(path)
        for other in [first] + foldedMore[hash, default: []]
        where EntrySorting.fold(paths[other].bytes[...]) == text {
            violations.append(
                Violation(
                    .ownership,
                    .twin,
                    path: Printable(bytes: path).description,
                    reason: "\(Printable(bytes: path)) and \(Printable(paths[other].text)) differ "
                        + "only in case or in how an accent is written."
                )
            )
        }
        foldedMore[hash, default: []].append(index)
    }

    /// Equal for paths that fold to the same text; what folds to ASCII is hashed as ASCII is, because
    /// a sign such as KELVIN SIGN folds to a plain letter.
    private static func foldedHash(_ path: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in path {
            if byte >= 0x80 {
                let text = fold(path)
                // String's own hash treats composed and decomposed forms alike, as such systems do.
                return text.utf8.allSatisfy { $0 < 0x80 }
                    ? foldedHash(Array(text.utf8)[...])
                    : UInt64(bitPattern: Int64(text.hashValue))
            }
            let lower = (65...90).contains(byte) ? byte | 0x20 : byte
            hash = (hash ^ UInt64(lower)) &* 0x100_0000_01B3
        }
        return hash
    }

    private static func fold(_ path: ArraySlice<UInt8>) -> String {
        FoldedText(bytes: path).text
    }

    private mutating func refuse(
        _ problem: TreeEntry.Problem,
        _ path: ArraySlice<UInt8>,
        _ kind: FileKind
    ) {
        let shown = Printable(bytes: path).description
        switch problem {
        case .unreadable(let fault): refuse(.unreadable, path, fault.description)
        case .mounted:
            refuse(.mounted, path, "Another file system is mounted on \(shown).")
        case .tooDeep: refuse(.tooDeep, path, "\(shown) lies too deep to be checked.")
        }
    }

    private mutating func refuse(
        _ code: ViolationCode,
        _ path: ArraySlice<UInt8>,
        _ reason: String
    ) {
        strays[Array(path)] = code
        violations.append(
            Violation(
                .ownership,
                code,
                path: Printable(bytes: path).description,
                reason: reason
            )
        )
    }
}
