/// Writes a template with the values of a policy.
struct TemplateRun {
    /// How a loop goes on.
    private enum Flow {
        case next
        case leave(isBreak: Bool)
    }

    private(set) var out: [UInt8] = []
    private var variables: [(name: [UInt8], value: Value?)]

    init(_ root: Value) { variables = [(name: [], value: root)] }

    /// Writes the whole template.
    mutating func run(
        _ nodes: [TemplateNode],
        _ root: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        guard case .next = try write(nodes, root, &context) else {
            throw .failed("template: {{break}} or {{continue}} outside {{range}}")
        }
    }

    private mutating func write(
        _ nodes: [TemplateNode],
        _ point: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Flow {
        let scope = variables.count
        defer { variables.removeLast(variables.count - scope) }
        for node in nodes {
            try context.charge(steps: 1)
            switch node {
            case .text(let bytes):
                try context.charge(bytes: bytes.count)
                out += bytes
            case .action(let pipeline):
                let value = try evaluate(pipeline, point, &context)
                if pipeline.variables.isEmpty { try write(value, &context) }
            case .branch(let branch):
                let flow = try run(branch, point, &context)
                if case .leave = flow { return flow }
            case .leave(let isBreak): return .leave(isBreak: isBreak)
            }
        }
        return .next
    }

    private mutating func write(
        _ value: Value?,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        let start = out.count
        switch value {
        case nil: out += "<undefined>".utf8
        case .null?: out += "<no value>".utf8
        case let value?: TemplateFunctions.write(value, to: &out)
        }
        try context.charge(bytes: out.count - start)
    }

    // MARK: - Branches

    private mutating func run(
        _ branch: TemplateNode.Branch,
        _ point: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Flow {
        let scope = variables.count
        defer { variables.removeLast(variables.count - scope) }
        if branch.kind == .range { return try loop(branch, point, &context) }
        let value = try evaluate(branch.pipeline, point, &context)
        guard let value, TemplateFunctions.isTrue(value) else {
            return try write(branch.otherwise, point, &context)
        }
        return try write(branch.body, branch.kind == .with ? value : point, &context)
    }

    private mutating func loop(
        _ branch: TemplateNode.Branch,
        _ point: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Flow {
        let pairs: [(Value, Value)]
        switch try evaluate(branch.pipeline, point, &context, setsVariables: false) {
        case .array(let array)?: pairs = array.elements.enumerated().map { (.integer($0), $1) }
        case .set(let set)?: pairs = set.elements.enumerated().map { (.integer($0), $1) }
        case .object(let object)?: pairs = object.members.map { ($0.key, $0.value) }
        case nil, .null?: pairs = []
        case let other?: throw .failed("template: range can't iterate over \(other.typeName)")
        }
        if pairs.isEmpty { return try write(branch.otherwise, point, &context) }
        let names = branch.pipeline.variables
        for (key, value) in pairs {
            try context.charge(steps: 1)
            let scope = variables.count
            defer { variables.removeLast(variables.count - scope) }
            for (name, value) in zip(names, names.count == 2 ? [key, value] : [value]) {
                try set(name, to: value, declares: branch.pipeline.declares)
            }
            if case .leave(isBreak: true) = try write(branch.body, value, &context) { break }
        }
        return .next
    }

    // MARK: - Values

    /// What a pipeline makes; `nil` for a member that is missing.
    private mutating func evaluate(
        _ pipeline: TemplatePipeline,
        _ point: Value,
        _ context: inout BuiltinContext,
        setsVariables: Bool = true
    ) throws(BuiltinError) -> Value? {
        var result: Value??
        for command in pipeline.commands {
            result = .some(try evaluate(command, point, last: result, &context))
        }
        let value = result ?? nil
        if setsVariables, let name = pipeline.variables.first {
            try set(name, to: value, declares: pipeline.declares)
        }
        return value
    }

    private mutating func set(
        _ name: [UInt8],
        to value: Value?,
        declares: Bool
    ) throws(BuiltinError) {
        if declares {
            variables.append((name, value))
            return
        }
        guard let place = variables.lastIndex(where: { $0.name == name }) else {
            throw .failed(
                "template: undefined variable \"$\(String(decoding: name, as: UTF8.self))\""
            )
        }
        variables[place].value = value
    }

    /// A command: one operand, or a function with its arguments.
    private mutating func evaluate(
        _ command: [TemplateOperand],
        _ point: Value,
        last: Value??,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value? {
        try context.charge(steps: 1)
        guard case .function(let bytes) = command[0] else {
            guard command.count == 1, last == nil else {
                throw .failed("template: can't give argument to non-function")
            }
            return try evaluate(command[0], point, &context)
        }
        let name = String(decoding: bytes, as: UTF8.self)
        if name == "and" || name == "or" {
            return try choose(command.dropFirst(), isAnd: name == "and", point, last, &context)
        }
        var arguments: [Value] = []
        for operand in command.dropFirst() {
            arguments.append(try evaluate(operand, point, &context) ?? .null)
        }
        if let last { arguments.append(last ?? .null) }
        guard let value = try TemplateFunctions.call(name, arguments, &context) else {
            throw .failed("template: function \"\(name)\" not defined")
        }
        return value
    }

    /// The first argument that decides, or the last one; those behind it are not looked at.
    private mutating func choose(
        _ operands: ArraySlice<TemplateOperand>,
        isAnd: Bool,
        _ point: Value,
        _ last: Value??,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value? {
        var value: Value?
        for operand in operands {
            value = try evaluate(operand, point, &context)
            if TemplateFunctions.isTrue(value ?? .null) != isAnd { return value }
        }
        return last ?? value
    }

    private mutating func evaluate(
        _ operand: TemplateOperand,
        _ point: Value,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value? {
        switch operand {
        case .constant(let value): return value
        case .point(let fields): return try TemplateRun.member(fields, of: point)
        case .variable(let name, let fields):
            guard let variable = variables.last(where: { $0.name == name }) else {
                let shown = String(decoding: name, as: UTF8.self)
                throw .failed("template: undefined variable \"$\(shown)\"")
            }
            return try TemplateRun.member(fields, of: variable.value)
        case .group(let pipeline, let fields):
            return try TemplateRun.member(fields, of: evaluate(pipeline, point, &context))
        case .function: return try evaluate([operand], point, last: nil, &context)
        }
    }

    private static func member(_ fields: [Text], of value: Value?) throws(BuiltinError) -> Value? {
        var value = value
        for field in fields {
            guard case .object(let object)? = value else {
                let kind = value?.typeName ?? "undefined"
                throw .failed("template: can't evaluate field \(field.string) in type \(kind)")
            }
            value = object[field]
        }
        return value
    }
}
