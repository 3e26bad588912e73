import Canon
import Host
import Policy
import Rego

/// `charter policy explain QUERY`.
enum PolicyExplainVerb {
    static let operation = Operation(
        words: ["policy", "explain"],
        summary: "show why a decision fell, rule by rule and line by line",
        details: """
            QUERY is a document, such as data.app.allow. Every line that the decision came by is shown
            with 'yes' where it held and 'no' where it did not; under a 'no' stand its parts and the
            values that they had. A '-' was not reached: an earlier line had failed, another rule had
            decided, or the engine knew from an index that it cannot hold.

            The decision itself comes first, as gates read it. Exit status 0, whatever it is: that it
            could be explained is the answer. A policy that fails is explained as far as it came.
            Example: charter policy explain data.app.allow --bundle policy --input request.json
            """,
        operands: [.init(name: "QUERY", summary: "a document, such as data.PACKAGE.RULE")],
        options: [PolicyInput.option] + PolicySources.options
    ) { request, surroundings throws(OperationFault) in
        guard let query = QueryPath(request.operands[0]) else {
            throw .usage(
                "\"\(Printable(request.operands[0]))\" names no document; "
                    + "ask for one such as data.app.allow."
            )
        }
        let loaded = try PolicySources(request, surroundings).loaded()
        guard try isDefined(query, in: loaded) else {
            throw .usage("There is no rule at \(query), so there is nothing to explain.")
        }
        let input = try PolicyInput(request, surroundings)
        let value = try input.value()
        let time = Timestamp(nanoseconds: surroundings.clock.now)
        let decision = BundleDecisionPoint(.ready(loaded)).decide(
            DecisionRequest(id: "explain", query: query, input: input.forDecision, time: time)
        )
        let context = DecisionContext(nowNanoseconds: time.nanoseconds)
        do throws(PolicyErrors) {
            let trace = try DecisionTrace(of: query, in: loaded, input: value, context: context)
            let values = LineValues(
                loaded.policy,
                loaded.modules,
                of: loaded.bundle,
                input: value,
                in: context
            )
            let account = DecisionAccount(of: query, trace, loaded.modules, values)
            let answer = Report.decision(decision)
            return Answer(
                json: [
                    "decision": answer.json, "lines": account.json,
                    "value": trace.value?.jsonValue ?? .null,
                    "printed": .array(trace.printed.map { .string($0) }),
                ],
                lines: [trace.sentence(query)] + answer.lines + [""] + account.lines
                    + trace.printed
            )
        } catch {
            throw .query(error)
        }
    }

    private static func isDefined(
        _ query: QueryPath,
        in loaded: LoadedBundle
    ) throws(OperationFault) -> Bool {
        do {
            return try loaded.question(query) != nil
        } catch {
            throw .query(error)
        }
    }
}

extension DecisionTrace {
    /// The value of the document; `nil` where it is undefined or could not be found.
    fileprivate var value: Value? { try? outcome.get() }

    /// What the document was.
    fileprivate func sentence(_ query: QueryPath) -> String {
        switch outcome {
        case .success(nil): "\(query) is undefined"
        case .success(let value?): "\(query) is \(value.source)"
        case .failure(let error): "\(query) could not be evaluated: \(error.description)"
        }
    }
}
