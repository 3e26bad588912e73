package import Canon

extension Value {
    /// The value of a document that was read elsewhere.
    package init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .number(let number): self = .number(RegoNumber(number))
        case .string(let string): self = .text(string)
        case .array(let elements): self = .array(ArrayValue(elements.map { Value($0) }))
        case .object(let object):
            let members = object.members.map { key, value in
                ObjectValue.Member(key: .text(key), value: Value(value))
            }
            self = .object(ObjectValue(members))
        }
    }

    /// The value as a document: sets become arrays, keys that are no strings their JSON text.
    package var jsonValue: JSONValue {
        switch self {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .number(let number): .number(number.jsonNumber)
        case .string(let text): .string(text.string)
        case .array(let array): .array(array.elements.map(\.jsonValue))
        case .set(let set): .array(set.elements.map(\.jsonValue))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { member in
                        (member.key.jsonKey, member.value.jsonValue)
                    }
                )
            )
        }
    }

    private var jsonKey: String {
        if case .string(let text) = self {
            text.string
        } else {
            String(decoding: json, as: UTF8.self)
        }
    }
}

extension RegoNumber {
    /// The number of a document that was read elsewhere.
    init(_ number: JSONNumber) {
        if case .integer(let value) = number {
            self = .integer(value)
        } else {
            let decimal = number.decimal
            let digits = decimal.digits.map { $0 + UInt8(ascii: "0") }
            let mantissa = BigInteger(digits: digits, isNegative: decimal.isNegative)
            self = RegoNumber(mantissa, exponent: decimal.exponent).normalized
        }
    }

    /// The number as documents hold it.
    var jsonNumber: JSONNumber {
        if case .integer(let value) = self { return .integer(value) }
        // Both grammars of numbers and both bounds on exponents are the same.
        guard case .number(let number)? = try? JSONValue(parsing: text) else {
            preconditionFailure("The text of a number is not a JSON number.")
        }
        return number
    }
}
