import Policy
import Rego

/// What compiles and is probably not meant.
struct PolicyHints {
    /// One such thing; it refuses nothing.
    struct Hint {
        let code: String
        let file: String
        let position: SourcePosition
        let message: String
    }

    private(set) var found: [Hint] = []

    init(_ modules: [PolicyModule]) {
        for module in modules {
            for rule in module.rules { look(at: rule, in: module) }
        }
    }

    private mutating func look(at rule: Rule, in module: PolicyModule) {
        guard let name = rule.names.last else { return }
        if rule.isDefault, name.hasPrefix("allow"), rule.head.value?.kind == .scalar(.boolean(true))
        {
            add(
                "open-default",
                rule,
                module,
                "\(name) is true wherever no rule says otherwise; let the default be false, and "
                    + "say what is allowed."
            )
        }
        if name.hasPrefix("test_"), !module.file.hasSuffix("_test.rego") {
            add(
                "test-decides",
                rule,
                module,
                "\(name) lies in a file that decides; tests belong in files that end in _test.rego."
            )
        }
        let isComplaint = ["deny", "violation", "warn"].contains(name)
        if isComplaint, case .value = rule.head.contribution, rule.head.parameters == nil {
            add(
                "complaint-is-no-set",
                rule,
                module,
                "\(name) is read as a set of messages; write '\(name) contains message if …'."
            )
        }
    }

    private mutating func add(
        _ code: String,
        _ rule: Rule,
        _ module: PolicyModule,
        _ message: String
    ) {
        found.append(
            Hint(
                code: "policy.hint." + code,
                file: module.file,
                position: rule.range.start,
                message: message
            )
        )
    }
}
