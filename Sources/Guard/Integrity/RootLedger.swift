package import Canon
package import Crypto
package import Host
import Keys
package import Ledger

/// Where the ledgers of a root lie, under which law, and with which keys.
///
/// The law is two files of the root: the parameters of the chain and the map of events. A root whose
/// law has neither keeps no ledgers; to take them away from one that has is a change of owned files,
/// which the integrity check finds.
package struct RootLedger: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let randomness: Randomness

    /// Where ledgers lie in a root.
    package static let folder = "ledger"
    private static let lawBytesMax = 1 << 20

    /// The ledgers of one root.
    package init(_ root: GovernedRoot, clock: Clock, randomness: Randomness = .system) {
        self.root = root
        self.clock = clock
        self.randomness = randomness
    }

    /// Whether the law of the root has ledgers at all.
    package func isKept() throws(IntegrityFault) -> Bool {
        do {
            return try root.directory.facts(of: ChainParameters.path) != nil
        } catch {
            throw .host(error)
        }
    }

    /// The parameters of the chain.
    package func parameters() throws(IntegrityFault) -> ChainParameters {
        let bytes = try law(ChainParameters.path)
        do { return try ChainParameters(parsing: bytes) } catch { throw .ledger(error) }
    }

    /// The events that can be recorded.
    package func events() throws(IntegrityFault) -> EventMap {
        let days = try parameters().bodyDays
        let bytes = try law(EventMap.path)
        do { return try EventMap(parsing: bytes, defaultDays: days) } catch { throw .ledger(error) }
    }

    /// The directory of a plane's log; `nil` where none was begun.
    package func directory(of plane: LogPlane) throws(IntegrityFault) -> Directory? {
        let path = RootLedger.folder + "/" + plane.rawValue
        do {
            guard try root.directory.facts(of: path) != nil else { return nil }
            return try root.directory.openDirectory(path)
        } catch {
            throw .host(error)
        }
    }

    /// The name of a plane's log, and of its key.
    package func origin(of plane: LogPlane) throws(IntegrityFault) -> String {
        try parameters().origin(root: root.id, plane: plane)
    }

    /// The key of a plane's log that this machine made, as people hand it on; `nil` where it made none.
    package func verifier(of plane: LogPlane) throws(IntegrityFault) -> NoteVerifier? {
        let state = try root.openState()
        do { return try key(of: plane, state).verifier() } catch { throw .keys(error) }
    }

    /// A log, open for reading; `nil` where none was begun.
    package func reader(of plane: LogPlane) throws(IntegrityFault) -> LedgerReader? {
        guard let directory = try directory(of: plane) else { return nil }
        do { return try LedgerReader(directory) } catch { throw .ledger(error) }
    }

    /// What opening a plane's log for writing takes.
    package func place(
        _ plane: LogPlane,
        signer: SigningKey?
    ) throws(IntegrityFault) -> LedgerLog.Place {
        var place = LedgerLog.Place(
            plane: plane,
            origin: try origin(of: plane),
            parameters: try parameters(),
            events: try events(),
            clock: clock,
            signer: signer
        )
        place.activeMax = try activeMax(of: plane)
        return place
    }

    /// What opening a plane's log takes, with the key of this machine.
    package func signedPlace(_ plane: LogPlane) throws(IntegrityFault) -> LedgerLog.Place {
        let state = try root.openState()
        do {
            let signer = try key(of: plane, state)
                .signing(origin: origin(of: plane), randomness: randomness)
            return try place(plane, signer: signer)
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as KeysFault {
            throw .keys(fault)
        } catch {
            preconditionFailure("Every error above has a type: \(error)")
        }
    }

    /// How many memory ledgers the tier of a plane allows; none where there is no such plane.
    package func activeMax(of plane: LogPlane) throws(IntegrityFault) -> Int {
        let path = "planes/\(plane.rawValue)/tier.json"
        do {
            guard plane != .root, try root.directory.facts(of: path) != nil else { return 0 }
            let bytes = try root.directory.readWhole(path, limit: RootLedger.lawBytesMax)
            return try JSONValue(parsing: bytes)["ledgers"]?["max_active_memory_ledgers"]?.integer
                ?? 0
        } catch let fault as HostFault {
            throw .host(fault)
        } catch {
            throw .ledger(.parameters(reason: "\(path): \(error)"))
        }
    }

    /// Opens a plane's log for writing, with the key of this machine.
    ///
    /// A key that was handed over to and not put in its place before a crash is put there now.
    package func open(_ plane: LogPlane) throws(IntegrityFault) -> LedgerLog {
        let state = try root.openState()
        let key = key(of: plane, state)
        let origin = try origin(of: plane)
        let signer: SigningKey
        do { signer = try key.signing(origin: origin, randomness: randomness) } catch {
            throw .keys(error)
        }
        let directory: Directory
        do {
            directory = try root.directory.openMakingBeneath(
                RootLedger.folder + "/" + plane.rawValue,
                mode: 0o700
            )
        } catch {
            throw .host(error)
        }
        let place = try place(plane, signer: signer)
        let first: LedgerFault
        do {
            return try LedgerLog(directory, place)
        } catch {
            first = error
        }
        guard case .otherKey = first else { throw .ledger(first) }
        let next: SigningKey?
        do { next = try key.successor() } catch { throw .keys(error) }
        guard let next else { throw .ledger(first) }
        var other = place
        other.signer = next
        guard let log = try? LedgerLog(directory, other) else { throw .ledger(first) }
        do { try key.promote(origin: origin) } catch { throw .keys(error) }
        return log
    }

    /// Hands a plane's log over to a new key.
    ///
    ///     the new key, beside the old one · the entry and the head that both sign · the new key in
    ///     the old one's place
    package func rotateKey(
        of plane: LogPlane,
        by actor: EntryActor
    ) throws(IntegrityFault) -> (note: [UInt8], verifier: NoteVerifier?) {
        let log = try open(plane)
        let state = try root.openState()
        let key = key(of: plane, state)
        do {
            let next = try key.prepareSuccessor(randomness: randomness)
            let note = try log.rotateKey(to: next, by: actor)
            try log.close()
            try key.promote(origin: log.origin)
            return (note, try key.verifier())
        } catch let fault as LedgerFault {
            throw .ledger(fault)
        } catch let fault as KeysFault {
            throw .keys(fault)
        } catch {
            preconditionFailure("Every error above has a type: \(error)")
        }
    }

    /// Records something that happened and was no act, where the root keeps ledgers.
    package func record(_ draft: EntryDraft) throws(IntegrityFault) {
        guard try isKept() else { return }
        let log = try open(.root)
        do throws(LedgerFault) {
            try log.record(draft)
            _ = try log.checkpoint()
            try log.close()
        } catch {
            throw .ledger(error)
        }
    }

    /// Does one thing to the root: the attempt is on the disk before, the outcome after it.
    ///
    /// The body says how it ended. Without a record nothing is done.
    package func acting<Value>(
        _ draft: EntryDraft,
        _ body: () throws(IntegrityFault) -> (Value, AttemptOutcome, JSONValue?)
    ) throws(IntegrityFault) -> Value {
        guard try isKept() else { return try body().0 }
        let log = try open(.root)
        let attempt: Attempt
        do { attempt = try log.attempt(draft) } catch { throw .ledger(error) }
        let done: (value: Value, outcome: AttemptOutcome, body: JSONValue?)
        do {
            done = try body()
        } catch {
            // The fault of the act is the better one; a log that fails now says so at the next act.
            let reason: JSONValue = ["fault": .string(error.code)]
            _ = try? log.outcome(of: attempt, .failed, body: .json(reason))
            _ = try? log.checkpoint()
            try? log.close()
            throw error
        }
        do throws(LedgerFault) {
            try log.outcome(of: attempt, done.outcome, body: done.body.map { .json($0) })
            _ = try log.checkpoint()
            try log.close()
        } catch {
            throw .ledger(error)
        }
        return done.value
    }

    /// Who acts on this machine, as the kernel says it.
    package static var actor: EntryActor {
        EntryActor("uid:\(HostFacts.currentUser)", .builder)
    }

    private func key(of plane: LogPlane, _ state: Directory) -> MachineKey {
        MachineKey("ledger-" + plane.rawValue, in: state)
    }

    private func law(_ path: String) throws(IntegrityFault) -> [UInt8] {
        do {
            return try root.directory.readWhole(path, limit: RootLedger.lawBytesMax)
        } catch {
            throw .host(error)
        }
    }
}
