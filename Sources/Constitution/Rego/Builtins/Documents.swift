import Canon

extension BuiltinTable {
    /// JSON and YAML as text.
    static let documents: [Builtin] = [
        Builtin("json.marshal", [.any], .string) { arguments, context throws(BuiltinError) in
            var layout = JSONLayout()
            return .string(try layout.text(of: arguments[0], &context))
        },
        Builtin("json.marshal_with_options", [.any, marshalOptions], .string) {
            arguments,
            context throws(BuiltinError) in
            var layout = try layout(of: arguments.object(1))
            let text = try layout.text(of: arguments[0], &context)
            guard let prefix = layout.prefix, !prefix.isEmpty else { return .string(text) }
            try context.charge(bytes: prefix.count + text.count)
            return .string(Text(prefix.bytes + text.bytes))
        },
        Builtin("json.unmarshal", [.string], .any) { arguments, context throws(BuiltinError) in
            try readJSON(arguments.text(0), &context)
        },
        validity("json.is_valid") { (try? Value(parsing: $0.bytes)) != nil },
        Builtin("yaml.marshal", [.any], .string) { arguments, context throws(BuiltinError) in
            var writer = YAMLWriter()
            return .string(try writer.text(of: arguments[0], &context))
        },
        Builtin("yaml.unmarshal", [.string], .any) { arguments, context throws(BuiltinError) in
            try readYAML(arguments.text(0), &context)
        },
        Builtin("yaml.is_valid", [.any], .boolean) { arguments, context throws(BuiltinError) in
            guard case .string(let text) = arguments[0] else { return false }
            do throws(BuiltinError) {
                _ = try readYAML(text, &context)
                return true
            } catch {
                if case .exhausted = error { throw error }
                return false
            }
        },
    ]

    private static let marshalOptions = TypeSchema.record([
        "pretty": .boolean, "indent": .string, "prefix": .string,
    ])

    /// A byte of JSON makes at most one value, when it is all commas and digits.
    private static func readJSON(
        _ text: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        try context.charge(bytes: text.count * 8)
        do throws(InputFault) {
            return try Value(parsing: text.bytes)
        } catch {
            throw .failed(error.description)
        }
    }

    private static func readYAML(
        _ text: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        try context.charge(bytes: text.count * 16)
        do throws(YAMLRefusal) {
            var reader = try YAMLReader(text)
            return try reader.document()
        } catch {
            throw .failed(error.description)
        }
    }

    private static func layout(of options: ObjectValue) throws(BuiltinError) -> JSONLayout {
        var layout = JSONLayout()
        var isPretty: Bool?
        for member in options.members {
            guard case .string(let name) = member.key else {
                throw .type("operand 2 failed to stringify key \(member.key)")
            }
            switch (name.string, member.value) {
            case ("pretty", .bool(let wanted)): isPretty = wanted
            case ("pretty", _): throw .type("operand 2 key pretty failed cast to bool")
            case ("prefix", .string(let prefix)): layout.prefix = prefix
            case ("indent", .string(let indent)):
                layout.indent = indent
                layout.prefix = layout.prefix ?? .empty
            case ("prefix", _), ("indent", _):
                throw .type("operand 2 key \(name) failed cast to string")
            default: throw .type("operand 2 object contained unknown key \(member.key)")
            }
        }
        switch isPretty {
        case false?: layout.prefix = nil
        case true?: layout.prefix = layout.prefix ?? .empty
        case nil: break
        }
        return layout
    }
}
