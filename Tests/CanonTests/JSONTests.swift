import Canon
import Support
import Testing

/// The numbers of RFC 8785 as raw double bits beside the text that ECMAScript gives them.
private func numberVectors() throws -> [(Double, String)] {
    try Repository.vectorText("jcs/es6_numbers.txt").split(separator: "\n").map { line in
        let parts = line.split(separator: ",")
        return (Double(bitPattern: UInt64(parts[0], radix: 16) ?? 0), String(parts[1]))
    }
}

struct `JSON text` {
    @Test(arguments: [
        (#"{"a":1,"a":2}"#, "canon.json.duplicate-key"),
        (#"{"\u0061":1,"a":2}"#, "canon.json.duplicate-key"),
        (#"["\ud800"]"#, "canon.json.lone-surrogate"),
        (#"["\udc00x"]"#, "canon.json.lone-surrogate"),
        (#"["\ud800\u0041"]"#, "canon.json.lone-surrogate"),
        ("[1,]", "canon.json.unexpected-byte"),
        ("{\"a\":1,}", "canon.json.unexpected-byte"),
        ("[01]", "canon.json.invalid-number"),
        ("[1.]", "canon.json.invalid-number"),
        ("[.5]", "canon.json.unexpected-byte"),
        ("[-]", "canon.json.invalid-number"),
        ("[1e]", "canon.json.invalid-number"),
        ("[1e999999999]", "canon.json.invalid-number"),
        ("[+1]", "canon.json.unexpected-byte"),
        ("[NaN]", "canon.json.unexpected-byte"),
        ("\"a\nb\"", "canon.json.control-character"),
        (#"["\x41"]"#, "canon.json.invalid-escape"),
        (#"["\u12"]"#, "canon.json.invalid-escape"),
        ("[\"abc", "canon.json.unexpected-byte"),
        ("", "canon.json.unexpected-byte"),
        ("{} {}", "canon.json.trailing-bytes"),
        ("tru", "canon.json.unexpected-byte"),
        ("\u{FEFF}{}", "canon.json.byte-order-mark"),
        ("// no\n1", "canon.json.unexpected-byte"),
    ])
    func `is refused for the right reason`(text: String, code: String) {
        #expect { try JSONValue(parsing: text) } throws: { ($0 as? JSONFault)?.code == code }
    }

    @Test func `is refused when a string is not UTF-8`() {
        #expect(throws: JSONFault.invalidUTF8(offset: 1)) {
            try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22])
        }
    }

    @Test func `is refused beyond its depth and its size before any work`() throws {
        let limits = JSONLimits(bytesMax: 400, depthMax: 100)
        let deep = String(repeating: "[", count: 101) + String(repeating: "]", count: 101)
        #expect { try JSONValue(parsing: deep, limits: limits) } throws: {
            ($0 as? JSONFault)?.code == "canon.json.too-deep"
        }
        let level = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(try JSONValue(parsing: level, limits: limits).array?.count == 1)
        #expect(throws: JSONFault.tooLarge(bytes: 401, limit: 400)) {
            try JSONValue(parsing: [UInt8](repeating: 0x20, count: 401), limits: limits)
        }
    }

    @Test func `tells composed from decomposed keys`() throws {
        let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.object?.count == 2)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test(arguments: [
        ("1", "1.0"), ("100", "1e2"), ("0", "-0"), ("0.5", "5e-1"),
        ("12345678901234567890123", "1.2345678901234567890123e22"),
    ])
    func `numbers of one value are equal`(left: String, right: String) throws {
        let (a, b) = try (JSONValue(parsing: left), JSONValue(parsing: right))
        #expect(a == b)
        #expect(a.hashValue == b.hashValue)
    }

    @Test func `whole numbers keep every digit`() throws {
        let text = "[9223372036854775807,-9223372036854775808,9223372036854775808]"
        let value = try JSONValue(parsing: text)
        #expect(String(decoding: value.line, as: UTF8.self) == text)
        #expect(value.array?[0].number?.int64Value == .max)
        #expect(value.array?[2].number?.isInteger == true)
        #expect(value.array?[2].number?.int64Value == nil)
        let numbers = try #require(value.array).compactMap(\.number)
        #expect(numbers[1] < numbers[0] && numbers[0] < numbers[2])
    }

    @Test func `for any value, what is written reads back as itself`() throws {
        var generator = Generator(seed: 0x4A53)
        for _ in 0..<500 {
            let value = randomValue(&generator, depth: 4)
            #expect(try JSONValue(parsing: value.line) == value, "seed \(generator.seed)")
            #expect(try JSONValue(parsing: value.pretty) == value, "seed \(generator.seed)")
            let canonical = try value.canonicalBytes()
            #expect(
                try JSONValue(parsing: canonical).canonicalBytes() == canonical,
                "seed \(generator.seed)"
            )
        }
    }

    @Test func `for any damaged text, reading ends without harm`() {
        var generator = Generator(seed: 0xBAD)
        for _ in 0..<2000 {
            var bytes = randomValue(&generator, depth: 3).line
            for _ in 0...generator.int(0...3) {
                bytes[generator.int(0...bytes.count - 1)] = UInt8(generator.int(0...255))
            }
            _ = try? JSONValue(parsing: bytes)
        }
    }

    private func randomValue(_ generator: inout Generator, depth: Int) -> JSONValue {
        switch generator.int(0...(depth > 0 ? 6 : 4)) {
        case 0: .null
        case 1: .bool(generator.int(0...1) == 1)
        case 2: .integer(generator.int(-1_000_000...1_000_000))
        case 3: .number(JSONNumber(Double.random(in: -1e9...1e9, using: &generator)) ?? .integer(0))
        case 4: .string(randomText(&generator))
        case 5:
            .array(
                (0..<generator.int(0...4)).map { _ in randomValue(&generator, depth: depth - 1) }
            )
        default:
            .object(
                JSONObject(
                    (0..<generator.int(0...4)).map { _ in
                        (randomText(&generator), randomValue(&generator, depth: depth - 1))
                    }
                )
            )
        }
    }

    private func randomText(_ generator: inout Generator) -> String {
        let alphabet = ["a", "b", "\"", "\\", "\n", "\u{1}", "é", "e\u{301}", "€", "😀", "\u{FB33}"]
        return (0..<generator.int(0...6)).map { _ in generator.pick(alphabet) }.joined()
    }
}

struct `A JSON object` {
    /// Keys of which composed and decomposed forms, and those beyond U+FFFF, must stay apart.
    private static let keys = ["a", "é", "e\u{301}", "😀", "\u{FB33}", "b", "", "\u{E000}"]

    @Test func `for any pairs, is what setting them one by one makes`() {
        var generator = Generator(seed: 0x0B)
        for _ in 0..<500 {
            let pairs = (0..<generator.int(0...12)).map { number in
                (generator.pick(Self.keys), JSONValue.integer(number))
            }
            var expected = JSONObject()
            for (key, value) in pairs { expected[key] = value }
            let made = JSONObject(pairs)
            #expect(made == expected)
            #expect(made.count == Set(pairs.map { Array($0.0.utf8) }).count)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `with very many members is made and read at once`() throws {
        var generator = Generator(seed: 0xB16)
        // Each key twice, in no order: what costs a quadratic number of steps would not end in time.
        let keys = (0..<20_000).map { "key\($0 / 2)" }.shuffled(using: &generator)
        let made = JSONObject(keys.enumerated().map { ($1, .integer($0)) })
        #expect(made.count == 10_000)
        let last = try #require(keys.lastIndex(of: "key77"))
        #expect(made["key77"] == .integer(last))
        let text = made.members.shuffled(using: &generator)
            .map { "\"\($0.key)\":\($0.value.integer ?? -1)" }
        let read = try JSONValue(parsing: "{\(text.joined(separator: ","))}")
        #expect(read == .object(made))
    }
}

struct `Canonical JSON` {
    @Test func `is what RFC 8785 says, byte for byte`() throws {
        let vectors = try #require(
            try JSONValue(parsing: Repository.vector("jcs/jcs_vectors.json")).array
        )
        #expect(vectors.count == 5)
        for vector in vectors {
            let input = try #require(vector["input"]?.string)
            let bytes = try JSONValue(parsing: input).canonicalBytes()
            let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(hex == vector["canonical_utf8_hex"]?.string)
        }
    }

    @Test func `writes numbers as ECMAScript does`() throws {
        let vectors = try numberVectors()
        #expect(vectors.count == 2000)
        for (double, text) in vectors {
            let number = try #require(JSONNumber(double))
            // A whole double beyond 2^53 is written by `text`; only its canonical form is refused.
            #expect(number.text == text || number.isInteger, "\(double)")
            if let bytes = try? JSONValue.number(number).canonicalBytes() {
                #expect(String(decoding: bytes, as: UTF8.self) == text)
            }
        }
    }

    @Test func `agrees with Node on values of every kind`() throws {
        try #require(Command.find("node") != nil, "make setup installs nodejs")
        let text = #"{"z":[1e21,1e-7,0.1,-0,123456789.125],"é":"\u0000\u001f\"\\/","😀":1,"ﬃ":2}"#
        let program = """
            const c=v=>v===null||typeof v!='object'?JSON.stringify(v):Array.isArray(v)\
            ?'['+v.map(c).join(',')+']'\
            :'{'+Object.keys(v).sort().map(k=>JSON.stringify(k)+':'+c(v[k])).join(',')+'}';
            process.stdout.write(c(JSON.parse(require('fs').readFileSync(0))))
            """
        let theirs = try Command.run("node", ["-e", program], input: Array(text.utf8))
        let ours = try JSONValue(parsing: text).canonicalBytes()
        #expect(theirs.output == String(decoding: ours, as: UTF8.self))
    }

    @Test(arguments: ["9007199254740993", "1e400", "123456789012345678901234567890"])
    func `is refused where two values would share one text`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect { try value.canonicalBytes() } throws: {
            ($0 as? JSONFault)?.code == "canon.json.number-without-canonical-form"
        }
    }
}

struct `Text that JSON writes as it is` {
    @Test func `ends at the first byte that it does not`() {
        for length in 0...20 {
            for place in 0...length {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: UInt8(ascii: "~"), count: length)
                    if place < length { text[place] = byte }
                    let isPlain = (0x20..<0x80).contains(byte) && byte != 0x22 && byte != 0x5C
                    let end = isPlain ? length : place
                    #expect(text.span.endOfPlainText(from: 0) == end, "\(byte) at \(place)")
                    if length > 0, place > 0 {
                        #expect(text.span.endOfPlainText(from: 1) == end)
                    }
                }
            }
        }
    }
}
