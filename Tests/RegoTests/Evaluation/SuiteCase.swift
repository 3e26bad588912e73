import Canon
import Foundation
import Rego
import Support

/// One case of the open-policy-agent evaluation suite.
struct SuiteCase: Sendable {
    let category: String
    let note: String
    let query: String
    let modules: [String]
    let data: Value
    let input: Value?
    let inputTerm: String?
    let wantedRows: [Value]?
    let wantedCode: String?
    let wantedMessage: String?
    let isStrict: Bool
    let isUnordered: Bool

    init(_ value: Value, category: String) {
        self.category = category
        note = value.word("note") ?? ""
        query = value.word("query") ?? ""
        modules = (value.list("modules") ?? []).map { $0.word ?? "" }
        data = value["data"] ?? .object(.empty)
        input = value["input"]
        inputTerm = value.word("input_term")
        wantedRows = value.list("want_result")
        wantedCode = value.word("want_error_code")
        wantedMessage = value.word("want_error")
        isStrict = value["strict_error"] == .bool(true)
        isUnordered = value["sort_bindings"] == .bool(true)
    }

    /// The time at which all cases are asked: their certificates are valid then.
    static let now: Int64 = 1_750_000_000_000_000_000

    /// Where the suite lies; it is data of others and may be absent.
    static let path = Repository.file("Tests/Vectors/opa/suite-v1.json.gz")

    static var isPresent: Bool { FileManager.default.fileExists(atPath: path) }

    /// All cases, in the order of their categories.
    static let all: [SuiteCase] = {
        guard let unpacked = try? Command.run("gzip", ["-dc", path]),
            let whole = try? Value(
                parsing: Array(unpacked.output.utf8),
                limits: JSONLimits(bytesMax: 16 << 20)
            ),
            case .object(let categories)? = whole["categories"]
        else { return [] }
        return categories.members.flatMap { member in
            (member.value.list ?? [])
                .map { SuiteCase($0, category: member.key.word ?? "") }
        }
    }()

    /// The categories that need what is left out on purpose.
    static let outOfScope: Set<String> = [
        "graphql", "netlookupipaddr", "providers-aws", "regoparsemodule",
    ]
}

extension SuiteCase {
    /// What became of a case.
    enum Outcome: Equatable {
        case passed
        case refused(String)
        case differs(String)
    }

    func outcome() -> Outcome {
        do {
            let parsed = try modules.enumerated().map { number, text in
                try Parser.parse(text, file: "test-\(number).rego")
            }
            let policy = try PolicyCompiler.compile(modules: parsed, data: data)
            let prepared = try policy.prepare(query: query)
            return compared(try answer(prepared))
        } catch let refusal as PolicyErrors {
            return .refused(refusal.code)
        } catch {
            return .differs("\(error)")
        }
    }

    private typealias Answer = Result<[PreparedQuery.Row], EvaluationError>

    private func answer(_ query: PreparedQuery) throws -> Answer {
        var input = input
        if let inputTerm {
            let term = try PolicyCompiler.compile(modules: []).prepare(query: "x = \(inputTerm)")
            input = try term.evaluate(input: nil).first?.bindings["x"]
        }
        let context = DecisionContext(
            nowNanoseconds: SuiteCase.now,
            zones: GoVectors.zones,
            isStrict: isStrict
        )
        do {
            return .success(try query.evaluate(input: input, in: context))
        } catch {
            return .failure(error)
        }
    }

    private func compared(_ answer: Answer) -> Outcome {
        let wantsError = wantedCode != nil || wantedMessage != nil
        switch answer {
        case .failure(let error):
            guard wantsError else { return .differs("fails: \(error)") }
            if let wantedCode, wantedCode != error.opaCode {
                return .differs("wanted \(wantedCode), got \(error.opaCode)")
            }
            if let wantedMessage, !wantedMessage.isEmpty,
                !error.opaDescription.contains(wantedMessage)
            {
                return .differs("wanted \(wantedMessage), got \(error.opaDescription)")
            }
            return .passed
        case .success(let rows):
            guard !wantsError else { return .differs("wanted an error, got \(rows.count) rows") }
            let got = rows.map { row in
                Value.object(
                    ObjectValue(row.bindings.map { .init(key: .text($0.key), value: $0.value) })
                ).asJSON(sorted: isUnordered)
            }
            let wanted = (wantedRows ?? []).map { $0.asJSON(sorted: isUnordered) }
            return got.sorted() == wanted.sorted()
                ? .passed : .differs("wanted \(wanted), got \(got)")
        }
    }
}

extension Value {
    fileprivate var word: String? { if case .string(let text) = self { text.string } else { nil } }
    fileprivate var list: [Value]? {
        if case .array(let array) = self { array.elements } else { nil }
    }

    fileprivate func word(_ key: String) -> String? { self[.text(key)]?.word }
    fileprivate func list(_ key: String) -> [Value]? { self[.text(key)]?.list }

    /// The value as JSON would carry it: sets are arrays, keys are strings.
    fileprivate func asJSON(sorted: Bool) -> Value {
        switch self {
        case .set(let set):
            return .array(ArrayValue(set.elements.map { $0.asJSON(sorted: sorted) }.sorted()))
        case .array(let array):
            let elements = array.elements.map { $0.asJSON(sorted: sorted) }
            return .array(ArrayValue(sorted ? elements.sorted() : elements))
        case .object(let object):
            return .object(
                ObjectValue(
                    object.members.map { member in
                        let key: Value =
                            member.key.word == nil
                            ? .text(String(decoding: member.key.json, as: UTF8.self)) : member.key
                        return .init(key: key, value: member.value.asJSON(sorted: sorted))
                    }
                )
            )
        default: return self
        }
    }
}
