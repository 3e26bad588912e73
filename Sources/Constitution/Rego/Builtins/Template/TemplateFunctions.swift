/// The functions that a template may call.
///
/// Numbers are what they are in policies; in Go's templates those of a document are strings, so
/// that `{{if .n}}` is true for zero there.
enum TemplateFunctions {
    /// What a function makes of its arguments; `nil` for a name that is none.
    static func call(
        _ name: String,
        _ arguments: [Value],
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value? {
        switch name {
        case "not": return .bool(!isTrue(try one(name, arguments)))
        case "len": return try length(try one(name, arguments))
        case "index": return try index(arguments)
        case "print", "println":
            var out: [UInt8] = []
            for (index, argument) in arguments.enumerated() {
                let isText = argument.typeName == "string"
                let wasText = index > 0 && arguments[index - 1].typeName == "string"
                if index > 0, name == "println" || !isText && !wasText { out.append(32) }
                write(argument, to: &out)
            }
            if name == "println" { out.append(10) }
            try context.charge(bytes: out.count)
            return .string(Text(out))
        case "eq", "ne", "lt", "le", "gt", "ge": return .bool(try compare(name, arguments))
        default: return nil
        }
    }

    /// Whether a value counts as true: whatever is not empty.
    static func isTrue(_ value: Value) -> Bool {
        switch value {
        case .null: false
        case .bool(let bool): bool
        case .number(let number): number.sign != 0
        case .string(let text): !text.isEmpty
        case .array, .object, .set: value.memberCount != 0
        }
    }

    /// Writes a value as Go prints it.
    static func write(_ value: Value, to out: inout [UInt8]) {
        switch value {
        case .null: out += "<nil>".utf8
        case .bool(let bool): out += (bool ? "true" : "false").utf8
        case .number(let number): number.append(to: &out)
        case .string(let text): text.append(to: &out)
        case .array(let array): write(array.elements, to: &out)
        case .set(let set): write(set.elements, to: &out)
        case .object(let object):
            out += "map[".utf8
            for (index, member) in object.members.enumerated() {
                if index > 0 { out.append(32) }
                write(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                write(member.value, to: &out)
            }
            out.append(UInt8(ascii: "]"))
        }
    }

    private static func write(_ elements: [Value], to out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { out.append(32) }
            write(element, to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    private static func one(_ name: String, _ arguments: [Value]) throws(BuiltinError) -> Value {
        guard arguments.count == 1 else {
            throw .failed(
                "template: wrong number of args for \(name): want 1 got \(arguments.count)"
            )
        }
        return arguments[0]
    }

    private static func length(_ value: Value) throws(BuiltinError) -> Value {
        if case .string(let text) = value { return .integer(text.count) }
        guard let count = value.memberCount else {
            throw .failed("template: len of type \(value.typeName)")
        }
        return .integer(count)
    }

    private static func index(_ arguments: [Value]) throws(BuiltinError) -> Value {
        guard var value = arguments.first else {
            throw .failed("template: wrong number of args for index: want at least 1 got 0")
        }
        for key in arguments.dropFirst() {
            guard value.memberCount != nil else {
                throw .failed("template: can't index item of type \(value.typeName)")
            }
            guard let next = value[key] else { throw .failed("template: index out of range") }
            value = next
        }
        return value
    }

    private static func compare(
        _ name: String,
        _ arguments: [Value]
    ) throws(BuiltinError) -> Bool {
        guard let first = arguments.first, arguments.count > 1, name == "eq" || arguments.count == 2
        else { throw .failed("template: wrong number of args for \(name)") }
        let second = arguments[1]
        if name == "eq" { return arguments.dropFirst().contains(first) }
        if name == "ne" { return first != second }
        guard first.typeName == second.typeName,
            first.typeName == "number" || first.typeName == "string"
        else { throw .failed("template: incompatible types for comparison") }
        switch name {
        case "lt": return first < second
        case "le": return first <= second
        case "gt": return first > second
        default: return first >= second
        }
    }
}
