/// A piece of a template, after Go's `text/template`.
indirect enum TemplateNode: Sendable {
    case text([UInt8])
    case action(TemplatePipeline)
    case branch(Branch)
    case leave(isBreak: Bool)

    /// What is written, or not, or many times.
    struct Branch: Sendable {
        enum Kind: Sendable {
            case when
            case with
            case range
        }

        let kind: Kind
        let pipeline: TemplatePipeline
        let body: [TemplateNode]
        let otherwise: [TemplateNode]
    }
}

/// Commands, each taking the value of the one before as its last argument.
struct TemplatePipeline: Sendable {
    /// The variables that take the value: two for the index and the element of a `range`.
    let variables: [[UInt8]]

    /// Whether the variables are new ones.
    let declares: Bool
    let commands: [[TemplateOperand]]
}

/// A word of a command.
indirect enum TemplateOperand: Sendable {
    case constant(Value)
    case function([UInt8])
    /// What the point stands for, and members of it.
    case point([Text])
    case variable([UInt8], [Text])
    case group(TemplatePipeline, [Text])
}
