import Canon
import Patterns

/// Turns a schema of rules, whose shape is known to be right, into rules.
struct RuleReader {
    private let identifier: String
    private let library: SchemaLibrary

    init(_ identifier: String, _ library: SchemaLibrary) {
        self.identifier = identifier
        self.library = library
    }

    func read(_ object: JSONObject, _ pointer: String) throws(LawFault) -> RuleSet {
        var rules = RuleSet()
        rules.tree = try tree(object, pointer)
        rules.content = try content(object, pointer)
        rules.exports = try exports(object, pointer)
        rules.metadata = try metadata(object, pointer)
        for (index, element) in (object["allOf"]?.array ?? []).enumerated() {
            guard let inner = element.object else { continue }
            rules.all.append(try read(inner, "\(pointer)/allOf/\(index)"))
        }
        if let condition = object["if"] {
            rules.branches.append(
                RuleSet.Branch(
                    condition: try schema(condition, pointer + "/if"),
                    then: try branch(object["then"], pointer + "/then"),
                    otherwise: try branch(object["else"], pointer + "/else")
                )
            )
        }
        return rules
    }

    private func branch(_ value: JSONValue?, _ pointer: String) throws(LawFault) -> RuleSet? {
        guard let object = value?.object else { return nil }
        return try read(object, pointer)
    }

    // MARK: - The tree

    private func tree(_ object: JSONObject, _ pointer: String) throws(LawFault) -> [TreeRule] {
        var rules: [TreeRule] = []
        let files = object["files"]?.object ?? JSONObject()
        let filesPointer = pointer + "/files"
        let required = [
            (files["required"], filesPointer + "/required"),
            (object["required_files"], pointer + "/required_files"),
        ]
        for (value, pointer) in required {
            for (text, at) in texts(value, pointer) {
                rules.append(
                    text.hasSuffix("/")
                        ? try directory(text, at)
                        : TreeRule(rule: at, demand: .present(try path(text, at)))
                )
            }
        }
        let directories = pointer + "/required_directories"
        for (text, at) in texts(object["required_directories"], directories) {
            rules.append(try directory(text, at))
        }
        for (text, at) in texts(files["forbidden"], filesPointer + "/forbidden") {
            rules.append(TreeRule(rule: at, demand: .absent(try path(text, at))))
        }
        if files["allowed"] != nil {
            let at = filesPointer + "/allowed"
            var allowed: [PathPattern] = []
            for (text, at) in texts(files["allowed"], at) { allowed.append(try path(text, at)) }
            rules.append(TreeRule(rule: at, demand: .allowed(allowed)))
        }
        for (folder, value) in files["patterns"]?.object?.members ?? [] {
            let at = filesPointer + "/patterns/" + JSONPointer.escaped(folder)
            let name: TreeRule.NamePattern =
                if let regex = value["regex"]?.string {
                    .regex(try expression(regex, at))
                } else {
                    .glob(try path(value.string ?? "", at))
                }
            rules.append(TreeRule(rule: at, demand: .named(try inside(folder, at), name)))
        }
        rules += try counts(object["counts"], pointer + "/counts")
        if let authorizes = object["authorizes"]?.array {
            let at = pointer + "/authorizes"
            var patterns: [PathPattern] = []
            for (index, element) in authorizes.enumerated() {
                patterns.append(try path(element["pattern"]?.string ?? "", "\(at)/\(index)"))
            }
            rules.append(TreeRule(rule: at, demand: .authorized(patterns)))
        }
        return rules
    }

    private func directory(_ text: String, _ at: String) throws(LawFault) -> TreeRule {
        let name = text.hasSuffix("/") ? String(text.dropLast()) : text
        return TreeRule(rule: at, demand: .directory(name: name, try path(name + "/**", at)))
    }

    /// The files right in a folder; a pattern with wildcards stands for itself.
    private func inside(_ folder: String, _ at: String) throws(LawFault) -> PathPattern {
        if folder.hasSuffix("/") { return try path(folder + "*", at) }
        let pattern = try path(folder, at)
        return pattern.isExact ? try path(folder + "/*", at) : pattern
    }

    private func counts(_ value: JSONValue?, _ pointer: String) throws(LawFault) -> [TreeRule] {
        var rules: [TreeRule] = []
        for (index, element) in (value?.array ?? []).enumerated() {
            let at = "\(pointer)/\(index)"
            let least = element["min"]?.integer ?? 0
            let most = element["max"]?.integer ?? Int.max
            guard least <= most else {
                throw .badKeyword(location: identifier + "#" + at, expected: "a range upwards")
            }
            let files = try path(element["files"]?.string ?? "", at)
            rules.append(TreeRule(rule: at, demand: .count(files, least...most)))
        }
        return rules
    }

    // MARK: - Content

    private func content(
        _ object: JSONObject,
        _ pointer: String
    ) throws(LawFault)
        -> [ContentRule]
    {
        var rules: [ContentRule] = []
        for (files, value) in object["content"]?.object?.members ?? [] {
            let at = pointer + "/content/" + JSONPointer.escaped(files)
            rules.append(try content(of: files, value, at))
        }
        for (file, value) in object["content_checks"]?.object?.members ?? [] {
            let at = pointer + "/content_checks/" + JSONPointer.escaped(file)
            var rule = ContentRule(rule: at, files: [try path(file, at)], mustExist: true)
            for text in value.array ?? [value] {
                rule.demands.append((at, .contains(text.string ?? "")))
            }
            rules.append(rule)
        }
        if let quality = object["code_quality"]?.object {
            rules.append(try self.quality(quality, pointer + "/code_quality"))
        }
        let forbidden = texts(object["forbidden_imports"], "").map(\.text)
        for element in object["import_syntax"]?.array ?? [] where !forbidden.isEmpty {
            let at = pointer + "/forbidden_imports"
            let files = try path(element["files"]?.string ?? "", at)
            var expressions: [RegularExpression] = []
            for (text, at) in texts(element["patterns"], pointer + "/import_syntax") {
                let expression = try expression(text, at)
                guard expression.groupCount > 0 else {
                    throw .badKeyword(
                        location: identifier + "#" + at,
                        expected: "a regular expression whose first group is the module's name"
                    )
                }
                expressions.append(expression)
            }
            var rule = ContentRule(rule: at, files: [files], mustExist: false)
            rule.demands.append((at, .noImport(forbidden, expressions)))
            rules.append(rule)
        }
        return rules
    }

    private func content(
        of files: String,
        _ value: JSONValue,
        _ at: String
    ) throws(LawFault)
        -> ContentRule
    {
        // That a file exists is the demand of `required_files`; this one speaks of what it says.
        var rule = ContentRule(rule: at, files: [try path(files, at)], mustExist: false)
        for (text, at) in texts(value["required_sections"], at + "/required_sections") {
            rule.demands.append((at, .section(text)))
        }
        for (text, at) in texts(value["must_contain"], at + "/must_contain") {
            rule.demands.append((at, .contains(text)))
        }
        let patterns = value["forbidden_patterns"]?.array ?? []
        for (index, pattern) in patterns.enumerated() {
            let at = "\(at)/forbidden_patterns/\(index)"
            rule.demands.append((at, try forbidden(pattern, at, isPlainRegex: true)))
        }
        rule.anyForbidden = RuleReader.joined(rule.demands)
        if let json = value["json_schema"] {
            let at = at + "/json_schema"
            rule.demands.append((at, .json(try schema(json, at))))
        }
        return rule
    }

    private func quality(_ quality: JSONObject, _ at: String) throws(LawFault) -> ContentRule {
        var files: [PathPattern] = []
        for (text, at) in texts(quality["applies_to"], at + "/applies_to") {
            files.append(try path(text, at))
        }
        if files.isEmpty { files = [try path("**", at)] }
        var rule = ContentRule(rule: at, files: files, mustExist: false)
        let patterns = quality["forbidden_patterns"]?.array ?? []
        for (index, pattern) in patterns.enumerated() {
            let at = "\(at)/forbidden_patterns/\(index)"
            rule.demands.append((at, try forbidden(pattern, at, isPlainRegex: false)))
        }
        rule.anyForbidden = RuleReader.joined(rule.demands)
        if let most = quality["max_file_size_lines"]?.integer {
            rule.demands.append((at + "/max_file_size_lines", .linesMax(most)))
        }
        return rule
    }

    private func forbidden(
        _ value: JSONValue,
        _ at: String,
        isPlainRegex: Bool
    ) throws(LawFault) -> ContentRule.Demand {
        let regex = value["regex"]?.string ?? (isPlainRegex ? value.string : nil)
        let reason = value["reason"]?.string
        if let regex { return .forbidden(.regex(try expression(regex, at)), reason: reason) }
        return .forbidden(.literal(value["literal"]?.string ?? value.string ?? ""), reason: reason)
    }

    /// Everything that some demands forbid, as alternatives of one expression.
    private static func joined(
        _ demands: [(rule: String, demand: ContentRule.Demand)]
    ) -> RegularExpression? {
        var parts: [String] = []
        for (_, demand) in demands {
            guard case .forbidden(let pattern, _) = demand else { continue }
            switch pattern {
            case .literal(let text): parts.append("(?:\(filled("{name}", text)))")
            case .regex(let expression): parts.append("(?:\(expression.pattern))")
            }
        }
        guard parts.count > 1 else { return nil }
        return try? RegularExpression(parts.joined(separator: "|"), dialect: .re2)
    }

    private func exports(_ object: JSONObject, _ pointer: String) throws(LawFault) -> [ExportRule] {
        var rules: [ExportRule] = []
        for (index, element) in (object["exports"]?.array ?? []).enumerated() {
            let at = "\(pointer)/exports/\(index)"
            let name = element["name"]?.string ?? ""
            let kind = element["kind"]?.string ?? ""
            var syntax: [(files: PathPattern, expression: RegularExpression)] = []
            for entry in object["export_syntax"]?.array ?? []
            where entry["kind"] == .string(kind) {
                let pattern = entry["pattern"]?.string ?? ""
                let text = RuleReader.filled(pattern, name)
                let files = try path(entry["files"]?.string ?? "", at)
                syntax.append((files, try expression(text, at)))
            }
            guard !syntax.isEmpty else {
                throw .badKeyword(
                    location: identifier + "#" + at + "/kind",
                    expected: "a kind that 'export_syntax' describes"
                )
            }
            let files = try path(element["in"]?.string ?? "", at)
            rules.append(
                ExportRule(rule: at, name: name, kind: kind, files: files, syntax: syntax)
            )
        }
        return rules
    }

    /// The pattern with the name in the place of `{name}`, as characters without other meaning.
    private static func filled(_ pattern: String, _ name: String) -> String {
        var quoted = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            let isWord = !scalar.isASCII || scalar == "_" || scalar.properties.isAlphabetic
            if !isWord, !("0"..."9").contains(scalar) { quoted.append("\\") }
            quoted.append(scalar)
        }
        let parts = pattern.split(separator: "{name}", omittingEmptySubsequences: false)
        return parts.joined(separator: String(quoted))
    }

    // MARK: - Metadata

    private func metadata(
        _ object: JSONObject,
        _ pointer: String
    ) throws(LawFault)
        -> [MetadataRule]
    {
        var rules: [MetadataRule] = []
        let at = pointer + "/requires"
        if let requires = object["requires"] {
            for (text, at) in texts(requires["must_have"], at + "/must_have") {
                rules.append(MetadataRule(rule: at, demand: .has(text)))
            }
            for (text, at) in texts(requires["must_log"], at + "/must_log") {
                rules.append(MetadataRule(rule: at, demand: .logs(text)))
            }
            let entities = requires["entities"]?.array ?? requires.array ?? []
            let base = requires.array == nil ? at + "/entities" : at
            for (index, element) in entities.enumerated() {
                let type = element["entity_type"]?.string ?? ""
                let includes = texts(element["must_include"], "").map(\.text)
                rules.append(
                    MetadataRule(
                        rule: "\(base)/\(index)",
                        demand: .entity(type: type, includes: includes)
                    )
                )
            }
        }
        if let value = object["metadata"] {
            let at = pointer + "/metadata"
            rules.append(MetadataRule(rule: at, demand: .schema(try schema(value, at))))
        }
        for (member, value) in object["enum"]?.object?.members ?? [] {
            let at = pointer + "/enum/" + JSONPointer.escaped(member)
            rules.append(
                MetadataRule(rule: at, demand: .oneOf(member: member, value.array ?? []))
            )
        }
        return rules
    }

    // MARK: - Parts

    private func texts(_ value: JSONValue?, _ pointer: String) -> [(text: String, at: String)] {
        (value?.array ?? []).enumerated().compactMap { index, element in
            element.string.map { ($0, "\(pointer)/\(index)") }
        }
    }

    private func path(_ text: String, _ at: String) throws(LawFault) -> PathPattern {
        do {
            return try PathPattern(text)
        } catch {
            throw .badPattern(location: identifier + "#" + at, error)
        }
    }

    /// Rules are written in RE2's dialect, which has flags such as `(?i)` and `(?m)`.
    private func expression(_ text: String, _ at: String) throws(LawFault) -> RegularExpression {
        do {
            return try RegularExpression(text, dialect: .re2)
        } catch {
            throw .badPattern(location: identifier + "#" + at, error)
        }
    }

    /// A JSON Schema written in place, or the identifier of one in the library.
    private func schema(_ value: JSONValue, _ at: String) throws(LawFault) -> Schema {
        guard let name = value.string else {
            return try Schema(value, identifier: "", library: library)
        }
        guard let schema = try library.schema(name) else {
            throw .unresolvedReference(location: identifier + "#" + at, reference: name)
        }
        return schema
    }
}
