import Patterns
import Support
import Testing

/// A search that passes over text may never pass over a match: it is held against the slow search,
/// which reads every scalar.
struct `A search that passes over what cannot begin a match` {
    static let patterns = [
        "sk-(ant|proj)-[a-z]{3}", "AKIA[0-9A-Z]{4}", "gh[pousr]_[a-z]+", "-----BEGIN [A-Z ]*KEY",
        "(sk-a|AKIA|gh[po]|xox)", "ab", "a{2}b", "a{2,}b", "(a|b)c", "[a-c][de]", "xy|\\w+z",
        "a?bc", "ab*c", "(ab)+", "éa", "\\bab", "ab$",
    ]

    @Test(arguments: patterns)
    func `finds what the slow search finds, for any text`(pattern: String) throws {
        let expression = try RegularExpression(pattern, dialect: .re2)
        var generator = Generator(seed: UInt64(pattern.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
        let pieces = [
            "sk-ant-abc", "sk-", "AKIA00AB", "AK", "ghp_a", "gh", "-----BEGIN A KEY", "--", "xox",
            "ab", "aab", "ac", "bc", "cd", "é", "éa", " ", "the task of the night ", "z", "\n",
        ]
        for _ in 0..<300 {
            var text: [UInt8] = []
            for _ in 0..<generator.int(0...8) {
                text += Array(repeating: UInt8(ascii: "."), count: generator.int(0...20))
                text += Array(generator.pick(pieces).utf8)
                // A byte that is no UTF-8 must not hide what follows it.
                if generator.int(0...9) == 0 { text.append(0xE2) }
            }
            let quick = expression.matches(text)
            let slow = expression.firstMatch(in: text) != nil
            #expect(quick == slow, "\(pattern) in \(text)")
        }
    }

    @Test func `finds a match at every place of a block, and not its neighbour`() throws {
        let expression = try RegularExpression("AKIA[0-9A-Z]{4}", dialect: .re2)
        for before in 0..<70 {
            for after in [0, 1, 15, 16, 17, 40] {
                let head = Array(repeating: UInt8(ascii: "A"), count: before)
                let tail = Array(repeating: UInt8(ascii: "."), count: after)
                let good = expression.matches(head + Array("AKIA00AB".utf8) + tail)
                let bad = expression.matches(head + Array("AKJA00AB".utf8) + tail)
                #expect(good && !bad, "\(before) before, \(after) after")
            }
        }
    }

    @Test func `charges for what it passes over`() throws {
        let expression = try RegularExpression("AKIA[0-9]", dialect: .re2)
        var work = 0
        let text = Array(repeating: UInt8(ascii: "x"), count: 8000)
        #expect(expression.search(text.span, workMax: .max, work: &work) == .absent)
        #expect(work >= 1000)
    }
}
