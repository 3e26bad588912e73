import Canon

/// Brings a JSON Schema of draft 4, 6 or 7 to draft 2020-12, which is the one that Law reads.
///
/// Policies are checked against the schemas of Kubernetes and of cloud providers, which are of those
/// drafts. A schema that names no draft is taken for one of them, as other engines do.
struct EarlierSchema {
    private static let drafts = ["04", "06", "07"].flatMap { number in
        ["http", "https"].map { "\($0)://json-schema.org/draft-\(number)/schema" }
    }

    /// Keywords whose value is a schema, a list of schemas, or an object of schemas.
    private static let withSchema: Set<String> = [
        "additionalProperties", "contains", "else", "if", "not", "propertyNames", "then",
    ]
    private static let withList: Set<String> = ["allOf", "anyOf", "oneOf"]
    private static let withObject: Set<String> = [
        "$defs", "definitions", "dependencies", "patternProperties", "properties",
    ]

    private static let typeNames: Set<String> = [
        "array", "boolean", "integer", "null", "number", "object", "string",
    ]

    private var depth = 0

    /// The schema in the draft that Law reads; one that names another draft stays as it is.
    static func translated(_ schema: JSONValue) throws(BuiltinError) -> JSONValue {
        if let draft = schema["$schema"]?.string {
            let name = draft.hasSuffix("#") ? String(draft.dropLast()) : draft
            guard drafts.contains(name) else { return schema }
        }
        var translation = EarlierSchema()
        return try translation.schema(schema)
    }

    private mutating func schema(_ value: JSONValue) throws(BuiltinError) -> JSONValue {
        guard let object = value.object else { return value }
        depth += 1
        defer { depth -= 1 }
        guard depth <= 128 else { throw .failed("the schema is nested too deeply") }
        // Beside a reference, nothing counts but what it may lead to.
        let isReference = object["$ref"] != nil
        var members: [(String, JSONValue)] = []
        for (key, value) in object.members {
            let counts = !isReference || ["$ref", "$defs", "definitions"].contains(key)
            guard counts, let member = try member(key, value, of: object) else { continue }
            members.append(member)
        }
        if let items = object["items"], !isReference { members += try self.items(items, object) }
        return .object(JSONObject(members))
    }

    private mutating func member(
        _ key: String,
        _ value: JSONValue,
        of object: JSONObject
    ) throws(BuiltinError) -> (String, JSONValue)? {
        switch key {
        case "$schema", "items", "additionalItems": return nil
        case "id" where object["$id"] == nil && value.string != nil: return identifier(value)
        case "$id": return identifier(value)
        case "type":
            try EarlierSchema.check(value)
            return (key, value)
        case "minimum" where object["exclusiveMinimum"]?.bool == true,
            "maximum" where object["exclusiveMaximum"]?.bool == true:
            return nil
        case "exclusiveMinimum" where value.bool != nil:
            return value.bool == true ? object["minimum"].map { (key, $0) } : nil
        case "exclusiveMaximum" where value.bool != nil:
            return value.bool == true ? object["maximum"].map { (key, $0) } : nil
        default: break
        }
        if EarlierSchema.withSchema.contains(key) { return (key, try schema(value)) }
        if EarlierSchema.withList.contains(key) { return (key, try list(value)) }
        guard EarlierSchema.withObject.contains(key), let inside = value.object else {
            return (key, value)
        }
        var schemas: [(String, JSONValue)] = []
        for (name, value) in inside.members { schemas.append((name, try schema(value))) }
        return (key, .object(JSONObject(schemas)))
    }

    private mutating func list(_ value: JSONValue) throws(BuiltinError) -> JSONValue {
        guard let list = value.array else { return value }
        var schemas: [JSONValue] = []
        for element in list { schemas.append(try schema(element)) }
        return .array(schemas)
    }

    /// A list of schemas for the first items is now called `prefixItems`, and what holds for those
    /// behind them `items`.
    private mutating func items(
        _ items: JSONValue,
        _ object: JSONObject
    ) throws(BuiltinError) -> [(String, JSONValue)] {
        guard let first = items.array else { return [("items", try schema(items))] }
        var members: [(String, JSONValue)] = []
        if !first.isEmpty { members.append(("prefixItems", try list(items))) }
        if let rest = object["additionalItems"] { members.append(("items", try schema(rest))) }
        return members
    }

    /// An identifier that is only a fragment is now called an anchor.
    private func identifier(_ value: JSONValue) -> (String, JSONValue)? {
        guard let text = value.string else { return ("$id", value) }
        if text.hasPrefix("#") { return ("$anchor", .string(String(text.dropFirst()))) }
        return ("$id", .string(text.hasSuffix("#") ? String(text.dropLast()) : text))
    }

    /// Refuses the name of a type that there is not.
    private static func check(_ value: JSONValue) throws(BuiltinError) {
        for name in value.array ?? [value] {
            guard let text = name.string else { continue }
            guard typeNames.contains(text) else {
                throw .failed(
                    "has a primitive type that is NOT VALID -- given: /\(text)/ Expected valid "
                        + "values are:[array boolean integer number null object string]"
                )
            }
        }
    }
}
