import Canon
import Host
import Integrity
import Law
import Ledger
import Registry
import Wire

/// The law of a root as an integrity check found it, sorted by whom its violations concern.
struct CheckedLaw: Sendable {
    let report: IntegrityReport
    /// `nil` where the root itself is violated.
    let law: PlaneLaw?
    /// What stands against each plane alone.
    let halts: [Party: Refusal]
    /// What stands against the root, and so against every plane.
    let rootHalt: Refusal?
    /// The directories whose files are governed.
    let directories: [String]

    /// Reads and checks a root, and where it is asked for the log of each plane from its beginning.
    init(_ root: GovernedRoot, threads: Int, withLogs: Bool = false) throws(PlanesFault) {
        let state: RootState
        do throws(IntegrityFault) {
            state = try RootState(root, threads: threads)
            report = try IntegrityCheck(root, threads: threads).run(state)
        } catch {
            throw .integrity(error)
        }
        var halts: [Party: Refusal] = [:]
        var rootHalt: Refusal?
        for violation in report.violations {
            let refusal = CheckedLaw.refusal(violation)
            if let party = CheckedLaw.plane(of: violation.path) {
                halts[party] = halts[party] ?? refusal
            } else {
                rootHalt = rootHalt ?? refusal
            }
        }
        if withLogs {
            for party in Party.planes where halts[party] == nil {
                halts[party] = CheckedLaw.finding(in: party, of: root)
            }
        }
        self.halts = halts
        self.rootHalt = rootHalt
        directories = state.directories.map { String(decoding: $0, as: UTF8.self) }
        law = rootHalt == nil ? try CheckedLaw.law(state, without: Set(halts.keys)) : nil
    }

    /// What is wrong with the log of a plane; one that cannot be verified is not whole either.
    private static func finding(in party: Party, of root: GovernedRoot) -> Refusal? {
        guard let plane = LogPlane(rawValue: party.rawValue) else { return nil }
        let ledgers = RootLedger(root, clock: .system)
        func refusal(_ code: String, _ reason: String) -> Refusal {
            Refusal(
                code: code,
                rule: "FMWK-200: a ledger is a chain that nobody can change",
                reason: "ledger/\(party.rawValue): \(reason)",
                next: "Run 'charter ledger verify --plane \(party.rawValue)'."
            )
        }
        do {
            guard let directory = try ledgers.directory(of: plane) else { return nil }
            var verifier = LedgerVerifier()
            verifier.key = try ledgers.verifier(of: plane)
            verifier.plane = plane
            verifier.events = try ledgers.events()
            if let head = try ledgers.rememberedHead(of: plane) { verifier.known = [head] }
            let report = try verifier.verify(DatabaseLog(directory))
            return report.findings.first.map { refusal($0.code.rawValue, $0.reason) }
        } catch {
            let fault = error as? any Fault
            return refusal(fault?.code ?? "ledger.damaged", fault?.description ?? "\(error)")
        }
    }

    /// The plane that a path belongs to.
    static func plane(of path: String) -> Party? {
        Party.planes.first {
            path.hasPrefix("planes/\($0.rawValue)/") || path == "planes/\($0.rawValue)"
        }
    }

    static func refusal(_ violation: Violation) -> Refusal {
        Refusal(
            code: violation.code.rawValue,
            rule: violation.rule.isEmpty ? violation.code.rawValue : violation.rule,
            reason: violation.path.isEmpty || violation.reason.contains(violation.path)
                ? violation.reason : "\(violation.path): \(violation.reason)",
            next: violation.next
        )
    }

    private static func law(
        _ state: RootState,
        without halted: Set<Party>
    ) throws(PlanesFault) -> PlaneLaw {
        func bytes(_ path: String) throws(PlanesFault) -> [UInt8] {
            guard let relative = try? RelativePath(path),
                case .success(let bytes) = state.tree.document(relative)
            else { throw .manifest(path: path, reason: "it cannot be read") }
            return bytes
        }
        func document(_ path: String) throws(PlanesFault) -> JSONValue {
            guard let value = try? JSONValue(parsing: try bytes(path)) else {
                throw .manifest(path: path, reason: "it is no JSON")
            }
            return value
        }
        var manifests: [TierManifest] = []
        for party in Party.planes where !halted.contains(party) {
            manifests.append(
                try TierManifest(try document(TierManifest.path(of: party)), of: party)
            )
        }
        var prompts: [(path: String, bytes: [UInt8])] = []
        let prefix = PromptBook.folder + "/"
        for path in state.tree.paths
        where path.text.hasPrefix(prefix) && path.text.hasSuffix("/prompt.json") {
            let content = try bytes(path.text)
            let status = (try? JSONValue(parsing: content))?["status"]?.string
            if status == "active" { prompts.append((path.text, content)) }
        }
        let policy = manifests.first?.attention.policy ?? "POL-ATTENTION-001"
        return PlaneLaw(
            manifests: manifests,
            chain: try bytes("ledger/control_plane_chain.json"),
            events: try bytes("ledger/event_map.json"),
            prompts: prompts,
            attention: try document("registries/policies/\(policy).json")
        )
    }
}
