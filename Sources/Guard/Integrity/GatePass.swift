import Canon
import Crypto
import Host
import Law
import Registry
import Synchronization

/// Stage 5: the required gates of each spec pass over the files that it is answerable for.
///
/// A gate is data: rules that the Governor applies. Which gates run for a spec is its framework's
/// list and its own; nothing here can skip one.
struct GatePass: Sendable {
    private let state: RootState
    private let ownership: OwnershipTable
    private let schemas: Schemas
    private let owned: [String: [RelativePath]]

    init(_ state: RootState, ownership: OwnershipTable) {
        self.state = state
        self.ownership = ownership
        schemas = Schemas(state.book)
        var owned: [String: [RelativePath]] = [:]
        for row in ownership.rows { owned[row.owner, default: []].append(row.path) }
        self.owned = owned
    }

    /// Every failing gate, and how many gate runs there were.
    ///
    /// Specs are judged beside each other: what one gate finds never depends on another.
    func judge(threads: Int) -> (violations: [Violation], runs: Int) {
        var dockets: [Docket] = []
        var violations: [Violation] = []
        var governors: [String: Governor] = [:]
        var runs = 0
        for spec in state.book.specs.values.sorted(by: { $0.id < $1.id }) {
            guard let framework = state.book.framework(spec.frameworkID.text) else { continue }
            var docket = Docket(spec: spec, gates: [])
            for id in spec.effectiveGates(under: framework) {
                guard let gate = state.book.gates[id] else { continue }
                runs += 1
                let key = gate.subject == .framework ? framework.id.text : gate.id
                do throws(LawFault) {
                    let governor =
                        if let known = governors[key] { known } else {
                            try made(gate, framework)
                        }
                    governors[key] = governor
                    docket.gates.append((gate, governor))
                } catch {
                    violations.append(
                        Violation(
                            .gates,
                            .gateUnusable,
                            path: gate.path,
                            rule: gate.id,
                            reason: "The gate \(gate.id) cannot judge \(spec.id): "
                                + error.description
                        )
                    )
                }
            }
            dockets.append(docket)
        }
        violations += judged(dockets, threads)
        return (violations.sorted(), runs)
    }

    /// One spec and the gates that it must pass.
    private struct Docket: Sendable {
        let spec: Specification
        var gates: [(gate: GateDefinition, governor: Governor)]
    }

    private func judged(_ dockets: [Docket], _ threads: Int) -> [Violation] {
        let next = Atomic<Int>(0)
        let found = Mutex<[Violation]>([])
        WorkerThreads.run(min(threads, max(1, dockets.count))) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < dockets.count else { return }
                let (target, budget) = target(of: dockets[index].spec)
                for (gate, governor) in dockets[index].gates {
                    let all = findings(
                        governor.judge(target, budget: budget),
                        gate,
                        dockets[index].spec
                    )
                    if !all.isEmpty { found.withLock { $0 += all } }
                }
            }
        }
        return found.withLock { $0 }
    }

    private func made(
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
    private func target(of spec: Specification) -> (TreeTarget, Budget) {
        let owners =
            [spec.id.text]
            + state.book.packages.values.filter { $0.specID == spec.id }.map(\.id.text)
        let owned = owners.flatMap { self.owned[$0] ?? [] }
        let prefix = spec.root.isEmpty ? [] : Array((spec.root + "/").utf8)
        let files =
            prefix.isEmpty
            ? owned
            : owned.filter { $0.bytes.starts(with: prefix) }
                .compactMap { try? RelativePath(bytes: $0.bytes[prefix.count...]) }
        let tree = state.tree
        var budget = Budget.standard
        budget.fileBytesMax = GovernedRoot.registryBytesMax
        budget.stepsMax += 2 * Int(state.scan.byteCount)
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
