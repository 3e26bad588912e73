/// What `rego.metadata.rule()` and `rego.metadata.chain()` give inside one rule.
struct RuleMetadata: Sendable {
    /// The annotation of the rule itself; an empty object where there is none.
    let rule: Value

    /// From the rule outwards: each place that has an annotation, and the rule's own always.
    let chain: Value

    /// The metadata of a rule.
    init(rule index: Int, of moduleIndex: Int, path: [Text], in modules: [PolicyModule]) {
        let module = modules[moduleIndex]
        let package = module.package.path.map { Value.text($0) }
        let own = module.annotations.first { $0.scope == .rule && $0.rule == index }
        rule = own.map { Self.value(of: $0) } ?? .object(.empty)
        let place: [Value] = path.map { .string($0) }
        var links = [Self.link(path: place, own)]
        for (other, candidate) in modules.enumerated()
        where candidate.package == module.package {
            for annotation in candidate.annotations where annotation.scope == .document {
                guard let named = annotation.rule else { continue }
                let sameRule =
                    candidate.package.path.map { Text($0) }
                    + candidate.rules[named].head.constantPath
                guard sameRule == path, other == moduleIndex || own != annotation else { continue }
                links.append(Self.link(path: place, annotation))
            }
        }
        for candidate in modules where candidate.package == module.package {
            for annotation in candidate.annotations where annotation.scope == .package {
                links.append(Self.link(path: package, annotation))
            }
        }
        for length in stride(from: package.count, through: 0, by: -1) {
            let prefix = module.package.path.prefix(length)
            for candidate in modules
            where candidate.package.path.elementsEqual(
                prefix,
                by: { $0.utf8.elementsEqual($1.utf8) }
            ) {
                for annotation in candidate.annotations where annotation.scope == .subpackages {
                    links.append(Self.link(path: Array(package.prefix(length)), annotation))
                }
            }
        }
        chain = .array(ArrayValue(links))
    }

    private static func link(path: [Value], _ annotation: Annotation?) -> Value {
        var members = [ObjectValue.Member(key: "path", value: .array(ArrayValue(path)))]
        if let annotation {
            members.append(.init(key: "annotations", value: value(of: annotation)))
        }
        return .object(ObjectValue(members))
    }

    private static func value(of annotation: Annotation) -> Value {
        guard case .object(let said) = Value(annotation.content) else { return .object(.empty) }
        return .object(said.setting("scope", to: .text(annotation.scope.rawValue)))
    }
}
