import Canon
import Patterns

/// Stage 3: package, spec and framework are linked, gates and metadata are there, paths are allowed.
package struct LinkRules: Sendable {
    private let book: LawBook
    private let tree: TreeSnapshot
    private let ownership: OwnershipTable
    private var violations: [Violation] = []

    /// `ownership` says who owns the files that the links lead to.
    package init(book: LawBook, tree: TreeSnapshot, ownership: OwnershipTable) {
        self.book = book
        self.tree = tree
        self.ownership = ownership
    }

    /// Every link that does not hold, in order.
    package func judge() -> [Violation] {
        var rules = self
        rules.violations = book.violations
        for framework in book.frameworks.values { rules.judge(framework) }
        for spec in book.specs.values { rules.judge(spec) }
        for item in book.packages.values { rules.judge(item) }
        for policy in book.policies.values { rules.judge(policy) }
        rules.judgeCycles()
        rules.judgePaths()
        return rules.violations.sorted()
    }

    private mutating func refuse(
        _ code: ViolationCode,
        _ path: String,
        rule: String = "",
        _ reason: String
    ) {
        violations.append(
            Violation(
                .links,
                code,
                path: Printable(path).description,
                rule: rule,
                reason: reason
            )
        )
    }

    private mutating func judge(_ framework: Framework) {
        for (words, references) in [
            ("depends on", framework.dependencies), ("conforms to", framework.conformsTo),
        ] {
            for reference in references {
                judge(
                    reference,
                    words,
                    met: book.framework(reference.id)?.version,
                    by: framework.id.text,
                    framework.path
                )
            }
        }
        for gate in framework.requiredGates {
            judge(gate: gate, "\(framework.id) requires", framework.path)
        }
        if framework.id.text != foundingFramework {
            for authorisation in framework.authorises where authorisation.isEverything {
                refuse(
                    .tooWide,
                    framework.path,
                    rule: framework.id.text,
                    "\(framework.id) authorises \(Printable(authorisation.pattern.text)), which is "
                        + "everywhere, so it says nothing about where its files may lie."
                )
            }
        }
        let stem = framework.id.text + "_"
        let hasCompanion = tree.files(in: RootLayout.frameworks, suffix: ".md")
            .contains { $0.name.hasPrefix(stem) || $0.name == framework.id.text + ".md" }
        if !hasCompanion {
            refuse(
                .noCompanion,
                framework.path,
                "\(framework.id) has no Markdown that explains it."
            )
        }
    }

    private mutating func judge(_ spec: Specification) {
        guard let framework = book.framework(spec.frameworkID.text) else {
            refuse(
                .dangling,
                spec.path,
                "\(spec.id) is under \(spec.frameworkID), which does not exist."
            )
            return
        }
        if spec.compliesWith != [spec.frameworkID.text] {
            refuse(
                .frameworkMismatch,
                spec.path,
                "\(spec.id) complies with \(list(spec.compliesWith)) "
                    + "but stands under \(spec.frameworkID); it names exactly that one."
            )
        }
        if framework.status == .deprecated && spec.status == .active {
            refuse(
                .deprecated,
                spec.path,
                "\(spec.id) is active under \(framework.id), which is deprecated."
            )
        }
        if !framework.allowedSpecTypes.contains(spec.entityType) {
            refuse(
                .specTypeNotAllowed,
                spec.path,
                rule: framework.id.text,
                "\(spec.id) is a \(Printable(spec.entityType)); "
                    + "\(framework.id) allows \(list(framework.allowedSpecTypes))."
            )
        }
        if book.entityTypes[spec.entityType] == nil {
            refuse(
                .unknownEntityType,
                spec.path,
                "\(spec.id) is of the type \(Printable(spec.entityType)), which is not registered."
            )
        }
        for key in framework.requiredMetadata where spec.metadata[key] == nil {
            refuse(
                .missingMetadata,
                spec.path,
                rule: framework.id.text,
                "\(spec.id) lacks the metadata \"\(key)\" that \(framework.id) requires."
            )
        }
        // What the framework requires is said of the framework.
        for gate in spec.effectiveGates(under: framework)
        where book.gates[gate] == nil || !framework.requiredGates.contains(gate) {
            judge(gate: gate, "\(spec.id) requires", spec.path)
        }
        for reference in spec.conformsTo {
            judge(
                reference,
                "conforms to",
                met: book.framework(reference.id)?.version,
                by: spec.id.text,
                spec.path
            )
        }
        let (assets, missing) = spec.resolvedAssets(in: tree)
        for asset in missing {
            refuse(
                .missingAsset,
                spec.path,
                rule: spec.id.text,
                "The asset \(Printable(asset)) of \(spec.id) does not exist."
            )
        }
        for asset in assets where specification(ofOwnerOf: asset) != spec.id {
            refuse(
                .missingAsset,
                asset.text,
                rule: spec.id.text,
                "\(spec.id) requires this file, but it belongs to "
                    + (ownership.row(of: asset)?.owner ?? "nobody") + "."
            )
        }
    }

    private func specification(ofOwnerOf path: RelativePath) -> SpecID? {
        ownership.row(of: path).flatMap { book.specification(ofOwner: $0.owner)?.id }
    }

    private mutating func judge(_ package: PackageManifest) {
        guard let spec = book.specs[package.specID.text] else {
            refuse(
                .dangling,
                package.path,
                "\(package.id) is the proof of \(package.specID), which does not exist."
            )
            return
        }
        if package.frameworkID != spec.frameworkID {
            refuse(
                .frameworkMismatch,
                package.path,
                "\(package.id) names \(package.frameworkID), "
                    + "but its spec \(spec.id) is under \(spec.frameworkID)."
            )
        }
        if package.governedBy != package.frameworkID.text {
            refuse(
                .frameworkMismatch,
                package.path,
                "\(package.id) is governed by \(Printable(package.governedBy)) "
                    + "but names the framework \(package.frameworkID)."
            )
        }
        for reference in package.conformsTo {
            judge(
                reference,
                "conforms to",
                met: book.specs[reference.id]?.version,
                by: package.id.text,
                package.path
            )
        }
        for dependency in package.dependencies {
            judge(
                dependency,
                "depends on",
                met: book.packages[dependency.id]?.version,
                by: package.id.text,
                package.path
            )
        }
    }

    /// A gate that something rests on is there and in force.
    private mutating func judge(gate: String, _ words: String, _ path: String) {
        guard let known = book.gates[gate] else {
            refuse(
                .unknownGate,
                path,
                "\(words) the gate \(Printable(gate)), which does not exist."
            )
            return
        }
        guard known.status != .active else { return }
        refuse(
            .inactiveGate,
            path,
            "\(words) the gate \(Printable(gate)), which is \(known.status.rawValue) and not active."
        )
    }

    /// The framework of the package that keeps the registries: the law of the law.
    private var foundingFramework: String? {
        book.root.flatMap { book.packages[$0.registryOwner] }
            .flatMap { book.specs[$0.specID.text] }
            .flatMap { book.framework($0.frameworkID.text)?.id.text }
    }

    private mutating func judge(_ policy: PolicyDocument) {
        if !policy.gate.isEmpty {
            if policy.status == .active || book.gates[policy.gate] == nil {
                judge(gate: policy.gate, "\(policy.id) is enforced by", policy.path)
            }
        } else {
            refuse(
                .unknownGate,
                policy.path,
                rule: policy.id.text,
                "\(policy.id) names no gate, so nothing would enforce it."
            )
        }
    }

    /// A reference names something that exists, in a version that it accepts.
    private mutating func judge(
        _ reference: VersionedReference,
        _ words: String,
        met version: SemanticVersion?,
        by id: String,
        _ path: String
    ) {
        guard let version else {
            refuse(
                .dangling,
                path,
                "\(id) \(words) \(Printable(reference.id)), which does not exist."
            )
            return
        }
        guard !reference.range.contains(version) else { return }
        refuse(
            .versionNotMet,
            path,
            "\(id) needs \(reference.id) in \(reference.range), but there is \(version)."
        )
    }

    private mutating func judgeCycles() {
        var frameworks = LinkGraph()
        for item in book.frameworks.values {
            frameworks.add(item.id.text, dependsOn: item.dependencies.map(\.id))
        }
        var packages = LinkGraph()
        for item in book.packages.values {
            packages.add(item.id.text, dependsOn: item.dependencies.map(\.id))
        }
        for graph in [frameworks, packages] {
            guard let cycle = graph.cycle(), let first = cycle.first else { continue }
            refuse(
                .cycle,
                book.frameworks[first]?.path ?? book.packages[first]?.path ?? "",
                "\((cycle + [first]).joined(separator: " → ")) depend on each other."
            )
        }
    }

    /// Each file lies where the framework of its owner allows it.
    private mutating func judgePaths() {
        var owner = ""
        var spec: Specification?
        var framework: Framework?
        for row in ownership.rows {
            if row.owner != owner {
                owner = row.owner
                spec = book.specification(ofOwner: owner)
                framework = spec.flatMap { book.framework($0.frameworkID.text) }
            }
            if let spec, !spec.covers(row.path) {
                refuse(
                    .unauthorised,
                    row.path.text,
                    rule: spec.id.text,
                    "\(Printable(owner)) owns \(Printable(row.path.text)), which lies outside "
                        + "\(spec.id)'s root \(Printable(spec.root)); its gates would not see it."
                )
                continue
            }
            guard let framework, !framework.authorises(row.path.bytes) else { continue }
            refuse(
                .unauthorised,
                row.path.text,
                rule: framework.id.text,
                "\(framework.id) governs \(Printable(row.path.text)) through \(Printable(owner)) "
                    + "but authorises no such path."
            )
        }
    }

    private func list(_ items: [String]) -> String {
        items.isEmpty ? "nothing" : items.map { Printable($0).description }.joined(separator: ", ")
    }
}
