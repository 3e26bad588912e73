extension BuiltinTable {
    /// Text made of a template, after Go's `text/template` but without templates in templates.
    static let templates: [Builtin] = [
        Builtin("strings.render_template", [.string, .anyObject], .string) {
            arguments,
            context throws(BuiltinError) in
            let template = try arguments.text(0)
            let root = Value.object(try arguments.object(1))
            try context.charge(bytes: 4 * template.count)
            let nodes = try TemplateParser.parse(template)
            var run = TemplateRun(root)
            try run.run(nodes, root, &context)
            return .string(Text(run.out))
        }
    ]
}
