import Canon
import Law

extension BuiltinTable {
    /// JSON Schema, through the validator of Law; nothing is ever fetched.
    static let schemas: [Builtin] = [
        Builtin("json.verify_schema", [document], .array(of: .oneOf([.boolean, .null, .string]))) {
            arguments,
            context throws(BuiltinError) in
            do throws(BuiltinError) {
                _ = try schema(try json(arguments[0], &context), &context)
                return [true, .null]
            } catch .failed(let reason) {
                return [false, .text("jsonschema: \(reason)")]
            }
        },
        Builtin(
            "json.match_schema",
            [document, document],
            .array(of: .oneOf([.boolean, .array(of: .anyObject)]))
        ) { arguments, context throws(BuiltinError) in
            let value = try json(arguments[0], &context)
            let (schema, text) = try schema(try json(arguments[1], &context), &context)
            let findings = try judge(value, schema, &context)
            try context.charge(values: 5 * findings.count)
            let complaints = findings.map {
                SchemaComplaint($0, document: value, schema: text).value
            }
            return [.bool(findings.isEmpty), .array(ArrayValue(complaints))]
        },
    ]

    private static let document = TypeSchema.oneOf([.string, .anyObject, .anyArray])

    /// A document, or the JSON text of one.
    private static func json(
        _ value: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> JSONValue {
        switch value {
        case .string(let text):
            try context.charge(bytes: 8 * text.count)
            guard let document = try? JSONValue(parsing: text.bytes) else {
                throw .failed("invalid JSON string")
            }
            return document
        case .object, .array:
            try context.charge(steps: value.weight)
            return value.jsonValue
        default: throw .failed("wrong type, expected string or object")
        }
    }

    /// The schema, and its text as it was read.
    private static func schema(
        _ text: JSONValue,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> (Schema, JSONValue) {
        try context.charge(steps: 8 * Value(text).weight)
        let translated = try EarlierSchema.translated(text)
        do {
            let options = Schema.Options(assertsFormats: true, partsMax: 10_000)
            return (try Schema(translated, options: options), translated)
        } catch {
            throw .failed(error.description)
        }
    }

    /// What is wrong with the document.
    ///
    /// A schema says only that it ran out of steps, not how many it took. So it is asked with few,
    /// and again with twice as many, and all that it might have taken is charged.
    private static func judge(
        _ value: JSONValue,
        _ schema: Schema,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> [Finding] {
        var steps = 1_024
        while true {
            try context.charge(steps: steps)
            let budget = Budget(stepsMax: steps, depthMax: 256)
            let findings = schema.validate(value, budget: budget)
            if !findings.contains(where: { $0.code == "law.budget-exhausted" }) { return findings }
            steps *= 2
        }
    }
}

extension Value {
    /// How many values there are in all, each string counting by its length.
    fileprivate var weight: Int {
        switch self {
        case .null, .bool, .number: 1
        case .string(let text): 1 + text.count / 16
        case .array(let array): array.elements.reduce(1) { $0 + $1.weight }
        case .set(let set): set.elements.reduce(1) { $0 + $1.weight }
        case .object(let object):
            object.members.reduce(1) { $0 + $1.key.weight + $1.value.weight }
        }
    }
}
