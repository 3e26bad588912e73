import Canon
import Law

/// One way in which a document does not conform to a schema, in the words that policies know.
///
/// Those are the words of gojsonschema, which Rego's own documents show. Where it has none for what
/// Law found, Law's own sentence stands.
struct SchemaComplaint {
    /// The member that is wrong, with points between the names; `(root)` is the whole.
    let field: String

    /// What kind of complaint it is.
    let kind: String

    /// What is wrong, without the field.
    let text: String

    init(_ finding: Finding, document: JSONValue, schema: JSONValue) {
        let pointer = finding.rule.split(separator: "#", maxSplits: 1).last.map(String.init) ?? ""
        let wanted = SchemaComplaint.value(at: pointer, in: schema)
        let keyword = SchemaComplaint.tokens(pointer).last ?? ""
        var path = SchemaComplaint.tokens(finding.path)
        let found = SchemaComplaint.value(at: finding.path, in: document)
        let shown = wanted.map { String(decoding: $0.line, as: UTF8.self) } ?? ""

        if keyword == "additionalProperties", let name = path.popLast() {
            field = SchemaComplaint.field(path)
            kind = "additional_property_not_allowed"
            text = "Additional property \(name) is not allowed"
            return
        }
        field = SchemaComplaint.field(path)
        switch keyword {
        case "type":
            kind = "invalid_type"
            text =
                "Invalid type. Expected: \(SchemaComplaint.types(wanted)), given: "
                + SchemaComplaint.type(found)
        case "required":
            kind = "required"
            text = "\(SchemaComplaint.missing(wanted, found, finding)) is required"
        default:
            let words = SchemaComplaint.words[keyword]
            kind =
                words?.kind ?? finding.code.split(separator: ".").last.map {
                    String($0).replacing("-", with: "_")
                } ?? "error"
            text =
                words.map { $0.text.replacing("%", with: wanted?.string ?? shown) }
                ?? finding.reason
        }
    }

    /// The complaint as an object.
    var value: Value {
        [
            "error": .text("\(field): \(text)"), "type": .text(kind), "field": .text(field),
            "desc": .text(text),
        ]
    }

    /// The words for a keyword; `%` is what the schema says there.
    private static let words: [String: (kind: String, text: String)] = [
        "const": ("const", "Value does not match: %"),
        "enum": ("enum", "Value must be one of the following: %"),
        "minimum": ("number_gte", "Must be greater than or equal to %"),
        "exclusiveMinimum": ("number_gt", "Must be greater than %"),
        "maximum": ("number_lte", "Must be less than or equal to %"),
        "exclusiveMaximum": ("number_lt", "Must be less than %"),
        "multipleOf": ("multiple_of", "Must be a multiple of %"),
        "minLength": ("string_gte", "String length must be greater than or equal to %"),
        "maxLength": ("string_lte", "String length must be less than or equal to %"),
        "pattern": ("pattern", "Does not match pattern '%'"),
        "format": ("format", "Does not match format '%'"),
        "minItems": ("array_min_items", "Array must have at least % items"),
        "maxItems": ("array_max_items", "Array must have at most % items"),
        "minProperties": ("array_min_properties", "Must have at least % properties"),
        "maxProperties": ("array_max_properties", "Must have at most % properties"),
        "contains": ("contains", "At least one of the items must match"),
        "not": ("number_not", "Must not validate the schema (not)"),
        "anyOf": ("number_any_of", "Must validate at least one schema (anyOf)"),
        "oneOf": ("number_one_of", "Must validate one and only one schema (oneOf)"),
    ]

    private static func field(_ path: [String]) -> String {
        path.isEmpty ? "(root)" : path.joined(separator: ".")
    }

    /// Which of the required members is the missing one that this finding speaks of.
    private static func missing(
        _ wanted: JSONValue?,
        _ found: JSONValue?,
        _ finding: Finding
    ) -> String {
        let names = (wanted?.array ?? []).compactMap(\.string).filter { found?[$0] == nil }
        return names.first { finding.reason.contains("'\($0)'") } ?? names.first ?? "a member"
    }

    private static func types(_ wanted: JSONValue?) -> String {
        (wanted?.array ?? wanted.map { [$0] } ?? []).compactMap(\.string).joined(separator: "/")
    }

    private static func type(_ value: JSONValue?) -> String {
        switch value {
        case .null?: "null"
        case .bool?: "boolean"
        case .number(let number)?: number.isInteger ? "integer" : "number"
        case .string?: "string"
        case .array?: "array"
        case .object?: "object"
        case nil: "nothing"
        }
    }

    /// The names of a JSON Pointer (RFC 6901).
    private static func tokens(_ pointer: String) -> [String] {
        pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    private static func value(at pointer: String, in document: JSONValue) -> JSONValue? {
        var value: JSONValue? = document
        for token in tokens(pointer) {
            if let list = value?.array {
                value = Int(token).flatMap { list.indices.contains($0) ? list[$0] : nil }
            } else {
                value = value?[token]
            }
        }
        return value
    }
}
