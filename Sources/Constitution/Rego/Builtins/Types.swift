extension BuiltinTable {
    /// What a value is.
    static let types: [Builtin] = [
        Builtin("type_name", [.any], .string) { arguments, _ in .text(arguments[0].typeName) },
        test("is_null", "null"),
        test("is_boolean", "boolean"),
        test("is_number", "number"),
        test("is_string", "string"),
        test("is_array", "array"),
        test("is_object", "object"),
        test("is_set", "set"),
        cast("cast_null", .null),
        cast("cast_boolean", .boolean),
        cast("cast_string", .string),
        cast("cast_array", .anyArray),
        cast("cast_object", .anyObject),
        cast("cast_set", .anySet),
        // There is nothing of the host in a decision, not even its name.
        Builtin("opa.runtime", [], .anyObject) { _, _ in .object(.empty) },
    ]

    private static func test(_ name: String, _ type: String) -> Builtin {
        let rank = ["null", "boolean", "number", "string", "array", "object", "set"]
            .firstIndex(of: type)
        return Builtin(name, [.any], .boolean) { arguments, _ in .bool(arguments[0].rank == rank) }
    }

    /// Left over from Rego v0: the value itself when it is of the type, an error otherwise.
    private static func cast(_ name: String, _ type: TypeSchema) -> Builtin {
        Builtin(name, [.any], type, isDeprecated: true) { arguments, _ throws(BuiltinError) in
            switch (arguments[0], type) {
            case (.null, .null), (.bool, .boolean), (.string, .string), (.array, .array),
                (.object, .object), (.set, .set):
                return arguments[0]
            case (.set(let set), .array): return .array(ArrayValue(set.elements))
            case (.array(let array), .set): return .set(SetValue(array.elements))
            default: throw arguments.wrong(0, String("\(type)".prefix { $0 != "[" }))
            }
        }
    }
}
