import Canon
import Integrity
import Patterns
import Registry

/// Everything that is known of one path, as an answer.
struct Explanation {
    private let path: RelativePath
    private let state: RootState

    init(_ path: RelativePath, _ state: RootState) {
        self.path = path
        self.state = state
    }

    var answer: Answer {
        if let exemption = state.exemption(of: path) { return exempt(exemption) }
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
            lines.append("  allowed   no framework authorises it")
        }
        if let owner {
            let version = package.map { " \($0.version), \($0.classification)" } ?? ""
            lines.append("  owner     \(owner)\(version)" + (spec.map { ", under \($0.id)" } ?? ""))
        } else {
            lines.append("  owner     nobody")
            lines.append("  next      \(ViolationCode.orphan.next)")
        }
        for id in gates {
            lines.append("  rule      \(id): \(state.book.gates[id]?.ensures ?? "not defined")")
        }
        if let package { lines.append("  manifest  \(package.path)") }
        lines.append("  changed   no ledger is kept in this root yet; see its version control")
        return lines
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
    private var changes: JSONValue { .null }

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
