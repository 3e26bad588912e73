import Canon
import Crypto
import Host
import Wire

/// The role of a plane: what the supervisor starts, behind walls that stand before its first thread.
///
/// Its descriptors are those it was given: 3 the supervisor, 4 the directory of its ledger, and where
/// it has a named socket, 5. It learns everything else from the first frame.
package enum PlaneRole {
    static let controlNumber: Int32 = 3
    static let ledgerNumber: Int32 = 4
    static let listenerNumber: Int32 = 5

    /// Serves until the supervisor says that it is enough, or is gone; gives the exit status.
    ///
    /// The words are the plane, and whether it may execute programs; or those of a trial.
    package static func run(_ words: [String]) -> Int32 {
        if words.first == "plane-trial" { return PlaneTrial.runInside(Array(words.dropFirst())) }
        guard words.first == "plane", words.count > 1, let party = Party(rawValue: words[1]) else {
            return 64
        }
        let mayExecute = words.dropFirst(2).first == "--executes"
        let hasListener = party == .meta
        do {
            try ConfinedImage.seal(allowsExecution: mayExecute)
            let loop = try EventLoop()
            let socket = UnixSocket(Descriptor(owning: controlNumber))
            let control = try Link(socket, on: loop, .trusted)
            let ledger = Directory.handedOver(ledgerNumber)
            let listener = hasListener ? UnixListener(Descriptor(owning: listenerNumber)) : nil
            let life = PlaneLife(loop, control, ledger, listener)
            control.onFrame = { frame in life.hear(frame) }
            // A plane without its supervisor has nobody who watches it.
            control.onEnd = { _ in
                life.end()
                loop.stop()
            }
            loop.run()
            return life.exitStatus
        } catch {
            return 2
        }
    }
}

/// A plane from its first frame to its end.
private final class PlaneLife {
    private let loop: EventLoop
    private let control: Link
    private let ledger: Directory
    private let listener: UnixListener?
    private var process: PlaneProcess?
    private var failed = false

    init(_ loop: EventLoop, _ control: Link, _ ledger: Directory, _ listener: UnixListener?) {
        self.loop = loop
        self.control = control
        self.ledger = ledger
        self.listener = listener
    }

    var exitStatus: Int32 {
        if failed { return 2 }
        return process?.assumeIsolated { $0.exitStatus } ?? 0
    }

    func hear(_ frame: Frame) {
        if let process { return process.assumeIsolated { $0.obey(frame) } }
        do throws(PlanesFault) {
            try begin(frame)
        } catch {
            failed = true
            let said: JSONValue = [
                "say": "failed", "code": .string(error.code),
                "reason": .string(error.description),
            ]
            control.send(Frame(.call, PlaneProcess.numbered(0, said.line)))
            control.finish(nil)
            loop.atEndOfTurn { [loop] in loop.stop() }
        }
    }

    func end() { process?.assumeIsolated { $0.abandon() } }

    private func begin(_ frame: Frame) throws(PlanesFault) {
        guard let value = try? JSONValue(parsing: Array(frame.payload.dropFirst(8))) else {
            throw .birthMalformed(reason: "it is no JSON")
        }
        let birth = try PlaneBirth(value)
        let report = try PlaneLife.walls(birth)
        let process = try PlaneProcess(
            birth,
            on: loop,
            control: LoopLocal(control, on: loop),
            ledger: ledger,
            listener: listener,
            clock: .system,
            randomness: .system,
            report: report
        )
        self.process = process
        process.assumeIsolated { $0.begin() }
    }

    /// Walks into the walls; a plane that finds a gap does not start, unless an operator said so.
    private static func walls(_ birth: PlaneBirth) throws(PlanesFault) -> JSONValue {
        let found = ConfinementReport.probe()
        let mayExecute = birth.confinement["exec"]?.bool ?? false
        var allowed: [String] = []
        var probes = JSONObject()
        for probe in ConfinementReport.Probe.allCases {
            let isDenied = found.denied.contains(probe)
            probes[probe.rawValue] = isDenied ? "denied" : "allowed"
            let isWanted = probe == .execution && mayExecute
            if !isDenied && !isWanted { allowed.append(probe.rawValue) }
        }
        if !found.hasFilter { allowed.append("every system call") }
        if !found.noNewPrivileges { allowed.append("new privileges") }
        guard allowed.isEmpty || birth.isReduced else {
            throw .confinementMissing(plane: birth.party.rawValue, allowed: allowed)
        }
        return [
            "configured": birth.confinement["profile"] ?? "plane",
            "reduced": .bool(birth.isReduced), "complete": .bool(allowed.isEmpty),
            "landlock_version": .integer(found.availability.landlockVersion),
            "seccomp_filter": .bool(found.hasFilter),
            "no_new_privileges": .bool(found.noNewPrivileges), "probes": .object(probes),
            "user": .integer(Int(HostFacts.currentUser)),
        ]
    }
}
