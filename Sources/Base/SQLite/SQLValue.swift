/// One value as SQLite stores it: the five storage classes and nothing else.
///
/// Values reach a statement only through binding, so SQL text never contains data. Two texts are
/// equal only if their bytes are: `String ==` would take composed and decomposed letters as one.
///
/// Limit: SQLite stores the double -0.0 as 0.0.
package enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// An integer from Swift's own word.
    package static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }

    /// A text, or NULL where there is none.
    package static func optional(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }

    /// An integer, or NULL where there is none.
    package static func optional(_ value: Int?) -> SQLValue { value.map(SQLValue.int) ?? .null }

    /// Bytes, or NULL where there are none.
    package static func optional(_ value: [UInt8]?) -> SQLValue {
        value.map(SQLValue.blob) ?? .null
    }

    /// The storage class, in SQLite's own word.
    package var kind: Kind {
        switch self {
        case .null: .null
        case .integer: .integer
        case .real: .real
        case .text: .text
        case .blob: .blob
        }
    }

    /// SQLite's five storage classes.
    package enum Kind: String, Sendable {
        case null = "NULL"
        case integer = "INTEGER"
        case real = "REAL"
        case text = "TEXT"
        case blob = "BLOB"
    }
}

extension SQLValue: Hashable {
    package static func == (left: SQLValue, right: SQLValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.integer(let a), .integer(let b)): a == b
        case (.real(let a), .real(let b)): a == b
        case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
        case (.blob(let a), .blob(let b)): a == b
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        switch self {
        case .null: break
        case .integer(let value): hasher.combine(value)
        case .real(let value): hasher.combine(value)
        case .text(let value): hasher.combine(Array(value.utf8))
        case .blob(let value): hasher.combine(value)
        }
    }
}
