/// One row of an answer: the values and the names of their columns.
///
/// A row is a copy, so it outlives its statement and may leave the thread. Every read names the
/// column and the type it expects; a NULL, another type or an unknown column is a fault and never
/// a silent zero.
package struct Row: Sendable {
    let columns: Columns
    let values: [SQLValue]

    /// The names of the columns, in the order of the statement.
    package var names: [String] { columns.names }

    /// The value of a column, whatever its type.
    package func value(_ column: String) throws(SQLiteFault) -> SQLValue {
        switch columns.position(column) {
        case .at(let position): return values[position]
        case .none: throw SQLiteFault.unknownColumn(column: column)
        case .several: throw SQLiteFault.ambiguousColumn(column: column)
        }
    }

    /// An integer that must be there.
    package func int(_ column: String) throws(SQLiteFault) -> Int {
        try present(column, .integer, try optionalInt(column))
    }

    /// A floating-point number that must be there.
    package func double(_ column: String) throws(SQLiteFault) -> Double {
        try present(column, .real, try optionalDouble(column))
    }

    /// A text that must be there.
    package func text(_ column: String) throws(SQLiteFault) -> String {
        try present(column, .text, try optionalText(column))
    }

    /// Bytes that must be there.
    package func bytes(_ column: String) throws(SQLiteFault) -> [UInt8] {
        try present(column, .blob, try optionalBytes(column))
    }

    /// An integer, or `nil` for NULL.
    package func optionalInt(_ column: String) throws(SQLiteFault) -> Int? {
        switch try value(column) {
        case .null: return nil
        case .integer(let value): return Int(value)
        case let other: throw wrongType(column, .integer, other)
        }
    }

    /// A floating-point number, or `nil` for NULL.
    package func optionalDouble(_ column: String) throws(SQLiteFault) -> Double? {
        switch try value(column) {
        case .null: return nil
        case .real(let value): return value
        case let other: throw wrongType(column, .real, other)
        }
    }

    /// A text, or `nil` for NULL.
    package func optionalText(_ column: String) throws(SQLiteFault) -> String? {
        switch try value(column) {
        case .null: return nil
        case .text(let value): return value
        case let other: throw wrongType(column, .text, other)
        }
    }

    /// Bytes, or `nil` for NULL.
    package func optionalBytes(_ column: String) throws(SQLiteFault) -> [UInt8]? {
        switch try value(column) {
        case .null: return nil
        case .blob(let value): return value
        case let other: throw wrongType(column, .blob, other)
        }
    }

    private func present<Value>(
        _ column: String,
        _ expected: SQLValue.Kind,
        _ value: Value?
    ) throws(SQLiteFault) -> Value {
        guard let value else {
            throw SQLiteFault.wrongType(column: column, expected: expected, found: .null)
        }
        return value
    }

    private func wrongType(
        _ column: String,
        _ expected: SQLValue.Kind,
        _ found: SQLValue
    ) -> SQLiteFault {
        .wrongType(column: column, expected: expected, found: found.kind)
    }
}

/// The names of a statement's columns, shared by all its rows.
final class Columns: Sendable {
    enum Position {
        case at(Int)
        case none
        case several
    }

    let names: [String]
    private let positions: [String: Int]
    private let repeated: Set<String>

    init(_ names: [String]) {
        self.names = names
        var positions: [String: Int] = [:]
        var repeated: Set<String> = []
        for (position, name) in names.enumerated()
        where positions.updateValue(position, forKey: name) != nil {
            repeated.insert(name)
        }
        self.positions = positions
        self.repeated = repeated
    }

    func position(_ name: String) -> Position {
        if repeated.contains(name) { return .several }
        guard let position = positions[name] else { return .none }
        return .at(position)
    }
}
