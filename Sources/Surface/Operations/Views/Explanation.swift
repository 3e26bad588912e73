import Canon
import Integrity
import Ledger
import Patterns
import Registry

/// Everything that is known of one path, as an answer.
struct Explanation {
    private let path: RelativePath
    private let state: RootState
    /// What the ledger says of the path, newest first; `nil` where the root keeps none.
    private let history: [LedgerEntry]?

    init(_ path: RelativePath, _ state: RootState, history: [LedgerEntry]?) {
        self.path = path
        self.state = state
        self.history = history
    }

    var answer: Answer {
        if let exemption = state.exemption(of: path) { return exempt(exemption) }
        let below = state.files(below: path)
        if !below.isEmpty { return directory(below) }
        let owner = state.owner(of: path)
        let spec = owner.flatMap { state.book.specification(ofOwner: $0) }
        let framework = spec.flatMap { state.book.framework($0.frameworkID.text) }
        let authorisation = framework?.authorises.first { $0.pattern.matches(path.bytes) }
        let gates = framework.map { spec?.effectiveGates(under: $0) ?? [] } ?? []
        let package = owner.flatMap { state.book.packages[$0] }
        let standing = standing
        let isWhole = owner != nil && authorisation != nil && standing.isWhole
        let json: JSONValue = [
            "path": .string(path.text),
            "what": [
                "kind": .string(kind), "registered_hash": text(registered?.hex),
                "actual_hash": text(state.tree.digest(of: path)?.hex),
                "standing": .string(standing.words),
            ],
            "why_allowed": [
                "framework_id": text(framework?.id.text),
                "framework": text(framework?.name),
                "pattern": text(authorisation?.pattern.text),
                "purpose": text(authorisation?.purpose),
            ],
            "owner": [
                "package_id": text(owner), "version": text(package?.version.description),
                "class": text(package?.classification), "spec_id": text(spec?.id.text),
            ],
            "rules": .array(gates.map { gate(state.book.gates[$0], $0) }),
            "how_installed": text(package?.path),
            "may_be_owned_by": .array(
                (owner == nil ? candidates : []).map { .string($0) }
            ),
            "changes": changes,
            "accounted_for": .bool(isWhole),
        ]
        return Answer(
            isWhole ? .done : .refused,
            json: json,
            lines: lines(owner, spec, framework, authorisation, gates, package, standing)
        )
    }

    private func lines(
        _ owner: String?,
        _ spec: Specification?,
        _ framework: Framework?,
        _ authorisation: Framework.Authorisation?,
        _ gates: [String],
        _ package: PackageManifest?,
        _ standing: (words: String, isWhole: Bool)
    ) -> [String] {
        var lines = [
            Printable(path.text).description, "  what      \(kind), \(standing.words)",
        ]
        if let digest = registered { lines.append("  hash      \(digest.hex)") }
        if let framework {
            lines.append("  allowed   \(framework.id) (\(framework.name))")
            lines.append(
                authorisation.map { "            \($0.pattern.text): \($0.purpose)" }
                    ?? "            but no pattern of it authorises this path"
            )
        } else {
            let words =
                candidates.isEmpty
                ? "no framework authorises it"
                : "nobody answers for it; it may lie here under \(candidates.joined(separator: ", "))"
            lines.append("  allowed   \(words)")
        }
        if let owner {
            let version = package.map { " \($0.version), \($0.classification)" } ?? ""
            lines.append("  owner     \(owner)\(version)" + (spec.map { ", under \($0.id)" } ?? ""))
        } else {
            lines.append("  owner     nobody")
            lines.append("  next      \(next)")
        }
        for id in gates {
            lines.append("  rule      \(id): \(state.book.gates[id]?.ensures ?? "not defined")")
        }
        if let package { lines.append("  manifest  \(package.path)") }
        lines += historyLines
        return lines
    }

    /// Who owns what lies in a directory; each file is explained by itself.
    private func directory(_ files: [RelativePath]) -> Answer {
        var counts: [String: Int] = [:]
        for file in files { counts[state.owner(of: file) ?? "", default: 0] += 1 }
        let owners = counts.sorted { $0.key.precedesInBytes($1.key) }
        let unowned = counts[""] ?? 0
        let words = owners.map { "\($0.key.isEmpty ? "nobody" : $0.key) (\($0.value))" }
        return Answer(
            unowned == 0 ? .done : .refused,
            json: [
                "path": .string(path.text), "what": ["kind": "directory"],
                "files": .integer(files.count),
                "owners": .array(
                    owners.map { owner, count in
                        [
                            "package_id": owner.isEmpty ? .null : .string(owner),
                            "files": .integer(count),
                        ]
                    }
                ),
                "accounted_for": .bool(unowned == 0),
            ],
            lines: [
                Printable(path.text).description + "/",
                "  what      directory, \(Report.count(files.count, "file"))",
                "  owners    \(words.joined(separator: ", "))",
                "  next      'charter explain' a file of it, or 'charter registry show' it",
            ]
        )
    }

    /// What the operator can do about a path that nobody owns.
    private var next: String {
        guard state.tree.contains(path) else {
            return "check the spelling; there is no file of this name in the root"
        }
        guard let package = candidates.first else { return ViolationCode.orphan.next }
        return "charter owner assign \(Printable(path.text)) --package \(package)"
            + "  (or charter quarantine)"
    }

    /// The packages under whose framework the path may lie, those with the closest pattern first.
    private var candidates: [String] {
        state.book.packages.values.compactMap { package -> (id: String, length: Int)? in
            let spec = state.book.specs[package.specID.text]
            let framework = spec.flatMap { state.book.framework($0.frameworkID.text) }
            let lengths = framework?.authorises.filter { $0.pattern.matches(path.bytes) }
                .map(\.pattern.text.utf8.count)
            return lengths?.max().map { (package.id.text, $0) }
        }
        .sorted { $0.length == $1.length ? $0.id.precedesInBytes($1.id) : $0.length > $1.length }
        .map(\.id)
    }

    private func exempt(_ exemption: PolicyDocument.Exemption) -> Answer {
        Answer(
            json: [
                "path": .string(path.text), "exempt": true, "policy": .string(exemption.policy),
                "kind": .string(exemption.kind.rawValue), "reason": .string(exemption.reason),
                "accounted_for": true,
            ],
            lines: [
                Printable(path.text).description,
                "  exempt    by \(exemption.policy) (\(exemption.kind.rawValue))",
                "  reason    \(exemption.reason)",
            ]
        )
    }

    private func gate(_ gate: GateDefinition?, _ id: String) -> JSONValue {
        ["gate": .string(id), "ensures": text(gate?.ensures), "rules": text(gate?.path)]
    }

    /// There is no ledger before the ledger milestone: saying so beats saying nothing.
    private var changes: JSONValue {
        guard let history else { return .null }
        return .array(
            history.map { entry -> JSONValue in
                [
                    "event": .string(entry.event), "time": .string(entry.time),
                    "actor": .string(entry.actor.id), "entry": .integer(entry.index),
                    "digest": .string(entry.digest.hex),
                ]
            }
        )
    }

    private var historyLines: [String] {
        guard let history else {
            return ["  changed   no ledger is kept in this root; see its version control"]
        }
        guard let last = history.first else {
            return ["  changed   never, since the ledger of this root began"]
        }
        let more = history.count > 1 ? ", and before that (charter ledger query --file PATH)" : ""
        return [
            "  changed   by \(Printable(last.actor.id)) at \(last.time): \(last.event), entry "
                + "\(last.index)\(more)"
        ]
    }

    private func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    private var registered: Digest? {
        state.local(of: path)?.row(named: path.name.utf8)?.digest
    }

    private var standing: (words: String, isWhole: Bool) {
        guard let actual = state.tree.digest(of: path) else {
            return (registered == nil ? "not there" : "registered but not there", false)
        }
        if RegistryCompiler.isKeptByCompiler(path) { return ("kept by the compiler", true) }
        guard let registered else { return ("not registered", false) }
        return actual == registered
            ? ("its bytes are the registered ones", true)
            : ("its bytes are NOT the registered ones", false)
    }

    /// What the path is, by where the law looks for such things.
    private var kind: String {
        let text = path.text
        if path.name == RootLayout.localRegistryName { return "local registry" }
        if RootLayout.compiled.contains(text) { return "compiled registry" }
        if text == RootLayout.seal { return "seal" }
        if text == RootLayout.rootManifest { return "root manifest" }
        let kinds = [
            (RootLayout.frameworks, "framework"), (RootLayout.specs, "spec"),
            (RootLayout.packages, "package manifest"), (RootLayout.gates, "gate"),
            (RootLayout.policies, "policy"), (RootLayout.schemas, "schema"),
        ]
        return kinds.first { text.hasPrefix($0.0 + "/") }?.1 ?? "file"
    }
}
