/// What can be wrong with a policy before it is asked anything.
package enum PolicyErrorCode: String, Sendable, Hashable, CaseIterable {
    // The text.
    /// The text has bytes that no policy may have: no UTF-8, a control character.
    case badText = "rego.parse.bad-text"
    /// The text is larger than a policy may be.
    case tooLarge = "rego.parse.too-large"
    /// The text is nested deeper than a policy may be.
    case tooDeep = "rego.parse.too-deep"
    /// A string that does not end, or has an escape that there is not.
    case badString = "rego.parse.bad-string"
    /// A number that is not written as JSON does, or is longer than a number may be.
    case badNumber = "rego.parse.bad-number"
    /// Something stands where something else was expected.
    case unexpectedToken = "rego.parse.unexpected-token"
    /// A module without a package, or with two.
    case badPackage = "rego.parse.bad-package"
    /// An import that there is not.
    case badImport = "rego.parse.bad-import"
    /// A head that no rule can have.
    case badHead = "rego.parse.bad-head"
    /// A `default` rule that is none.
    case badDefault = "rego.parse.bad-default"
    /// An `else` that may not stand there.
    case badElse = "rego.parse.bad-else"
    /// A body that no rule can have.
    case badBody = "rego.parse.bad-body"
    /// A `some`, `every`, `not` or `with` that is not built as it must be.
    case badLiteral = "rego.parse.bad-literal"
    /// A word of the language used as a name.
    case reservedWord = "rego.parse.reserved-word"
    /// A METADATA block that cannot be read.
    case badAnnotation = "rego.parse.bad-annotation"

    // The names.
    /// A variable that nothing binds.
    case unsafeVariable = "rego.compile.unsafe-variable"
    /// A function that is neither built in nor defined.
    case unknownFunction = "rego.compile.unknown-function"
    /// A built-in of OPA that is left out here on purpose.
    case leftOutBuiltin = "rego.compile.left-out-builtin"
    /// A built-in that only v0 still has.
    case deprecatedBuiltin = "rego.compile.deprecated-builtin"
    /// A call with more or fewer arguments than the function has.
    case arity = "rego.compile.arity"
    /// An argument of a type that the function never takes, or a comparison that never holds.
    case type = "rego.compile.type"
    /// A rule that needs itself.
    case recursion = "rego.compile.recursion"
    /// Rules of one name that do not go together.
    case conflict = "rego.compile.conflict"
    /// A variable that is assigned or declared twice in one body, or read before it.
    case redeclared = "rego.compile.redeclared"
    /// A name of the language (`input`, `data`) or an import that is defined anew.
    case shadowed = "rego.compile.shadowed"
    /// A `with` that replaces what cannot be replaced.
    case badWith = "rego.compile.bad-with"
    /// A reference to a rule that cannot be: an undefined function in data, a call of a rule.
    case badReference = "rego.compile.bad-reference"
    /// The policy has more parts than a policy may have.
    case compiledTooLarge = "rego.compile.too-large"
}
