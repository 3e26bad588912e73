/// How built-ins take their arguments; positions count from zero here and from one in messages.
extension Span where Element == Value {
    func text(_ index: Int) throws(BuiltinError) -> Text {
        if case .string(let text) = self[index] { return text }
        throw wrong(index, "string")
    }

    func number(_ index: Int) throws(BuiltinError) -> RegoNumber {
        if case .number(let number) = self[index] { return number }
        throw wrong(index, "number")
    }

    func bool(_ index: Int) throws(BuiltinError) -> Bool {
        if case .bool(let bool) = self[index] { return bool }
        throw wrong(index, "boolean")
    }

    func array(_ index: Int) throws(BuiltinError) -> ArrayValue {
        if case .array(let array) = self[index] { return array }
        throw wrong(index, "array")
    }

    func set(_ index: Int) throws(BuiltinError) -> SetValue {
        if case .set(let set) = self[index] { return set }
        throw wrong(index, "set")
    }

    func object(_ index: Int) throws(BuiltinError) -> ObjectValue {
        if case .object(let object) = self[index] { return object }
        throw wrong(index, "object")
    }

    /// A whole number that fits in 64 bits.
    func int(_ index: Int) throws(BuiltinError) -> Int {
        let number = try number(index)
        if let value = number.int64Value { return Int(value) }
        throw .operand(
            index + 1,
            must: "integer number",
            got: number.isInteger ? "number beyond 64 bits" : "floating-point number"
        )
    }

    /// A whole number of any size.
    func whole(_ index: Int) throws(BuiltinError) -> BigInteger {
        let number = try number(index)
        if let value = number.normalized.wholeValue { return value }
        throw .operand(index + 1, must: "integer number", got: "floating-point number")
    }

    /// The elements of an array or the members of a set.
    func list(_ index: Int) throws(BuiltinError) -> [Value] {
        switch self[index] {
        case .array(let array): return array.elements
        case .set(let set): return set.elements
        default: throw wrong(index, "one of {set, array}")
        }
    }

    /// The texts of an array or a set that holds nothing else.
    func texts(_ index: Int) throws(BuiltinError) -> [Text] {
        var texts: [Text] = []
        for element in try list(index) {
            guard case .string(let text) = element else {
                throw wrongElement(index, element, "string")
            }
            texts.append(text)
        }
        return texts
    }

    /// What to say of a collection with an element of another type.
    func wrongElement(_ index: Int, _ element: Value, _ wanted: String) -> BuiltinError {
        let kind = self[index].typeName
        return .operand(
            index + 1,
            must: "\(kind) of \(wanted)s",
            got: "\(kind) containing \(element.typeName)"
        )
    }

    /// What to say of an argument that has another type.
    func wrong(_ index: Int, _ wanted: String) -> BuiltinError {
        .operand(index + 1, must: wanted, got: self[index].typeName)
    }
}
