import Patterns
import Support
import Testing

struct `For any hostile text` {
    private static let pieces = [
        "a", "é", "/", "*", "**", "?", "[", "]", "{", "}", ",", "!", "^", "-", "\\", "..", "|", "(",
        ")", "(?", ":", "<", ">", "=", "P", "i", "s", "+", "$", ".", "1", "0", "1000", "\\p{L}",
        "\\u", "\\x", "\\Q", "\\E", "[:alpha:]", "\u{0}", "\u{10FFFF}", "\\d", "\\b", "\\B",
    ]

    private func text(_ generator: inout Generator) -> String {
        (0..<generator.int(1...12)).map { _ in generator.pick(Self.pieces) }.joined()
    }

    private func bytes(_ generator: inout Generator) -> [UInt8] {
        (0..<generator.int(0...12)).map { _ in
            generator.pick([0x2F, 0x61, 0x31, 0x0A, 0xC3, 0xA9, 0xFF, 0xED, 0xA0, 0x80, 0xF0, 0x2A])
        }
    }

    @Test func `a path pattern is read or refused, and then answers`() {
        var generator = Generator(seed: 0x9057)
        var accepted = 0
        for _ in 0..<5_000 {
            let text = text(&generator)
            do {
                let pattern = try PathPattern(text)
                let path = bytes(&generator)
                if pattern.matches(path) {
                    #expect(path.starts(with: pattern.literalPrefix), "\(text)")
                }
                accepted += 1
            } catch {
                #expect(error.code.hasPrefix("patterns."))
            }
        }
        #expect(accepted > 100)
    }

    @Test(arguments: [RegularExpression.Dialect.ecma, .re2])
    func `both machines of a regular expression agree`(dialect: RegularExpression.Dialect) {
        var generator = Generator(seed: 0x2A6E)
        var accepted = 0
        for _ in 0..<5_000 {
            let text = text(&generator)
            do {
                let expression = try RegularExpression(text, dialect: dialect)
                guard expression.instructionCount < 3_000 else { continue }
                for _ in 0..<3 {
                    let bytes = bytes(&generator)
                    let match = expression.firstMatch(in: bytes)
                    #expect((match != nil) == expression.matches(bytes), "\(text) on \(bytes)")
                }
                accepted += 1
            } catch {
                #expect(error.code.hasPrefix("patterns."))
            }
        }
        #expect(accepted > 100)
    }
}
