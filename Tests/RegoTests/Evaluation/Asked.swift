import Rego

/// Short ways to compile a policy and ask it.
enum Asked {
    static func policy(
        _ texts: String...,
        data: Value = [:],
        observed: Bool = false
    ) throws -> CompiledPolicy {
        let modules = try texts.enumerated().map { number, text in
            try Parser.parse(text, file: "policy\(number).rego")
        }
        return try PolicyCompiler.compile(
            modules: modules,
            data: data,
            options: CompileOptions(isObserved: observed)
        )
    }

    /// The value of `data.t.<name>` of a policy whose package is `t`.
    static func value(
        _ name: String,
        of text: String,
        input: Value? = nil,
        data: Value = [:],
        in context: DecisionContext = DecisionContext()
    ) throws -> Value? {
        try policy(text, data: data).prepare(entryPoint: ["t", name])
            .evaluate(input: input, in: context)
    }

    /// The kind of error that a decision ends with; `nil` where it does not.
    static func failure(
        _ name: String,
        of text: String,
        input: Value? = nil,
        in context: DecisionContext = DecisionContext()
    ) throws -> EvaluationError.Kind? {
        do {
            _ = try value(name, of: text, input: input, in: context)
            return nil
        } catch let error as EvaluationError {
            return error.kind
        }
    }

    /// The code of the first reason for which a policy is refused; `nil` where it is not.
    static func refusal(_ texts: String..., data: Value = [:]) -> String? {
        do {
            let modules = try texts.enumerated().map { number, text in
                try Parser.parse(text, file: "policy\(number).rego")
            }
            _ = try PolicyCompiler.compile(modules: modules, data: data)
            return nil
        } catch let errors as PolicyErrors {
            return errors.code
        } catch {
            return "\(error)"
        }
    }
}
