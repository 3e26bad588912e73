import Canon
import Host
import Integrity
import Registry

/// What lies in a directory that is to be adopted and could not be governed there.
///
/// An adoption that stops half way would leave a law beside files it cannot own, so everything that a
/// check would find afterwards is looked for before anything is written.
struct AdoptionCensus {
    private(set) var violations: [Violation] = []
    private let directory: Directory
    private var folded: [FoldedText: ArraySlice<UInt8>] = [:]

    init(of directory: Directory, skipping: [String]) throws(HostFault) {
        self.directory = directory
        let listing = try TreeWalk(skipping: skipping).list(directory)
        let holding = Set(
            listing.indices.compactMap { AdoptionCensus.parent(of: listing.path(of: $0)) }
        )
        for entry in listing {
            if let problem = entry.problem {
                refuse(problem, entry)
            } else if entry.kind == .file {
                try meet(entry)
            } else if entry.kind == .directory {
                if !entry.isSkipped && !holding.contains(entry.path) { meetEmpty(entry) }
            } else {
                refuse(
                    .forbiddenKind,
                    entry,
                    "It is a \(entry.kind.words); only regular files can be registered."
                )
            }
        }
    }

    private static func parent(of path: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        path.lastIndex(of: UInt8(ascii: "/")).map { path[..<$0] }
    }

    private mutating func meet(_ entry: TreeEntry) throws(HostFault) {
        if let problem = RelativePath.problem(in: entry.path) {
            let fault = PathFault(path: entry.text, problem: problem)
            return refuse(.badPath, entry, fault.description, "Rename it.")
        }
        let name = entry.path.split(separator: UInt8(ascii: "/")).last ?? entry.path
        if name.elementsEqual(RootLayout.localRegistryName.utf8) {
            return refuse(
                .badRegistry,
                entry,
                "It is the registry of another root, or of an init that was cut short.",
                "Remove it; init writes its own."
            )
        }
        // Compared as systems do that fold case or normalise accents.
        let text = FoldedText(bytes: entry.path)
        if let other = folded.updateValue(entry.path, forKey: text) {
            let twin = Printable(bytes: other)
            refuse(
                .twin,
                entry,
                "It and \(twin) differ only in case or in how an accent is written."
            )
        }
        guard let facts = try directory.facts(of: entry.path) else { return }
        if facts.links > 1 {
            refuse(.hardLink, entry, "It has \(facts.links) names; a change of one changes all.")
        }
        if facts.permissions & 0o6000 != 0 {
            refuse(.mode, entry, "It has the set-user-id or the set-group-id bit.")
        }
        do throws(HostFault) {
            _ = try directory.readWhole(entry.path, limit: 0)
        } catch .permissionDenied {
            refuse(.unreadable, entry, "It cannot be read by the user who runs this.")
        } catch {
            // It is longer than nothing, or went away: the check that follows says so if it matters.
        }
    }

    private mutating func meetEmpty(_ entry: TreeEntry) {
        refuse(
            .orphan,
            entry,
            "It is an empty directory that would belong to nobody.",
            "Put a file in it or remove it."
        )
    }

    private mutating func refuse(_ problem: TreeEntry.Problem, _ entry: TreeEntry) {
        switch problem {
        case .unreadable(let fault): refuse(.unreadable, entry, fault.description)
        case .mounted: refuse(.mounted, entry, "Another file system is mounted here.")
        case .tooDeep: refuse(.tooDeep, entry, "It lies too deep to be checked.")
        }
    }

    private mutating func refuse(
        _ code: ViolationCode,
        _ entry: TreeEntry,
        _ reason: String,
        _ next: String? = nil
    ) {
        violations.append(
            Violation(.ownership, code, path: entry.text, reason: reason, next: next)
        )
    }
}
