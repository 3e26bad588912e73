import Canon
import Patterns

/// Reads the keywords of one schema object, refusing values that they may not have.
///
/// The order of what it returns is the order of the findings: what is in the value itself first,
/// then members and items, then schemas side by side, then whatever nobody has looked at.
struct KeywordReader {
    let object: JSONObject
    /// Of the schema object, for people.
    let location: String
    /// Of the schema object, within its document.
    let pointer: String
    let document: Int
    let resource: Int
    let vocabularies: Vocabularies
    let assertsFormats: Bool

    private var keywords: [SchemaNode.Keyword] = []

    init(
        object: JSONObject,
        location: String,
        pointer: String,
        document: Int,
        resource: Int,
        vocabularies: Vocabularies,
        assertsFormats: Bool
    ) {
        self.object = object
        self.location = location
        self.pointer = pointer
        self.document = document
        self.resource = resource
        self.vocabularies = vocabularies
        self.assertsFormats = assertsFormats
    }

    mutating func read(_ compiler: inout SchemaCompiler) throws(LawFault) -> [SchemaNode.Keyword] {
        if vocabularies.contains(.validation) {
            try readValues()
            try readNumbers()
            try readSizes(&compiler)
            try readRequired()
        }
        try readFormat()
        if vocabularies.contains(.applicator) {
            try readMembers(&compiler)
            try readItems(&compiler)
            try readCombinations(&compiler)
        }
        try readReferences(&compiler)
        if vocabularies.contains(.unevaluated) { try readUnevaluated(&compiler) }
        return keywords
    }

    // MARK: - Validation

    private mutating func readValues() throws(LawFault) {
        if let value = object["type"] {
            var types: TypeSet = []
            for name in value.array ?? [value] {
                guard let text = name.string, let type = TypeSet(name: text) else {
                    throw bad("type", "one of the seven names of types, or an array of them")
                }
                types.insert(type)
            }
            guard !types.isEmpty else { throw bad("type", "a name of a type, or several") }
            keywords.append(.type(types))
        }
        if let value = object["enum"] {
            guard let values = value.array else { throw bad("enum", "an array") }
            keywords.append(.oneOfValues(values, weight: Weight.of(value, atMost: .max)))
        }
        if let value = object["const"] {
            keywords.append(.const(value, weight: Weight.of(value, atMost: .max)))
        }
    }

    private mutating func readNumbers() throws(LawFault) {
        let limits: [(String, SchemaNode.Limit)] = [
            ("minimum", .atLeast), ("exclusiveMinimum", .above), ("maximum", .atMost),
            ("exclusiveMaximum", .below),
        ]
        for (name, limit) in limits {
            guard let value = object[name] else { continue }
            guard let number = value.number else { throw bad(name, "a number") }
            keywords.append(.limit(name: name, number, limit))
        }
        if let value = object["multipleOf"] {
            guard let number = value.number, number > .integer(0) else {
                throw bad("multipleOf", "a number above 0")
            }
            keywords.append(.multipleOf(number))
        }
    }

    private mutating func readSizes(_ compiler: inout SchemaCompiler) throws(LawFault) {
        for (name, range) in try ranges("minLength", "maxLength") {
            keywords.append(.length(name: name, range))
        }
        if let value = object["pattern"] {
            guard let text = value.string else { throw bad("pattern", "a string") }
            keywords.append(.pattern(try pattern(text, "pattern", &compiler)))
        }
        for (name, range) in try ranges("minItems", "maxItems") {
            keywords.append(.itemCount(name: name, range))
        }
        if let value = object["uniqueItems"] {
            guard let isUnique = value.bool else { throw bad("uniqueItems", "a boolean") }
            if isUnique { keywords.append(.uniqueItems) }
        }
        for (name, range) in try ranges("minProperties", "maxProperties") {
            keywords.append(.memberCount(name: name, range))
        }
    }

    private mutating func readRequired() throws(LawFault) {
        if let value = object["required"] {
            keywords.append(.required(try names(value, "required")))
        }
        if let value = object["dependentRequired"] {
            guard let members = value.object else { throw bad("dependentRequired", "an object") }
            var needs: [(member: String, needs: [String])] = []
            for (key, value) in members.members {
                let path = "dependentRequired/" + JSONPointer.escaped(key)
                needs.append((key, try names(value, path)))
            }
            keywords.append(.dependentRequired(name: "dependentRequired", needs))
        }
    }

    private mutating func readFormat() throws(LawFault) {
        guard let value = object["format"] else { return }
        guard let name = value.string else { throw bad("format", "a string") }
        let isAsserted =
            vocabularies.contains(.formatAssertion)
            || (assertsFormats && vocabularies.contains(.formatAnnotation))
        if isAsserted, let rule = FormatRule(name: name) { keywords.append(.format(name, rule)) }
    }

    // MARK: - Applicators

    private mutating func readMembers(_ compiler: inout SchemaCompiler) throws(LawFault) {
        var members = SchemaNode.Members()
        for (key, value) in try schemas("properties") {
            let path = "/properties/" + JSONPointer.escaped(key)
            members.named.append((key, try compiler.child(value, path, of: self)))
        }
        for (key, value) in try schemas("patternProperties") {
            let path = "patternProperties/" + JSONPointer.escaped(key)
            let pattern = try pattern(key, path, &compiler)
            members.matching.append((pattern, try compiler.child(value, "/" + path, of: self)))
        }
        members.additional = try one("additionalProperties", &compiler)
        if !members.named.isEmpty || !members.matching.isEmpty || members.additional != nil {
            keywords.append(.members(members))
        }
        if let names = try one("propertyNames", &compiler) {
            keywords.append(.propertyNames(names))
        }
        var dependent: [(member: String, node: Int)] = []
        for (key, value) in try schemas("dependentSchemas") {
            let path = "/dependentSchemas/" + JSONPointer.escaped(key)
            dependent.append((key, try compiler.child(value, path, of: self)))
        }
        if !dependent.isEmpty {
            keywords.append(.dependentSchemas(name: "dependentSchemas", dependent))
        }
        try readDependencies(&compiler)
    }

    /// `dependencies` of earlier drafts, which this draft keeps for compatibility (meta-schema).
    private mutating func readDependencies(_ compiler: inout SchemaCompiler) throws(LawFault) {
        guard let value = object["dependencies"] else { return }
        guard let members = value.object else { throw bad("dependencies", "an object") }
        var needs: [(member: String, needs: [String])] = []
        var dependent: [(member: String, node: Int)] = []
        for (key, value) in members.members {
            let path = "dependencies/" + JSONPointer.escaped(key)
            if value.array != nil {
                needs.append((key, try names(value, path)))
            } else {
                dependent.append((key, try compiler.child(value, "/" + path, of: self)))
            }
        }
        if !needs.isEmpty { keywords.append(.dependentRequired(name: "dependencies", needs)) }
        if !dependent.isEmpty {
            keywords.append(.dependentSchemas(name: "dependencies", dependent))
        }
    }

    private mutating func readItems(_ compiler: inout SchemaCompiler) throws(LawFault) {
        let prefix = try several("prefixItems", &compiler)
        if !prefix.isEmpty { keywords.append(.prefixItems(prefix)) }
        if let items = try one("items", &compiler) {
            keywords.append(.items(items, from: prefix.count))
        }
        let least = try count("minContains") ?? 1
        let most = try count("maxContains") ?? Int.max
        if let contains = try one("contains", &compiler) {
            keywords.append(.contains(contains, least: least, most: most))
        }
    }

    private mutating func readCombinations(_ compiler: inout SchemaCompiler) throws(LawFault) {
        let all = try several("allOf", &compiler)
        if !all.isEmpty { keywords.append(.allOf(all)) }
        let any = try several("anyOf", &compiler)
        if !any.isEmpty { keywords.append(.anyOf(any)) }
        let one = try several("oneOf", &compiler)
        if !one.isEmpty { keywords.append(.oneOf(one)) }
        if let not = try self.one("not", &compiler) { keywords.append(.not(not)) }
        let then = try self.one("then", &compiler)
        let otherwise = try self.one("else", &compiler)
        if let condition = try self.one("if", &compiler) {
            keywords.append(.condition(condition, then: then, otherwise: otherwise))
        }
    }

    private mutating func readReferences(_ compiler: inout SchemaCompiler) throws(LawFault) {
        if let value = object["$ref"] {
            guard let text = value.string else { throw bad("$ref", "a URI reference") }
            let target = try compiler.target(text, "$ref", of: self)
            keywords.append(.reference(name: "$ref", target.node))
        }
        if let value = object["$dynamicRef"] {
            guard let text = value.string else { throw bad("$dynamicRef", "a URI reference") }
            let target = try compiler.target(text, "$dynamicRef", of: self)
            if let anchor = target.dynamicAnchor {
                keywords.append(.dynamicReference(target.node, anchor: anchor))
            } else {
                keywords.append(.reference(name: "$dynamicRef", target.node))
            }
        }
    }

    private mutating func readUnevaluated(_ compiler: inout SchemaCompiler) throws(LawFault) {
        if let node = try one("unevaluatedItems", &compiler) {
            keywords.append(.unevaluatedItems(node))
        }
        if let node = try one("unevaluatedProperties", &compiler) {
            keywords.append(.unevaluatedProperties(node))
        }
    }

    // MARK: - Values of keywords

    private func bad(_ path: String, _ expected: String) -> LawFault {
        .badKeyword(location: location + "/" + path, expected: expected)
    }

    private func pattern(
        _ text: String,
        _ path: String,
        _ compiler: inout SchemaCompiler
    ) throws(LawFault) -> RegularExpression {
        let expression: RegularExpression
        do {
            expression = try RegularExpression(text, dialect: .ecma)
        } catch {
            throw .badPattern(location: location + "/" + path, error)
        }
        try compiler.charge(instructions: expression.instructionCount, location)
        return expression
    }

    /// A count; whole numbers beyond 64 bits are as good as no bound.
    private func count(_ name: String) throws(LawFault) -> Int? {
        guard let value = object[name] else { return nil }
        guard let number = value.number, number.isInteger, number >= .integer(0) else {
            throw bad(name, "a whole number from 0 on")
        }
        return number.int64Value.flatMap { Int(exactly: $0) } ?? Int.max
    }

    /// The ranges that a pair of keywords allows, each with the name of its keyword.
    private func ranges(
        _ least: String,
        _ most: String
    ) throws(LawFault)
        -> [(name: String, range: ClosedRange<Int>)]
    {
        var out: [(name: String, range: ClosedRange<Int>)] = []
        if let least = try count(least).map({ (least, $0...Int.max) }) { out.append(least) }
        if let most = try count(most).map({ (most, 0...$0) }) { out.append(most) }
        return out
    }

    private func names(_ value: JSONValue, _ path: String) throws(LawFault) -> [String] {
        guard let array = value.array else { throw bad(path, "an array of strings") }
        var names: [String] = []
        for element in array {
            guard let name = element.string else { throw bad(path, "an array of strings") }
            names.append(name)
        }
        return names
    }

    private func schemas(_ name: String) throws(LawFault) -> [(key: String, value: JSONValue)] {
        guard let value = object[name] else { return [] }
        guard let members = value.object else { throw bad(name, "an object of schemas") }
        return members.members
    }

    private func one(_ name: String, _ compiler: inout SchemaCompiler) throws(LawFault) -> Int? {
        guard let value = object[name] else { return nil }
        return try compiler.child(value, "/" + name, of: self)
    }

    private func several(_ name: String, _ compiler: inout SchemaCompiler) throws(LawFault) -> [Int]
    {
        guard let value = object[name] else { return [] }
        guard let array = value.array, !array.isEmpty else {
            throw bad(name, "an array of schemas that is not empty")
        }
        var nodes: [Int] = []
        for (index, element) in array.enumerated() {
            nodes.append(try compiler.child(element, "/\(name)/\(index)", of: self))
        }
        return nodes
    }
}
