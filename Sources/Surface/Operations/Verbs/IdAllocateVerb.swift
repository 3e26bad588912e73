import Canon
import Host
import Integrity
import Ledger
import Registry

/// `charter id allocate KIND`.
struct IdAllocateVerb {
    static let operation = Operation(
        words: ["id", "allocate"],
        summary: "hand out the next free id",
        details: """
            KIND is framework, spec, package, policy, gate or version; SERIES is the middle of the id.
            An id that was handed out on this machine is never handed out again, even by two callers
            at once. Example: charter id allocate package AGENT
            """,
        operands: [
            .init(name: "KIND", summary: "framework, spec, package, policy, gate or version"),
            .init(
                name: "SERIES",
                summary: "the middle of the id, such as AGENT",
                isRequired: false
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        return try IdAllocateVerb(root, state, surroundings).run(
            kind: request.operands[0],
            series: request.operands.count > 1 ? request.operands[1] : ""
        )
    }

    private static let fileName = "ids.json"

    private let root: GovernedRoot
    private let state: RootState
    private let surroundings: Surroundings

    private init(_ root: GovernedRoot, _ state: RootState, _ surroundings: Surroundings) {
        self.root = root
        self.state = state
        self.surroundings = surroundings
    }

    private func run(kind: String, series: String) throws(OperationFault) -> Answer {
        do {
            let directory = try root.openState()
            // Two callers at once take turns; each holds the lock for one small write.
            let lock = try FileLock.acquire("ids.lock", in: directory, waiting: true)
            defer { withExtendedLifetime(lock) {} }
            let reserved = try reserved(directory)
            let book = state.book
            let taken =
                reserved + book.frameworks.keys + book.specs.keys + book.packages.keys
                + book.policies.keys + book.gates.keys
            let id = try IDAllocator(taken: taken).next(
                kind: kind,
                series: series,
                now: Timestamp(nanoseconds: surroundings.clock.now)
            )
            let all = JSONValue.array((reserved + [id]).map { .string($0) })
            let ledger = RootLedger(
                root,
                clock: surroundings.clock,
                randomness: surroundings.randomness
            )
            let draft = EntryDraft("id_allocate", by: RootLedger.actor, about: ["id:\(id)"])
            try ledger.acting(draft) {
                () throws(IntegrityFault) -> (Void, AttemptOutcome, JSONValue?) in
                do throws(HostFault) {
                    try DurableFile.replace(
                        IdAllocateVerb.fileName,
                        with: all.pretty,
                        in: directory
                    )
                } catch {
                    throw .host(error)
                }
                return ((), .succeeded, nil)
            }
            return Answer(json: ["id": .string(id)], lines: [id])
        } catch {
            throw OperationFault(error)
        }
    }

    private func reserved(_ directory: Directory) throws -> [String] {
        guard try directory.facts(of: IdAllocateVerb.fileName) != nil else { return [] }
        let bytes = try directory.readWhole(IdAllocateVerb.fileName, limit: 16 << 20)
        guard let list = try? JSONValue(parsing: bytes).array else {
            throw OperationFault.idsDamaged(
                path: directory.path + "/" + IdAllocateVerb.fileName
            )
        }
        return list.compactMap(\.string)
    }
}
