/// A constant that has no parts.
package enum Scalar: Sendable, Hashable {
    /// `null`.
    case null

    /// `true` or `false`.
    case boolean(Bool)

    /// A number as it was written, in JSON's grammar: `1`, `-1.50`, `1e9`.
    case number(String)

    /// A string, with escapes resolved; its bytes count, not Swift's equality.
    case string(String)

    package static func == (left: Scalar, right: Scalar) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let one), .boolean(let other)): one == other
        case (.number(let one), .number(let other)),
            (.string(let one), .string(let other)):
            one.utf8.elementsEqual(other.utf8)
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .number(let text): hasher.combine(text)
        case .string(let text): hasher.combine(text)
        }
    }
}
