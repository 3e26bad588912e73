/// A term: whatever has a value.
package struct Term: Sendable, Equatable {
    /// From its first byte to the end, without parentheses around it.
    package let range: SourceRange

    /// What it is.
    package let kind: Kind

    /// Where it begins.
    package var position: SourcePosition { range.start }

    /// A term.
    package init(range: SourceRange, kind: Kind) {
        self.range = range
        self.kind = kind
    }

    package static func == (left: Term, right: Term) -> Bool { left.kind == right.kind }

    /// What a term is.
    ///
    /// No case holds itself deeper than the parser's limit of nesting; so whoever walks a tree may
    /// recurse.
    package indirect enum Kind: Sendable, Equatable {
        /// `null`, `true`, `1`, `"a"`.
        case scalar(Scalar)

        /// `x`; also `input` and `data` alone, and names of rules and imports.
        case variable(String)

        /// `_`: each is a variable of its own.
        case wildcard

        /// `a.b[x]`, with at least one step.
        case reference(Reference)

        /// `[a, b]`.
        case array([Term])

        /// `{a, b}`; without elements it is `set()`.
        case set([Term])

        /// `{a: b}`, in the order written.
        case object([ObjectEntry])

        /// `[head | body]`.
        case arrayComprehension(head: Term, body: Body)

        /// `{head | body}`.
        case setComprehension(head: Term, body: Body)

        /// `{key: value | body}`.
        case objectComprehension(key: Term, value: Term, body: Body)

        /// `f(x)`, `a.b.f(x, y)`. Without arguments it may name a rule, and means its value then.
        case call(function: Reference, arguments: [Term])

        /// `a + b`.
        case infix(InfixOperator, Term, Term)

        /// `x in xs`; with a key `k, v in xs`.
        case membership(key: Term?, value: Term, collection: Term)

        /// `$"text {expression} text"`.
        case template([TemplatePart])
    }
}

/// One entry of an object.
package struct ObjectEntry: Sendable, Equatable {
    /// The key: any term.
    package let key: Term

    /// The value.
    package let value: Term

    /// An entry.
    package init(key: Term, value: Term) {
        self.key = key
        self.value = value
    }
}

/// One part of a template string.
package enum TemplatePart: Sendable, Equatable {
    /// Text as it shall appear, with escapes resolved.
    case text(String)

    /// `{expression with …}`: its value, or `<undefined>`. The literal is an `.expression`, not
    /// negated.
    case value(Literal)

    package static func == (left: TemplatePart, right: TemplatePart) -> Bool {
        switch (left, right) {
        case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
        case (.value(let one), .value(let other)): one == other
        default: false
        }
    }
}
