import Canon
import Policy
import Rego

/// What stands on the two sides of a line that did not hold.
///
/// The lines before it are asked again as a query, with one more for each part: so the values are
/// those that the engine saw, in the package of the rule and for the input of the decision.
struct LineValues {
    /// A part of a line, and the values that it had.
    struct Part {
        let text: String
        /// At most `valuesMax` different ones; none means undefined.
        let values: [Value]
        let hasMore: Bool

        var sentence: String {
            guard !values.isEmpty else { return "\(text) is undefined" }
            let shown = values.map { value in
                let source = value.source
                return source.count > 100 ? source.prefix(100) + "…" : source
            }
            return "\(text) is " + shown.joined(separator: ", or ") + (hasMore ? ", …" : "")
        }

        var json: JSONValue {
            ["text": .string(text), "values": .array(values.map(\.jsonValue))]
        }
    }

    /// Values that are shown of one part.
    private static let valuesMax = 3

    private let policy: CompiledPolicy
    private let modules: [PolicyModule]
    private let texts: [String: PolicyText]
    private let input: Value?
    private let context: DecisionContext

    init(
        _ policy: CompiledPolicy,
        _ modules: [PolicyModule],
        of bundle: PolicyBundle,
        input: Value?,
        in context: DecisionContext
    ) {
        self.policy = policy
        self.modules = modules
        self.input = input
        self.context = context
        texts = Dictionary(
            bundle.policies.map { ($0.path, PolicyText($0.bytes)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func text(of file: String) -> PolicyText { texts[file] ?? PolicyText([]) }

    /// The parts of a line that are worth showing, each with its values.
    func parts(
        of literal: Literal,
        behind before: ArraySlice<Literal>,
        in module: PolicyModule
    ) -> [Part] {
        let text = text(of: module.file)
        let imports = names(in: module)
        let modifiers = literal.modifiers.map { text[$0.range] }
        return LineValues.terms(of: literal).compactMap { term in
            let shown = text[term.range]
            let asked = (["\(LineValues.variable) := \(shown)"] + modifiers).joined(separator: " ")
            let query = (before.map { text[$0.range] } + [asked]).joined(separator: "\n")
            // What cannot be asked by itself, such as a part with a variable bound behind it, is
            // left out: it would only repeat the line.
            guard let prepared = try? policy.prepare(query: query, imports: imports),
                let rows = try? prepared.evaluate(input: input, in: context)
            else { return nil }
            var values: [Value] = []
            for value in rows.compactMap({ $0.bindings[LineValues.variable] })
            where !values.contains(value) {
                values.append(value)
            }
            // A collection of constants says nothing that the line does not say.
            if values.count == 1, values[0].source.utf8.elementsEqual(shown.utf8) { return nil }
            return Part(
                text: PolicyText(Array(shown.utf8)).line(1),
                values: Array(values.prefix(LineValues.valuesMax)),
                hasMore: values.count > LineValues.valuesMax
            )
        }
    }

    /// The variable of the query that has the value; no policy of people has such a name.
    private static let variable = "charter_value_of_part"

    /// The names that a line of the module may use, as imports of a query.
    private func names(in module: PolicyModule) -> [ImportClause] {
        let package = module.package.path
        var names: [String] = []
        for other in modules where other.package == module.package {
            names += other.rules.compactMap(\.names.first)
        }
        let lines = Set(names).map { name in
            (["import data"] + (package + [name]).map { "[\(Value.text($0).source)]" }).joined()
        }
        let text = "package query\n" + lines.sorted().joined(separator: "\n")
        let own = try? Parser.parse(text, file: "query").imports
        return (own ?? []) + module.imports
    }

    private static func terms(of literal: Literal) -> [Term] {
        let terms: [Term] =
            switch literal.kind {
            case .expression(let term): parts(of: term)
            case .unification(let left, let right): [left, right]
            case .assignment(_, let right): [right]
            case .someIn(_, _, let collection): [collection]
            case .every(_, _, let domain, _): [domain]
            case .declaration: []
            }
        // A constant is its own value.
        return terms.filter { if case .scalar = $0.kind { false } else { true } }
    }

    private static func parts(of term: Term) -> [Term] {
        switch term.kind {
        case .infix(_, let left, let right): [left, right]
        case .membership(let key, let value, let collection):
            [key].compactMap(\.self) + [value, collection]
        case .call(_, let arguments): arguments
        default: [term]
        }
    }
}
