extension BuiltinTable {
    /// `sprintf`, with the verbs of Go.
    static let formatting: [Builtin] = [
        Builtin("sprintf", [.string, .anyArray], .string) {
            arguments,
            context throws(BuiltinError) in
            let format = try arguments.text(0)
            let values = try arguments.array(1).elements
            var formatter = Formatter(values)
            return .string(try formatter.format(format.bytes, &context))
        }
    ]
}
