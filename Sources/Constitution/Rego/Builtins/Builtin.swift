/// The arguments of a call, lent for its time.
package typealias Arguments = Span<Value>

/// A built-in function: its declaration, and what it does.
///
/// The declaration feeds the check before evaluation; at run time each built-in checks its own
/// arguments, because data and input have types only then.
package struct Builtin: Sendable {
    /// What a built-in does: a value, or `nil` for undefined.
    package typealias Body =
        @Sendable (Arguments, inout BuiltinContext) throws(BuiltinError) -> Value?

    /// The name as policies call it.
    package let name: String

    /// The types of the arguments.
    package let arguments: [TypeSchema]

    /// The type of the result.
    package let result: TypeSchema

    /// Whether the result depends on nothing but the arguments.
    package let isDeterministic: Bool

    /// Whether only Rego v0 still has it.
    package let isDeprecated: Bool

    /// Whether the result is a set of tuples of which a call takes each in turn, as `walk` does.
    package let isRelation: Bool

    /// What it does.
    package let evaluate: Body

    init(
        _ name: String,
        _ arguments: [TypeSchema],
        _ result: TypeSchema,
        isDeterministic: Bool = true,
        isDeprecated: Bool = false,
        isRelation: Bool = false,
        _ evaluate: @escaping Body
    ) {
        self.name = name
        self.arguments = arguments
        self.result = result
        self.isDeterministic = isDeterministic
        self.isDeprecated = isDeprecated
        self.isRelation = isRelation
        self.evaluate = evaluate
    }
}
