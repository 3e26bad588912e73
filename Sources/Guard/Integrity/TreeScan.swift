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

    /// One governed file.
    struct File: Sendable {
        let path: RelativePath
        let digest: Digest?
        let facts: FileFacts?
        let problem: Problem?
    }

    enum Problem: Sendable {
        case unreadable(HostFault)
        case changing
    }

    /// Governed files, sorted by path.
    let files: [File]
    /// What is wrong with entries, beside their content.
    let violations: [Violation]
    /// The entries that `violations` speaks of, twins apart, by the bytes of their paths.
    ///
    /// Names that are not UTF-8 can only be had from here: a violation's path is made for reading.
    let strays: [[UInt8]: ViolationCode]
    /// Directories that hold at least one governed file directly, sorted; the top is empty.
    let directories: [[UInt8]]
    package let byteCount: UInt64

    /// Scans a root.
    ///
    /// `exemptions` names what is not part of it.
    init(
        _ root: GovernedRoot,
        exemptions: Exemptions,
        threads: Int,
        progress: (@Sendable (Progress) -> Void)? = nil
    ) throws(IntegrityFault) {
        let listing: TreeListing
        do {
            listing = try TreeWalk(skipping: exemptions.skippedDirectories).list(root.directory)
        } catch {
            throw .host(error)
        }
        var sorting = EntrySorting(listing: listing, exemptions: exemptions)
        sorting.sort()
        let read = FileHashing(
            root: root.directory,
            listing: listing,
            positions: sorting.positions,
            threads: threads,
            progress: progress
        ).run()
        var files: [File] = []
        files.reserveCapacity(read.count)
        var bytes: UInt64 = 0
        for (index, outcome) in read.enumerated() {
            bytes += outcome.facts?.bytesRead ?? 0
            files.append(
                File(
                    path: sorting.paths[index],
                    digest: outcome.digest,
                    facts: outcome.facts,
                    problem: outcome.problem
                )
            )
        }
        self.files = files
        violations = sorting.violations
        strays = sorting.strays
        directories = sorting.directories
        byteCount = bytes
    }
}

extension TreeScan {
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
    var positions: [Int] = []
    var paths: [RelativePath] = []
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

    mutating func sort() {
        positions.reserveCapacity(listing.count)
        paths.reserveCapacity(listing.count)
        folded.reserveCapacity(listing.count)
        for position in listing.indices {
            let path = listing.path(of: position)
            note(EntrySorting.parent(of: path), in: &parents, last: &lastParent)
            if exemptions.covers(path) { continue }
            if let problem = listing.problem(of: position) {
                refuse(problem, path, listing.kind(of: position))
                continue
            }
            switch listing.kind(of: position) {
            case .directory: meetDirectory(path, position)
            case .file: meetFile(path, position)
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
    private func note(
        _ parent: ArraySlice<UInt8>,
        in set: inout Set<ArraySlice<UInt8>>,
        last: inout ArraySlice<UInt8>?
    ) {
        if last == parent { return }
        set.insert(parent)
        last = parent
    }

    private static func parent(of path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        path.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] } ?? []
    }

    private mutating func meetDirectory(_ path: ArraySlice<UInt8>, _ position: Int) {
        if !listing[position].isSkipped { candidates.append(path) }
    }

    private mutating func meetFile(_ path: ArraySlice<UInt8>, _ position: Int) {
        if let problem = RelativePath.problem(in: path) {
            let shown = Printable(bytes: path).description
            refuse(.badPath, path, PathFault(path: shown, problem: problem).description)
            return
        }
        guard let relative = try? RelativePath(bytes: path) else { return }
        noteTwin(path, index: paths.count)
        note(EntrySorting.parent(of: path), in: &governed, last: &lastGoverned)
        positions.append(position)
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
        String(decoding: path, as: UTF8.self).lowercased()
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
