import Foundation
import Patterns
import Support
import Testing

struct `A regular expression` {
    @Test(arguments: [
        ("abc", "xabcx", true),
        ("^abc$", "abc", true),
        ("^abc$", "xabc", false),
        ("^abc$", "abc\n", false),
        ("", "", true),
        ("a|b|", "c", true),
        ("^(a|b)*$", "abab", true),
        ("^(a|b)*$", "abc", false),
        ("^a{2,3}$", "a", false),
        ("^a{2,3}$", "aaa", true),
        ("^a{2,3}$", "aaaa", false),
        ("^a{2}$", "aa", true),
        ("^a{2,}$", "aaaaa", true),
        ("^a{0}$", "", true),
        ("^.$", "é", true),
        ("^.$", "\u{1F600}", true),
        ("^.$", "\n", false),
        ("^.$", "\u{2028}", false),
        ("^[^]$", "\n", true),
        ("[]", "a", false),
        ("^[a-c-]+$", "a-c", true),
        ("^[\\]\\-\\\\]+$", "]-\\", true),
        ("^\\d$", "7", true),
        ("^\\d$", "\u{0667}", false),
        ("^\\s$", "\u{FEFF}", true),
        ("^\\s$", "\u{0B}", true),
        ("^\\S$", "\u{2003}", false),
        ("^\\w+$", "a_9", true),
        ("^\\w+$", "é", false),
        ("\\bfoo\\b", "a foo b", true),
        ("\\bfoo\\b", "afoo b", false),
        ("\\Boo\\b", "a foo b", true),
        ("^\\x41\\u0042\\u{43}\\cJ\\0$", "ABC\n\u{0}", true),
        ("^\\uD83D\\uDE00$", "\u{1F600}", true),
        ("^[\\uD83D\\uDE00-\\u{1F602}]$", "\u{1F601}", true),
        ("^\\p{Letter}cole$", "école", true),
        ("^\\p{Lu}\\P{Lu}$", "Éé", true),
        ("^\\p{digit}+$", "\u{0667}", true),
        ("^\\p{gc=Nd}+$", "4", true),
        ("^[\\p{L}\\d]+$", "ñ9", true),
        ("^[^\\p{L}]+$", "ñ", false),
        ("^(?:a(?<name>b)?)+$", "abaab", true),
        ("^a+?b*?$", "aab", true),
        ("^[\\b]$", "\u{8}", true),
        ("^\\@\\-\\_\\/$", "@-_/", true),
    ])
    func `of ECMA decides`(pattern: String, text: String, expected: Bool) throws {
        let expression = try RegularExpression(pattern, dialect: .ecma)
        #expect(expression.matches(text) == expected)
        #expect((expression.firstMatch(in: text) != nil) == expected)
    }

    @Test(arguments: [
        ("(?i)straße", "STRAßE", true),
        ("(?i)k", "\u{212A}", true),
        ("(?i)[^k]", "\u{212A}", false),
        ("(?i)σ", "ς", true),
        ("a(?i)b|c", "C", true),
        ("a(?i:b)c", "aBc", true),
        ("a(?i:b)c", "aBC", false),
        ("(?s)a.b", "a\nb", true),
        ("a.b", "a\rb", true),
        ("(?m)^b$", "a\nb\nc", true),
        ("^b$", "a\nb\nc", false),
        ("(?m-s:^b)", "a\nb", true),
        ("\\Ab\\z", "b", true),
        ("\\Q.*\\E+", ".**", true),
        ("\\Q.*\\E+", "ab", false),
        ("^[[:alpha:][:^ascii:]]+$", "aé", true),
        ("^[]a]+$", "]a", true),
        ("^[\\d-z]+$", "5-z", true),
        ("^a{,2}$", "a{,2}", true),
        ("^\\101\\x{42}\\pL\\p{^Lu}$", "ABcd", true),
        ("^\\s$", "\u{0B}", false),
        ("(?P<year>\\d{4})", "in 2026", true),
        ("^*a", "a", true),
    ])
    func `of RE2 decides`(pattern: String, text: String, expected: Bool) throws {
        let expression = try RegularExpression(pattern, dialect: .re2)
        #expect(expression.matches(text) == expected)
        #expect((expression.firstMatch(in: text) != nil) == expected)
    }

    @Test(arguments: [
        ("(a", "patterns.syntax"), ("a)", "patterns.syntax"), ("[a", "patterns.syntax"),
        ("*a", "patterns.syntax"), ("a**", "patterns.syntax"), ("a{2}{3}", "patterns.syntax"),
        ("{2}", "patterns.syntax"), ("a]", "patterns.syntax"), ("a{", "patterns.syntax"),
        ("\\", "patterns.syntax"), ("\\a", "patterns.syntax"), ("\\Z", "patterns.syntax"),
        ("[z-a]", "patterns.syntax"), ("[\\d-z]", "patterns.syntax"), ("^*", "patterns.syntax"),
        ("a{3,2}", "patterns.syntax"), ("\\u12", "patterns.syntax"), ("\\c1", "patterns.syntax"),
        ("\\01", "patterns.syntax"), ("(?i)a", "patterns.syntax"), ("(?", "patterns.syntax"),
        ("(?<a>x)(?<a>y)", "patterns.syntax"), ("(?<1>x)", "patterns.syntax"),
        ("\\u{110000}", "patterns.syntax"), ("\\p{L", "patterns.syntax"),
        ("(?=a)", "patterns.unsupported-lookaround"),
        ("(?!a)", "patterns.unsupported-lookaround"),
        ("(?<=a)b", "patterns.unsupported-lookaround"),
        ("(?<!a)b", "patterns.unsupported-lookaround"),
        ("(a)\\1", "patterns.backreference"), ("(?<n>a)\\k<n>", "patterns.backreference"),
        ("\\p{Greek}", "patterns.unknown-property"),
        ("\\p{letter}", "patterns.unknown-property"),
        ("a{1001}", "patterns.repeat-too-large"),
        ("a{1,99999999999999999999}", "patterns.repeat-too-large"),
        ("(a{1000}){1000}", "patterns.program-too-large"),
        (
            String(repeating: "(", count: 101) + String(repeating: ")", count: 101),
            "patterns.too-deep"
        ),
        (String(repeating: "a", count: 16_385), "patterns.too-long"),
    ])
    func `is refused with its code`(pattern: String, code: String) {
        let fault = #expect(throws: PatternFault.self) {
            try RegularExpression(pattern, dialect: .ecma)
        }
        #expect(fault?.code == code)
        #expect(fault?.description.hasSuffix(".") == true)
    }

    @Test(arguments: [
        ("(?=a)", "patterns.unsupported-lookaround"), ("(a)\\1", "patterns.backreference"),
        ("(?P=a)", "patterns.backreference"), ("(?x)a", "patterns.syntax"),
        ("\\u0041", "patterns.syntax"), ("\\C", "patterns.syntax"), ("{2}", "patterns.syntax"),
        ("[[:nope:]]", "patterns.syntax"), ("(?i", "patterns.syntax"),
        ("(?-)", "patterns.syntax"),
    ])
    func `of RE2 is refused with its code`(pattern: String, code: String) {
        let fault = #expect(throws: PatternFault.self) {
            try RegularExpression(pattern, dialect: .re2)
        }
        #expect(fault?.code == code)
    }

    @Test(arguments: [
        ("(a|ab)(c|bcd)(d*)", "xabcd", [1..<5, 1..<2, 2..<5, 5..<5]),
        ("(a+?)(a*)", "aaa", [0..<3, 0..<1, 1..<3]),
        ("(a)|(b)", "b", [0..<1, nil, 0..<1]),
        ("(?:(a)|b)*", "ab", [0..<2, 0..<1]),
        ("é(.)", "aéü", [1..<5, 3..<5]),
        ("a*", "baa", [0..<0]),
        ("\\bb", "a b", [2..<3]),
        ("(?U)a+", "aaa", [0..<1]),
        ("(?U)a+?", "aaa", [0..<3]),
    ])
    func `says what its groups cover`(pattern: String, text: String, groups: [Range<Int>?]) throws {
        let match = try RegularExpression(pattern, dialect: .re2).firstMatch(in: text)
        #expect(match?.groups == groups)
        #expect(match?.range == groups[0])
    }

    @Test func `searches on from an offset`() throws {
        let expression = try RegularExpression("\\ba.|^b", dialect: .re2)
        let text = Array("ab abb a".utf8)
        #expect(expression.firstMatch(in: text, from: 1)?.range == 3..<5)
        #expect(expression.firstMatch(in: text, from: 4)?.range == nil)
        #expect(expression.firstMatch(in: text, from: 8)?.range == nil)
    }

    @Test func `names its groups`() throws {
        let expression = try RegularExpression("(?P<a>.)(.)(?<b>.)", dialect: .re2)
        #expect(expression.groupNames == ["a", nil, "b"])
        #expect(expression.groupCount == 3)
    }

    @Test func `reads bytes that are no text as replacement characters`() throws {
        let expression = try RegularExpression("^\\uFFFD{3}$", dialect: .ecma)
        #expect(expression.matches([0xFF, 0xC3, 0x80 | 0x40 | 0x20]))
        #expect(try RegularExpression("^.{3}$", dialect: .ecma).matches([0xED, 0xA0, 0x80]))
    }

    @Test(arguments: [
        "(a+)+$", "^(a|a)*$", "(a|aa)+$", "^(a*)*$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(x+x+)+y", "^a{0,500}a{0,500}$",
    ])
    func `takes steps in proportion to the text`(pattern: String) throws {
        let expression = try RegularExpression(pattern, dialect: .ecma)
        var small = 0
        var large = 0
        let head = Array(String(repeating: "a", count: 5_000).utf8) + [0x21]
        let whole = Array(String(repeating: "a", count: 50_000).utf8) + [0x21]
        #expect(expression.search(head.span, workMax: .max, work: &small) == .absent)
        #expect(expression.search(whole.span, workMax: .max, work: &large) == .absent)
        #expect(large <= small * 11)
        #expect(large < 2_000_000)
    }

    @Test func `stops when the work allowed is done`() throws {
        let expression = try RegularExpression("a+b", dialect: .ecma)
        let text = Array(String(repeating: "a", count: 5_000).utf8) + [UInt8(ascii: "b")]
        var work = 0
        #expect(expression.search(text.span, workMax: 1_000, work: &work) == .stopped)
        #expect(work < 1_100)
        #expect(expression.search(text.span, workMax: .max, work: &work) == .found(end: 5_001))
    }

    @Test func `says where a match first ends`() throws {
        let expression = try RegularExpression("b+|c$", dialect: .ecma)
        var work = 0
        #expect(
            expression.search(Array("abbb".utf8).span, workMax: .max, work: &work) == .found(end: 2)
        )
        #expect(
            expression.search(Array("ac".utf8).span, workMax: .max, work: &work) == .found(end: 2)
        )
    }

    @Test func `with very many characters is bounded too`() throws {
        let characters = (0..<3_000).compactMap { Unicode.Scalar(0x4E00 + $0).map(Character.init) }
        let fault = #expect(throws: PatternFault.self) {
            try RegularExpression(String(characters), dialect: .ecma)
        }
        #expect(fault?.code == "patterns.program-too-large")
        let half = try RegularExpression(String(characters.prefix(1_500)), dialect: .ecma)
        #expect(half.matches(String(characters)))
    }

    @Test func `whose states outgrow their table still answers`() throws {
        // Each of the last fourteen letters can be an a or not: 2^14 states.
        let expression = try RegularExpression("(a|b)*a(a|b){14}c", dialect: .ecma)
        var generator = Generator(seed: 0x57A7E)
        var text = (0..<6_000).map { _ in generator.pick(Array("ab".utf8)) }
        var work = 0
        #expect(expression.search(text.span, workMax: .max, work: &work) == .absent)
        #expect(work < 6_000 * 120)
        text[text.count - 15] = UInt8(ascii: "a")
        #expect(expression.matches(text + Array("c".utf8)))
    }

    @Test func `for any small pattern and text agrees with Foundation`() throws {
        var generator = Generator(seed: 0x5EED)
        var compared = 0
        for _ in 0..<4_000 {
            let pattern = randomPattern(&generator, 3)
            let ours = try RegularExpression(pattern, dialect: .ecma)
            guard let theirs = try? NSRegularExpression(pattern: pattern) else { continue }
            for _ in 0..<4 {
                let length = generator.int(0...7)
                let text = (0..<length).map { _ in generator.pick(["a", "b", "c", " "]) }.joined()
                let whole = NSRange(location: 0, length: text.utf16.count)
                let found = theirs.firstMatch(in: text, range: whole)
                let expected = found.map { Range($0.range) ?? 0..<0 }
                let note: Comment = "/\(pattern)/ on '\(text)', seed \(generator.seed)"
                #expect(ours.firstMatch(in: text)?.range == expected, note)
                #expect(ours.matches(text) == (expected != nil), note)
                compared += 1
            }
        }
        #expect(compared > 10_000)
    }

    private func randomPattern(_ generator: inout Generator, _ depth: Int) -> String {
        switch generator.int(0...(depth > 0 ? 9 : 3)) {
        case 0...2: return generator.pick(["a", "b", "c", ".", "[ab]", "[^a]", "\\w", "\\s"])
        case 3: return generator.pick(["^", "$", "\\b", "\\B", "a", "b"])
        case 4, 5:
            return randomPattern(&generator, depth - 1) + randomPattern(&generator, depth - 1)
        case 6:
            let left = randomPattern(&generator, depth - 1)
            return "(?:" + left + "|" + randomPattern(&generator, depth - 1) + ")"
        case 7: return "(" + randomPattern(&generator, depth - 1) + ")"
        default:
            let repeats = generator.pick([
                "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?",
            ])
            return "(?:" + generator.pick(["a", "b", "ab", "a|b", "ab|a", "[bc]"]) + ")" + repeats
        }
    }
}
