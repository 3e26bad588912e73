import Canon

/// What a METADATA block says, brought into the one form in which policies and tools see it.
///
/// It is OPA's: authors are objects with name and email, related resources objects with a
/// reference, and what is empty or unknown is left out.
struct AnnotationContent {
    private let said: JSONObject

    init(_ said: JSONObject) {
        self.said = said
    }

    /// The content, without its scope.
    func normalised(
        _ wrong: (String) -> PolicyError
    ) throws(PolicyError) -> JSONObject {
        var members: [(String, JSONValue)] = []
        for key in ["title", "description"] {
            let text = try text(said[key], key, wrong)
            if !text.isEmpty { members.append((key, .string(text))) }
        }
        switch said["entrypoint"] {
        case nil, .null?, .bool(false)?: break
        case .bool(true)?: members.append(("entrypoint", .bool(true)))
        default: throw wrong("The entrypoint of METADATA is true or false.")
        }
        let lists:
            [(String, (JSONValue, (String) -> PolicyError) throws(PolicyError) -> JSONValue)] =
                [
                    ("organizations", organization), ("related_resources", resource),
                    ("authors", author), ("schemas", schema),
                ]
        for (key, read) in lists {
            guard let value = said[key], value != .null else { continue }
            guard let items = value.array else { throw wrong("The \(key) of METADATA are a list.") }
            var out: [JSONValue] = []
            for item in items { out.append(try read(item, wrong)) }
            if !out.isEmpty { members.append((key, .array(out))) }
        }
        if let custom = said["custom"], custom != .null {
            guard let object = custom.object else {
                throw wrong("The custom part of METADATA is a list of keys with values.")
            }
            if !object.isEmpty { members.append(("custom", custom)) }
        }
        return JSONObject(members)
    }

    private func text(
        _ value: JSONValue?,
        _ key: String,
        _ wrong: (String) -> PolicyError
    ) throws(PolicyError) -> String {
        switch value {
        case nil, .null?: return ""
        case .string(let text)?: return text
        case .number(let number)?: return number.text
        case .bool(let value)?: return value ? "true" : "false"
        default: throw wrong("The \(key) of METADATA is a text.")
        }
    }

    private func organization(
        _ value: JSONValue,
        _ wrong: (String) -> PolicyError
    ) throws(PolicyError) -> JSONValue {
        .string(try text(value, "organization", wrong))
    }

    private func resource(
        _ value: JSONValue,
        _ wrong: (String) -> PolicyError
    ) throws(PolicyError) -> JSONValue {
        var reference = value.string
        var members: [(String, JSONValue)] = []
        if value.object != nil {
            reference = value["ref"]?.string.map(AnnotationContent.trimmed)
            let about = AnnotationContent.trimmed(value["description"]?.string ?? "")
            if !about.isEmpty { members.append(("description", .string(about))) }
        }
        guard let reference, !reference.isEmpty else {
            throw wrong("A related resource of METADATA needs a 'ref'.")
        }
        return .object(JSONObject([("ref", .string(reference))] + members))
    }

    /// `Ada Lovelace <ada@example.org>`, or an object with name and email.
    private func author(
        _ value: JSONValue,
        _ wrong: (String) -> PolicyError
    ) throws(PolicyError) -> JSONValue {
        var name = ""
        var email = ""
        if let text = value.string {
            var words = text.split { $0 == " " || $0 == "\t" || $0 == "\n" }
            if let last = words.last, last.hasPrefix("<"), last.hasSuffix(">"), last.count > 1 {
                email = String(last.dropFirst().dropLast())
                words.removeLast()
            }
            name = words.joined(separator: " ")
        } else if value.object != nil {
            name = AnnotationContent.trimmed(value["name"]?.string ?? "")
            email = AnnotationContent.trimmed(value["email"]?.string ?? "")
        }
        var members: [(String, JSONValue)] = []
        if !name.isEmpty { members.append(("name", .string(name))) }
        if !email.isEmpty { members.append(("email", .string(email))) }
        guard !members.isEmpty else {
            throw wrong("An author of METADATA has a name, an email or both.")
        }
        return .object(JSONObject(members))
    }

    /// `input: schema.user`, or a path with a schema written out.
    private func schema(
        _ value: JSONValue,
        _ wrong: (String) -> PolicyError
    ) throws(PolicyError) -> JSONValue {
        guard let (key, schema) = value.object?.members.first, let path = names(key) else {
            throw wrong("A schema of METADATA is a path with the name of a schema.")
        }
        if schema.object != nil {
            return .object(JSONObject([("path", path), ("definition", schema)]))
        }
        guard let text = schema.string, let names = names(text),
            names.array?.first == .string("schema")
        else {
            throw wrong("The name of a schema of METADATA begins with 'schema.'.")
        }
        return .object(JSONObject([("path", path), ("schema", names)]))
    }

    private func names(_ text: String) -> JSONValue? {
        guard let term = try? Parser.parseTerm(text) else { return nil }
        switch term.kind {
        case .variable(let name): return .array([.string(name)])
        case .reference(let path): return path.names.map { .array($0.map(JSONValue.string)) }
        default: return nil
        }
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        let front = text.drop(while: isBlank)
        return String(front.reversed().drop(while: isBlank).reversed())
    }
}
