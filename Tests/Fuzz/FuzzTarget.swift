import Canon
import Rego

/// What is done to a policy and an input that a machine has made up.
///
/// Nothing may crash, hang or leak; and what can be said of any policy must hold: formatted, it means
/// the same, formatted again, it stays; and the same question has the same answer.
enum FuzzTarget {
    /// A small budget, so that a search that never ends is a short run.
    static let context = DecisionContext(
        nowNanoseconds: 1_750_000_000_000_000_000,
        budget: WorkBudget(stepsMax: 20_000, bytesMax: 4 << 20),
        depthMax: 200
    )

    static let separator = Array("\n--- input ".utf8)

    static func run(_ bytes: [UInt8]) {
        let (policy, input) = parts(bytes)
        let value = try? Value(parsing: input)
        if let value { checkDocument(value) }
        for version in RegoVersion.allCases {
            guard let module = try? Parser.parse(policy, file: "fuzz", version: version) else {
                continue
            }
            checkFormat(policy, module, version)
            evaluate(module, value)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        _ = try? Parser.parseQuery(text)
        _ = try? Parser.parseTerm(text)
    }

    /// The policy in front of the mark, and the input behind it.
    private static func parts(_ bytes: [UInt8]) -> (policy: [UInt8], input: [UInt8]) {
        let places = bytes.indices.dropLast(separator.count)
        let place = places.first { bytes[$0...].starts(with: separator) }
        guard let place else { return (bytes, bytes) }
        return (Array(bytes[..<place]), Array(bytes[(place + separator.count)...]))
    }

    private static func checkDocument(_ value: Value) {
        guard let again = try? Value(parsing: value.json) else {
            fatalError("what was written cannot be read")
        }
        precondition(again == value, "what was written reads as something else")
    }

    private static func checkFormat(
        _ text: [UInt8],
        _ module: PolicyModule,
        _ version: RegoVersion
    ) {
        do {
            let once = try PolicyFormatter.format(text, file: "fuzz", version: version)
            let again = try Parser.parse(once, file: "fuzz", version: version)
            precondition(
                again.rules == module.rules && again.imports == module.imports,
                "formatting changed the policy"
            )
            let bytes = Array(once.utf8)
            let twice = try PolicyFormatter.format(bytes, file: "fuzz", version: version)
            precondition(twice == once, "formatting again changed the text")
        } catch {
            // A tree may be so tall that parentheses around a part of it make it too tall.
            precondition(error.first.code == .tooDeep, "formatted, it is refused: \(error)")
        }
    }

    private static func evaluate(_ module: PolicyModule, _ input: Value?) {
        guard let policy = try? PolicyCompiler.compile(modules: [module]),
            let entry = try? policy.prepare(entryPoint: module.package.path)
        else { return }
        let first = answer(entry, input)
        precondition(first == answer(entry, input), "the same question has two answers")
        if let query = try? policy.prepare(query: "data = x; walk(x, [_, y])") {
            _ = try? query.evaluate(input: input, in: context)
        }
    }

    private static func answer(_ entry: PreparedEntryPoint, _ input: Value?) -> String {
        do {
            let value = try entry.evaluate(input: input, in: context)
            return value.map { String(decoding: $0.json, as: UTF8.self) } ?? "undefined"
        } catch {
            return error.description
        }
    }
}

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    FuzzTarget.run(bytes)
    return 0
}
