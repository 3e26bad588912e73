import Canon

/// Why a decision could not be made.
///
/// Whoever asks denies then; no policy can catch any of these.
package struct EvaluationError: Fault, Equatable {
    /// What kind of thing went wrong.
    package enum Kind: String, Sendable, CaseIterable {
        /// Rules disagree about one value, or an object has two values for one key.
        case conflict = "rego.eval.conflict"
        /// A built-in was given a value of a type that it does not take.
        case type = "rego.eval.type"
        /// A built-in could not answer.
        case builtin = "rego.eval.builtin"
        /// The decision took more steps than it may.
        case steps = "rego.eval.steps"
        /// The decision made larger values than it may.
        case memory = "rego.eval.memory"
        /// Rules called each other deeper than they may.
        case depth = "rego.eval.depth"
        /// A `with` replaces a part of something that has no parts.
        case badReplacement = "rego.eval.bad-replacement"
    }

    /// What kind of thing went wrong.
    package let kind: Kind

    /// The sentence.
    package let message: String

    /// The name of the file.
    package let file: String

    /// Where in the policy.
    package let position: SourcePosition

    package var code: String { kind.rawValue }

    package var description: String {
        "\(file):\(position.line):\(position.column): \(message)"
    }

    /// The error as OPA writes it, which people search for.
    package var opaDescription: String {
        "\(file):\(position.line): \(opaCode): \(message)"
    }

    /// The code that OPA has for it.
    package var opaCode: String {
        switch kind {
        case .conflict: "eval_conflict_error"
        case .type: "eval_type_error"
        case .builtin: "eval_builtin_error"
        case .badReplacement: "eval_with_merge_error"
        case .steps, .memory, .depth: "eval_cancel_error"
        }
    }
}
