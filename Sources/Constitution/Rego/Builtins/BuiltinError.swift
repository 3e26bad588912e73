/// Why a built-in gave no value, other than that its result is undefined.
package enum BuiltinError: Error, Hashable, Sendable {
    /// An argument has a type or form that the built-in does not take: `eval_type_error`.
    case type(String)
    /// The built-in cannot answer for these arguments: `eval_builtin_error`.
    case failed(String)
    /// The decision has used what it may; this ends it in every mode.
    case exhausted(WorkBudget.Resource)

    /// An argument, counted from one, that is not what the built-in takes.
    static func operand(_ position: Int, must wanted: String, got: String) -> BuiltinError {
        .type("operand \(position) must be \(wanted) but got \(got)")
    }
}
