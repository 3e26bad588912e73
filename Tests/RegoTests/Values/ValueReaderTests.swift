import Canon
import Rego
import Support
import Testing

struct `Reading an input` {
    @Test(arguments: [
        "null", "true", "[]", "{}", "0", "-12", "1.0", "1.50", "0.1", "12345678901234567890",
        "[1,[2,[3]],{\"a\":{}}]", "\"a \\\"quoted\\\" text\"",
        "\"\u{1F600} and more than fifteen\"",
        "123456789012345678901234567890.123", "{\"a\":1,\"b\":[true,false,null]}",
        "\"exactly 15 byte\"", "\"sixteen bytes ok\"", "\"\\u0001\\n\"",
    ])
    func `gives back the text that it read`(text: String) throws {
        #expect(try String(decoding: Value(parsing: text).json, as: UTF8.self) == text)
    }

    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", "canon.json.duplicate-key"),
        ("{\"a\":1,\"\\u0061\":2}", "canon.json.duplicate-key"),
        ("\"\\ud800\"", "canon.json.lone-surrogate"),
        ("\"\\ud800\\u0041\"", "canon.json.lone-surrogate"),
        ("\"\\udc00\"", "canon.json.lone-surrogate"),
        ("[1] 2", "canon.json.trailing-bytes"),
        ("\u{FEFF}1", "canon.json.byte-order-mark"),
        ("[1,]", "canon.json.unexpected-byte"),
        ("{\"a\":1,}", "canon.json.unexpected-byte"),
        ("{a:1}", "canon.json.unexpected-byte"),
        ("", "canon.json.unexpected-byte"),
        ("[1", "canon.json.unexpected-byte"),
        ("\"abc", "canon.json.unexpected-byte"),
        ("nul", "canon.json.unexpected-byte"),
        ("01", "canon.json.invalid-number"),
        ("-", "canon.json.invalid-number"),
        ("1.", "canon.json.invalid-number"),
        (".5", "canon.json.unexpected-byte"),
        ("1e", "canon.json.invalid-number"),
        ("+1", "canon.json.unexpected-byte"),
        ("\"\n\"", "canon.json.control-character"),
        ("\"\\x\"", "canon.json.invalid-escape"),
        ("\"\\u12g4\"", "canon.json.invalid-escape"),
        ("1e999999", "rego.input.number-too-long"),
        ("1e99999999999999999999", "rego.input.number-too-long"),
        (String(repeating: "7", count: 5_000), "rego.input.number-too-long"),
        (String(repeating: "[", count: 129), "canon.json.too-deep"),
    ])
    func `refuses what another reader may read otherwise`(text: String, code: String) {
        #expect(refusal { () throws(InputFault) in try Value(parsing: text) } == code)
    }

    @Test func `refuses bytes that are no UTF-8`() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        ] {
            #expect(
                refusal { () throws(InputFault) in try Value(parsing: bytes) }
                    == "canon.json.invalid-utf8"
            )
        }
    }

    @Test func `refuses more bytes than it may read`() {
        let limits = JSONLimits(bytesMax: 4)
        #expect(
            refusal { () throws(InputFault) in try Value(parsing: "[1,2]", limits: limits) }
                == "canon.json.too-large"
        )
    }

    @Test func `takes escapes as the characters that they mean`() throws {
        let text = "{\"\\u0061dmin\":\"\\ud83d\\ude00\\/\\b\\f\"}"
        #expect(try Value(parsing: text)["admin"] == .text("\u{1F600}/\u{8}\u{C}"))
    }

    @Test func `agrees with the reader of documents on random texts`() throws {
        var generator = Generator(seed: 5)
        for _ in 0..<300 {
            let text = document(&generator, 4)
            let read = try Value(parsing: text)
            #expect(read == Value(try JSONValue(parsing: text)), "\(text)")
            #expect(read.jsonValue == (try JSONValue(parsing: text)), "\(text)")
        }
    }

    @Test func `refuses damaged texts just as the reader of documents does`() {
        var generator = Generator(seed: 6)
        for _ in 0..<2_000 {
            var bytes = Array(document(&generator, 3).utf8)
            bytes[generator.int(0...bytes.count - 1)] = UInt8(generator.int(0...255))
            let mine = (try? Value(parsing: bytes)) != nil
            let other = (try? JSONValue(parsing: bytes)) != nil
            #expect(mine == other, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private func refusal(_ read: () throws(InputFault) -> Value) -> String {
        do throws(InputFault) {
            return "read: \(try read())"
        } catch {
            return error.code
        }
    }

    private func document(_ generator: inout Generator, _ depth: Int) -> String {
        switch generator.int(0...(depth > 0 ? 7 : 5)) {
        case 0: return generator.pick(["null", "true", "false"])
        case 1: return String(generator.int(-99...99))
        case 2: return generator.pick(["1.5", "-0.25", "1e3", "2.5E-3", "123456789012345678901"])
        case 3...5:
            let letters = [
                "a", "b", "\u{E9}", "\\n", "\\u00e9", "\\\"", "long enough for an array",
            ]
            let parts = (0..<generator.int(0...3)).map { _ in generator.pick(letters) }
            return "\"\(parts.joined())\""
        case 6:
            let elements = (0..<generator.int(0...4)).map { _ in document(&generator, depth - 1) }
            return "[" + elements.joined(separator: " , ") + "]"
        default:
            let members = (0..<generator.int(0...12)).map { index in
                "\"k\(index * 37 % 13)\" : \(document(&generator, depth - 1))"
            }
            return "{" + members.joined(separator: ",\n") + "}"
        }
    }
}

struct `Writing a result` {
    @Test func `writes bytes that are no UTF-8 as the replacement character`() {
        let value = Value.string(Text([0x61, 0xFF, 0x62]))
        #expect(String(decoding: value.json, as: UTF8.self) == "\"a\u{FFFD}b\"")
    }

    @Test func `writes a set as an array and other keys as their text`() {
        let value = ConstantReader.value("{[1, \"a\"]: {2, 1}}")
        #expect(String(decoding: value.json, as: UTF8.self) == "{\"[1,\\\"a\\\"]\":[1,2]}")
        #expect(value.source == "{[1, \"a\"]: {1, 2}}")
    }
}
