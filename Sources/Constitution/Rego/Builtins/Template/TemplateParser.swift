/// Puts the words of a template together.
struct TemplateParser {
    private let tokens: [TemplateLexer.Token]
    private var at = 0
    private var depth = 0

    /// How deeply branches and groups may stand in each other.
    private static let depthMax = 64

    /// Reads a whole template.
    static func parse(_ template: Text) throws(BuiltinError) -> [TemplateNode] {
        var parser = TemplateParser(tokens: try TemplateLexer(template).tokens)
        let (nodes, end) = try parser.nodes()
        guard end == nil else { throw .failed("template: unexpected {{\(end ?? "")}}") }
        return nodes
    }

    private init(tokens: [TemplateLexer.Token]) { self.tokens = tokens }

    /// Nodes up to `end` or `else`, which is taken and named, or the end of the template.
    private mutating func nodes() throws(BuiltinError) -> ([TemplateNode], end: String?) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TemplateParser.depthMax else {
            throw .failed("template: branches are nested too deeply")
        }
        var nodes: [TemplateNode] = []
        while at < tokens.count {
            if case .text(let bytes) = tokens[at] {
                nodes.append(.text(bytes))
                at += 1
                continue
            }
            at += 1
            guard case .word(let bytes)? = next else {
                nodes.append(.action(try pipeline()))
                try close()
                continue
            }
            let word = String(decoding: bytes, as: UTF8.self)
            switch word {
            case "end", "else":
                at += 1
                if word == "end" { try close() }
                return (nodes, word)
            case "if": nodes.append(try branch(.when))
            case "with": nodes.append(try branch(.with))
            case "range": nodes.append(try branch(.range))
            case "break", "continue":
                at += 1
                try close()
                nodes.append(.leave(isBreak: word == "break"))
            case "define", "template", "block":
                throw .failed("template: {{\(word)}} is not supported")
            default:
                nodes.append(.action(try pipeline()))
                try close()
            }
        }
        return (nodes, nil)
    }

    private mutating func branch(
        _ kind: TemplateNode.Branch.Kind
    ) throws(BuiltinError) -> TemplateNode {
        at += 1
        let pipeline = try pipeline()
        try close()
        let (body, end) = try nodes()
        var otherwise: [TemplateNode] = []
        switch end {
        case "end": break
        case "else":
            if case .word(let word)? = next {
                // `else if` is an `if` that shares our end.
                let isWhen = word.elementsEqual("if".utf8)
                guard isWhen || word.elementsEqual("with".utf8) else {
                    throw .failed("template: unexpected word behind else")
                }
                depth += 1
                defer { depth -= 1 }
                guard depth <= TemplateParser.depthMax else {
                    throw .failed("template: branches are nested too deeply")
                }
                otherwise = [try branch(isWhen ? .when : .with)]
            } else {
                try close()
                let (nodes, end) = try nodes()
                guard end == "end" else { throw .failed("template: unexpected {{else}}") }
                otherwise = nodes
            }
        default: throw .failed("template: unexpected EOF")
        }
        return .branch(
            TemplateNode.Branch(kind: kind, pipeline: pipeline, body: body, otherwise: otherwise)
        )
    }

    private var next: TemplateLexer.Token? { at < tokens.count ? tokens[at] : nil }

    private mutating func close() throws(BuiltinError) {
        guard next == .close else { throw .failed("template: unexpected word in an action") }
        at += 1
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard next == .mark(UInt8(ascii: mark)) else { return false }
        at += 1
        return true
    }

    private mutating func pipeline() throws(BuiltinError) -> TemplatePipeline {
        let (variables, declares) = takeVariables()
        var commands: [[TemplateOperand]] = []
        repeat {
            var words: [TemplateOperand] = []
            while let word = try operand() { words.append(word) }
            guard !words.isEmpty else { throw .failed("template: missing value for command") }
            commands.append(words)
        } while take("|")
        return TemplatePipeline(variables: variables, declares: declares, commands: commands)
    }

    /// `$x :=`, `$x =` or `$i, $x :=`; nothing is taken if it is none of these.
    private mutating func takeVariables() -> ([[UInt8]], declares: Bool) {
        let start = at
        var names: [[UInt8]] = []
        while case .variable(let name)? = next, names.count < 2 {
            names.append(name)
            at += 1
            switch next {
            case .declare:
                at += 1
                return (names, true)
            case .assign:
                at += 1
                return (names, false)
            case .mark(UInt8(ascii: ",")): at += 1
            default: break
            }
        }
        at = start
        return ([], false)
    }

    private mutating func operand() throws(BuiltinError) -> TemplateOperand? {
        switch next {
        case .constant(let value):
            at += 1
            return .constant(value)
        case .word(let name):
            at += 1
            return TemplateParser.word(name)
        case .mark(UInt8(ascii: ".")):
            at += 1
            return .point([])
        case .field(let name):
            at += 1
            return .point([Text(name)] + takeFields())
        case .variable(let name):
            at += 1
            return .variable(name, takeFields())
        case .mark(UInt8(ascii: "(")):
            at += 1
            depth += 1
            defer { depth -= 1 }
            guard depth <= TemplateParser.depthMax else {
                throw .failed("template: groups are nested too deeply")
            }
            let inside = try pipeline()
            guard take(")") else { throw .failed("template: unclosed left paren") }
            return .group(inside, takeFields())
        default: return nil
        }
    }

    private static func word(_ name: [UInt8]) -> TemplateOperand {
        switch String(decoding: name, as: UTF8.self) {
        case "true": .constant(true)
        case "false": .constant(false)
        case "nil": .constant(.null)
        default: .function(name)
        }
    }

    private mutating func takeFields() -> [Text] {
        var fields: [Text] = []
        while case .member(let name)? = next {
            fields.append(Text(name))
            at += 1
        }
        return fields
    }
}
