import Rego
import Support
import Testing

/// Arguments of every type, among them what some built-in takes and what is nearly that.
private struct Arguments {
    private var generator: Generator
    private let texts: [String]

    init(seed: UInt64) throws {
        generator = Generator(seed: seed)
        texts =
            [
                "", "a", "a.b.c", "/a/b", "10.0.0.0/8", "::ffff:1.2.3.4", "2001:db8::/33", "1h30m",
                "2006-01-02T15:04:05Z07:00", "2018-02-05T12:00:00Z", "Asia/Kolkata", "UTC",
                "RFC822",
                "{{range .a}}{{.}}{{end}}", "{{if .a}}{{else}}{{end}}", "%v %d %s %05.2f", "%!x(",
                "e30.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "{\"alg\":\"HS256\"}",
                "{\"kty\":\"oct\",\"k\":\"AAAA\"}", "{\"type\":\"object\"}", "[1,2,{\"a\":null}]",
                "a: [1, {b: c}]", "*.example.com", "{a,b}*[!c]", "(a|b)*c", "\\d+(?P<x>y)",
                "1.2.3-rc",
                "10Ki", "1e400", "-0", "AAAA", "%zz", "a=b&c=d", "\u{E9}e\u{301}\u{1F600}", "\u{0}",
                "00000000-0000-4000-8000-000000000000", "HS256", "secret", "cert", "time", "op",
                "replace", "path", "value",
            ]
            + [
                try Repository.vectorText("go/certificates.pem"),
                try Repository.vectorText("go/request.pem"),
            ]
    }

    mutating func value(depth: Int = 0) -> Value {
        switch generator.int(0...(depth < 3 ? 12 : 8)) {
        case 0: return .null
        case 1: return .bool(generator.int(0...1) == 0)
        case 2: return .integer(generator.int(-3...12))
        case 3:
            let extreme = generator.pick([
                Int.max, Int.min, 1 << 40, -(1 << 40), 1_517_832_000 << 30,
            ])
            return .integer(extreme)
        case 4: return .number(RegoNumber(Double(generator.int(-9_999...9_999)) / 7) ?? 0)
        case 5:
            return .number(
                RegoNumber(text: generator.pick(["1e300", "123456789012345678901"])) ?? 0
            )
        case 6...8:
            let text = generator.pick(texts)
            guard !text.isEmpty, generator.int(0...3) == 0 else { return .text(text) }
            let damaged = Array(text.utf8).mutated(by: &generator)
            return .text(String(decoding: damaged, as: UTF8.self))
        case 9...10: return .array(ArrayValue(list(depth)))
        case 11: return .set(SetValue(list(depth)))
        default:
            return .object(
                ObjectValue(list(depth).map { .init(key: $0, value: value(depth: depth + 1)) })
            )
        }
    }

    private mutating func list(_ depth: Int) -> [Value] {
        (0..<generator.int(0...4)).map { _ in value(depth: depth + 1) }
    }
}

struct `A built-in` {
    @Test(arguments: 0..<8)
    func `for any arguments answers, refuses or has no budget left, twice the same`(
        seed: Int
    ) throws {
        var arguments = try Arguments(seed: UInt64(seed))
        for name in BuiltinTable.standard.names {
            let builtin = try #require(BuiltinTable.standard[name])
            for _ in 0..<25 {
                let values = builtin.arguments.map { _ in arguments.value() }
                func outcome() -> String {
                    var context = BuiltinContext(
                        budget: WorkBudget(stepsMax: 100_000, bytesMax: 8 << 20),
                        nowNanoseconds: 1_800_000_000_000_000_000,
                        seed: 7,
                        zones: GoVectors.zones
                    )
                    do {
                        return try builtin.evaluate(values.span, &context)?.source ?? "undefined"
                    } catch {
                        return "\(error)"
                    }
                }
                let first = outcome()
                let second = outcome()
                #expect(first == second, "\(name)")
            }
        }
    }

    @Test(arguments: [
        (
            "numbers.range(-9223372036854775808, 9223372036854775807)",
            "exhausted: bytes"
        ),
        ("numbers.range(0, 9223372036854775807)", "exhausted: bytes"),
        (
            "numbers.range_step(-9223372036854775808, 9223372036854775807, 9223372036854775807)",
            "[-9223372036854775808, -1, 9223372036854775806]"
        ),
    ])
    func `does not trap at the ends of 64 bits`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }
}
