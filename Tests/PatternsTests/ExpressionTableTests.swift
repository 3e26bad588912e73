import Patterns
import Support
import Testing

struct `A table of an expression` {
    static let patterns = [
        "abc", "^abc$", "", "^(a|b)*$", "^a{2,3}$", "a.*b|a", "\\bfoo\\b", "(?i)hello", "[^a-c]+$",
        "(?m)^b$", "é+", "^[a-z0-9.-]+/[a-z]+:[0-9.]+$", "x|y|", "(?s)\\A(?:[^.]*\\.com)\\z",
    ]

    @Test(arguments: patterns)
    func `answers as the search does`(pattern: String) throws {
        let expression = try RegularExpression(pattern, dialect: .re2)
        let table = try #require(ExpressionTable(expression))
        var generator = Generator(seed: 17)
        let pieces = ["a", "b", "ab", "abc", "foo", " ", "\n", "é", ".com", "/x:1.0", "HELLO", "y"]
        for _ in 0..<300 {
            let text = (0..<generator.int(0...6)).map { _ in generator.pick(pieces) }.joined()
            var work = 0
            #expect(
                table.matches(text.utf8.span, work: &work) == expression.matches(text),
                "\(pattern) on \(text)"
            )
            #expect(work <= text.unicodeScalars.count + 1)
        }
    }

    @Test func `is not made where it would be too large`() throws {
        let expression = try RegularExpression("(a|b)*a(a|b){10}$", dialect: .re2)
        #expect(ExpressionTable(expression, statesMax: 200) == nil)
    }
}

struct `A search for a match with bounded work` {
    @Test func `stops where each search would read all that is left`() throws {
        let expression = try RegularExpression("a.*b|a", dialect: .re2)
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)
        var work = 0
        let outcome = expression.firstMatch(in: text.span, from: 0, workMax: 5_000, work: &work)
        #expect(outcome == .stopped)
        #expect(work > 5_000 && work < 5_100)
        work = 0
        let all = expression.firstMatch(in: text.span, from: 9_990, workMax: 5_000, work: &work)
        guard case .found(let match) = all else {
            Issue.record("There is a match.")
            return
        }
        #expect(match.range == 9_990..<9_991)
        #expect(work > 10)
    }
}
