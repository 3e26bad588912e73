import Canon
import Crypto
import Gates
import Host
import Law
import Registry
import Synchronization

/// Stage 5: the required gates of each spec pass over the files that it is answerable for.
///
/// A gate is data: rules that the Governor applies. Which gates run for a spec is its framework's
/// list and its own; nothing here can skip one.
struct GatePass: Sendable {
    private let state: JudgedTree
    private let ownership: OwnershipTable
    private let schemas: Schemas
    /// The one gate that is asked for; all of them, where the root is to be proved.
    private let only: String?
    /// The specs that are judged; all of them, where the root is to be proved.
    private let specs: Set<String>?

    init(
        _ state: JudgedTree,
        ownership: OwnershipTable,
        schemas: Schemas,
        only: String? = nil,
        specs: Set<String>? = nil
    ) {
        self.state = state
        self.ownership = ownership
        self.schemas = schemas
        self.only = only
        self.specs = specs
    }

    /// What the gates found, and how many runs there were.
    struct Verdict: Sendable {
        var violations: [Violation] = []
        var runs = 0
    }

    /// Every failing gate; the first thread does `alongside` before it helps.
    ///
    /// Gates are asked beside each other.
    func judge<Extra: Sendable>(
        threads: Int,
        alongside: @Sendable () -> Extra
    ) -> (verdict: Verdict, extra: Extra) {
        let prepared = Mutex<Docketing?>(nil)
        let next = Atomic<Int>(0)
        let found = Mutex<[Violation]>([])
        let extra = Mutex<Extra?>(nil)
        WorkerThreads.run(max(threads, 1)) { worker in
            if worker == 0 {
                let value = alongside()
                extra.withLock { $0 = value }
            }
            let runs = prepared.withLock { known in
                let docketing = known ?? self.docketing()
                known = docketing
                return docketing.runs
            }
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < runs.count else { return }
                let violations = judge(runs[index])
                if !violations.isEmpty { found.withLock { $0 += violations } }
            }
        }
        guard let docketing = prepared.withLock({ $0 }), let value = extra.withLock({ $0 }) else {
            preconditionFailure("The first worker always runs.")
        }
        let violations = docketing.violations + found.withLock { $0 }
        return (Verdict(violations: violations.sorted(), runs: docketing.runs.count), value)
    }

    /// What is to be judged.
    private struct Docketing: Sendable {
        var runs: [Run] = []
        var violations: [Violation] = []
    }

    /// One gate and one spec: what one of them finds never depends on another.
    private struct Run: Sendable {
        let gate: GateDefinition
        let docket: Docket
        /// What judges; shared by all specs that it judges, and made by the first that needs it.
        let judge: Judge
    }

    private enum Judge: Sendable {
        case rules(Lazily<Result<Governor, LawFault>>, Framework)
        case policies(PolicyGate)
    }

    /// One spec and the files that it is answerable for.
    private final class Docket: Sendable {
        let spec: Specification
        let owned: [RelativePath]
        let target = Lazily<(TreeTarget, Budget)>()

        init(_ spec: Specification, _ owned: [RelativePath]) {
            self.spec = spec
            self.owned = owned
        }
    }

    private func docketing() -> Docketing {
        var docketing = Docketing()
        docketing.violations = enforcementViolations()
        var governors: [String: Lazily<Result<Governor, LawFault>>] = [:]
        var policyGates: [String: PolicyGate] = [:]
        let bundles = hasPolicyGate ? BundleFolder.bundles(in: state.tree) : [:]
        var owned: [String: [RelativePath]] = [:]
        for row in ownership.rows { owned[row.owner, default: []].append(row.path) }
        for spec in state.book.specs.values.sorted(by: { $0.id < $1.id })
        where specs?.contains(spec.id.text) ?? true {
            guard let framework = state.book.framework(spec.frameworkID.text) else { continue }
            let owners =
                [spec.id.text]
                + state.book.packages.values.filter { $0.specID == spec.id }.map(\.id.text)
            let docket = Docket(spec, owners.flatMap { owned[$0] ?? [] })
            for id in spec.effectiveGates(under: framework) {
                guard let gate = state.book.gates[id], only == nil || only == id else { continue }
                let judge: Judge
                if gate.subject == .policy {
                    let known = policyGates[id]
                    let policyGate = known ?? PolicyGate(gate, in: state.book, bundles: bundles)
                    policyGates[id] = policyGate
                    judge = .policies(policyGate)
                } else {
                    let key = gate.subject == .framework ? framework.id.text : gate.id
                    let governor = governors[key] ?? Lazily()
                    governors[key] = governor
                    judge = .rules(governor, framework)
                }
                docketing.runs.append(Run(gate: gate, docket: docket, judge: judge))
            }
        }
        // The longest first, or one thread would be left with it at the end.
        docketing.runs.sort { $0.docket.owned.count > $1.docket.owned.count }
        return docketing
    }

    private func judge(_ run: Run) -> [Violation] {
        let (gate, spec) = (run.gate, run.docket.spec)
        let (target, budget) = run.docket.target.value { self.target(of: run.docket) }
        switch run.judge {
        case .policies(let policyGate): return denials(policyGate, spec, target.metadata)
        case .rules(let shared, let framework):
            let made = shared.value {
                do throws(LawFault) { return .success(try governor(gate, framework)) } catch {
                    return .failure(error)
                }
            }
            switch made {
            case .success(let governor):
                return findings(governor.judge(target, budget: budget), gate, spec)
            case .failure(let fault):
                return [
                    Violation(
                        .gates,
                        .gateUnusable,
                        path: gate.path,
                        rule: gate.id,
                        reason: "The gate \(gate.id) cannot judge \(spec.id): "
                            + fault.description
                    )
                ]
            }
        }
    }

    /// What the policies of a gate say about a spec; a tree is judged at no time of its own.
    private func denials(
        _ gate: PolicyGate,
        _ spec: Specification,
        _ metadata: JSONValue
    ) -> [Violation] {
        let digest = (try? RelativePath(spec.path)).flatMap { state.tree.digest(of: $0) }
        let output = gate.judge(
            GateInput(
                targetID: spec.id.text,
                targetHash: digest ?? .sha256(of: metadata.line),
                target: metadata,
                trigger: gate.gate.trigger,
                time: Timestamp(nanoseconds: 0)
            )
        )
        return output.findings.map { finding in
            Violation(
                .gates,
                .policyDenied,
                path: Printable(spec.path).description,
                rule: "\(gate.gate.id) (\(gate.gate.name)): \(finding.rule)",
                reason: "\(spec.id): \(finding.message) [\(finding.code)]",
                next: finding.nextStep
            )
        }
    }

    private var hasPolicyGate: Bool {
        state.book.gates.values.contains { $0.subject == .policy }
    }

    /// What is enforced is what is listed: a law whose gates ask policies lists them all.
    private func enforcementViolations() -> [Violation] {
        func refused(_ code: ViolationCode, _ reason: String) -> Violation {
            Violation(.gates, code, path: RootLayout.enforcementGates, reason: reason)
        }
        guard let path = try? RelativePath(RootLayout.enforcementGates),
            state.tree.contains(path)
        else {
            guard hasPolicyGate else { return [] }
            return [refused(.enforcementList, "The law has policy gates and no list of gates.")]
        }
        switch state.tree.document(path) {
        case .failure(let fault): return [refused(.enforcementList, fault.description)]
        case .success(let bytes):
            do throws(GatesFault) {
                return try EnforcementGates(parsing: bytes).problems(against: state.book)
                    .map { refused($0.code, $0.reason) }
            } catch {
                return [refused(.enforcementList, error.description)]
            }
        }
    }

    private func governor(
        _ gate: GateDefinition,
        _ framework: Framework
    ) throws(LawFault) -> Governor {
        let (rules, id, version) =
            gate.subject == .framework
            ? (framework.rules, framework.id.text, framework.version)
            : (gate.rules, gate.id, gate.version)
        var document = rules.object ?? JSONObject()
        document["id"] = .string(id)
        document["version"] = .string(version.description)
        return try Governor(.object(document), library: schemas.shared)
    }

    private func findings(
        _ findings: [Finding],
        _ gate: GateDefinition,
        _ spec: Specification
    ) -> [Violation] {
        findings.map { finding in
            // A finding's place is a file, a place inside a document (#/…), or both.
            let parts = finding.path.split(
                separator: "#",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let file = String(parts[0])
            let place = parts.count > 1 && !parts[1].isEmpty ? " at \(parts[1])" : ""
            return Violation(
                .gates,
                .gateFailed,
                path: Printable(file.isEmpty ? spec.path : spec.whole(file)).description,
                rule: "\(gate.id) (\(gate.name)): \(finding.rule)",
                reason: "\(spec.id)\(place): \(finding.reason)"
            )
        }
    }

    /// The files of a spec's packages, relative to the spec's own directory, and what is known of it.
    ///
    /// The budget grows with the bytes, since looking at more of them is no sign of a runaway rule.
    private func target(of docket: Docket) -> (TreeTarget, Budget) {
        let (spec, owned) = (docket.spec, docket.owned)
        let prefix = spec.root.isEmpty ? [] : Array((spec.root + "/").utf8)
        let files =
            prefix.isEmpty
            ? owned
            : owned.filter { $0.bytes.starts(with: prefix) }
                .compactMap { try? RelativePath(bytes: $0.bytes[prefix.count...]) }
        let tree = state.tree
        var budget = Budget.standard
        budget.fileBytesMax = GovernedRoot.judgedBytesMax
        budget.stepsMax += 2 * Int(state.byteCount)
        let target = TreeTarget(files: files, metadata: metadata(of: spec)) { file, limit in
            guard let path = try? RelativePath(bytes: prefix + file.bytes) else {
                return .unreadable("its path is too long")
            }
            switch tree.document(path) {
            case .failure(let fault): return .unreadable(fault.description)
            case .success(let bytes): return bytes.count > limit ? .tooLarge : .bytes(bytes)
            }
        }
        return (target, budget)
    }

    /// The spec's own metadata, with what its document and the registries say beside it.
    private func metadata(of spec: Specification) -> JSONValue {
        var metadata = spec.metadata
        metadata["id"] = .string(spec.id.text)
        metadata["type"] = "spec"
        metadata["entity_type"] = .string(spec.entityType)
        metadata["version"] = .string(spec.version.description)
        metadata["status"] = .string(spec.status.rawValue)
        metadata["purpose"] = .string(spec.purpose)
        metadata["framework_id"] = .string(spec.frameworkID.text)
        metadata["complies_with"] = .array(spec.compliesWith.map { .string($0) })
        // Stage 2 has shown that every file has one; what a rule asks for is that somebody says so.
        metadata["content_hash"] = "sha256"
        let packages = state.book.packages.values.filter { $0.specID == spec.id }
            .sorted { $0.id < $1.id }
        metadata["entities"] = .array(
            packages.map { item in
                var entity = item.document.object ?? JSONObject()
                entity["entity_type"] = "package"
                return .object(entity)
            }
        )
        return .object(metadata)
    }
}

extension Specification {
    /// A path of the spec's own directory as a path of the root.
    fileprivate func whole(_ path: String) -> String {
        root.isEmpty || path.isEmpty ? path : root + "/" + path
    }
}

/// A value that whoever needs it first makes, while others who need it wait.
private final class Lazily<Value: Sendable>: Sendable {
    private let known = Mutex<Value?>(nil)

    /// The value, made by `make` where it is not there yet.
    func value(_ make: () -> Value) -> Value {
        known.withLock { known in
            if let known { return known }
            let made = make()
            known = made
            return made
        }
    }
}
