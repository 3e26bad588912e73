import Rego

extension Call {
    /// What a built-in answers for values that are no constants; an error is the text of it.
    static func answer(_ name: String, _ arguments: [Value], now: Int64 = 0) -> Value {
        var context = BuiltinContext(nowNanoseconds: now)
        do throws(BuiltinError) {
            let value = try BuiltinTable.standard[name]?.evaluate(arguments.span, &context)
            return value ?? nil ?? "undefined"
        } catch {
            switch error {
            case .type(let message): return .text("type error: " + message)
            case .failed(let message): return .text("error: " + message)
            case .exhausted(let resource): return .text("exhausted: \(resource)")
            }
        }
    }
}

extension Value {
    /// The text, if this is one.
    var message: String { if case .string(let text) = self { text.string } else { source } }
}
