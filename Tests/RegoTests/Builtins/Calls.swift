import Rego

/// A call of a built-in written as in a policy, with constant arguments: `count({1, 2})`.
struct Call {
    /// What a call gave, as a line of text to compare: a value, `undefined`, or an error.
    static func outcome(_ text: String, context: BuiltinContext = BuiltinContext()) -> String {
        var context = context
        return outcome(text, &context)
    }

    static func outcome(_ text: String, _ context: inout BuiltinContext) -> String {
        let open = text.firstIndex(of: "(") ?? text.endIndex
        let name = String(text[..<open])
        guard let builtin = BuiltinTable.standard[name] else { return "no built-in \(name)" }
        var reader = ConstantReader(String(text[open...]))
        let arguments = reader.list("(", ")")
        do {
            let value = try builtin.evaluate(arguments.span, &context)
            return value?.source ?? "undefined"
        } catch {
            switch error {
            case .type(let message): return "type error: \(message)"
            case .failed(let message): return "error: \(message)"
            case .exhausted(let resource): return "exhausted: \(resource)"
            }
        }
    }
}

/// Reads constants as policies write them: JSON and sets.
struct ConstantReader {
    private let text: [Character]
    private var at = 0

    init(_ text: String) { self.text = Array(text) }

    static func value(_ text: String) -> Value {
        var reader = ConstantReader(text)
        return reader.value()
    }

    private mutating func skipSpace() {
        while at < text.count, text[at] == " " || text[at] == "," { at += 1 }
    }

    mutating func list(_ open: Character, _ close: Character) -> [Value] {
        precondition(text[at] == open, "A list begins with \(open).")
        at += 1
        var values: [Value] = []
        skipSpace()
        while text[at] != close {
            values.append(value())
            skipSpace()
        }
        at += 1
        return values
    }

    mutating func value() -> Value {
        skipSpace()
        switch text[at] {
        case "[": return .array(ArrayValue(list("[", "]")))
        case "{": return braces()
        default:
            let start = at
            if text[at] == "\"" {
                at += 1
                while text[at] != "\"" { at += text[at] == "\\" ? 2 : 1 }
                at += 1
            } else {
                while at < text.count, !",:]})".contains(text[at]) { at += 1 }
            }
            let literal = String(text[start..<at])
            if literal == "set(" {
                at += 1
                return .set(SetValue([]))
            }
            guard let value = try? Value(parsing: literal) else {
                preconditionFailure("\(literal) is no constant.")
            }
            return value
        }
    }

    private mutating func braces() -> Value {
        at += 1
        var members: [ObjectValue.Member] = []
        var elements: [Value] = []
        skipSpace()
        while text[at] != "}" {
            let first = value()
            skipSpace()
            if text[at] == ":" {
                at += 1
                members.append(ObjectValue.Member(key: first, value: value()))
            } else {
                elements.append(first)
            }
            skipSpace()
        }
        at += 1
        return elements.isEmpty ? .object(ObjectValue(members)) : .set(SetValue(elements))
    }
}
