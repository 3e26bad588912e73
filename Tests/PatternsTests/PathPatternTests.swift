import Patterns
import Support
import Testing

struct `A path pattern` {
    @Test(arguments: [
        ("a/b.txt", "a/b.txt", true),
        ("a/b.txt", "a/b.txtx", false),
        ("a/b.txt", "a/b.tx", false),
        ("a/b.txt", "x/b.txt", false),
        ("src/**", "src/a", true),
        ("src/**", "src/a/b/c", true),
        ("src/**", "src", false),
        ("src/**", "src/", false),
        ("src/**", "srca/b", false),
        ("**", "a", true),
        ("**", "a/b/c", true),
        ("**", "", false),
        ("tests/*.py", "tests/test_a.py", true),
        ("tests/*.py", "tests/.py", true),
        ("tests/*.py", "tests/x/test_a.py", false),
        ("tests/*.py", "tests/test_a.pyc", false),
        ("tests/*", "tests/a", true),
        ("tests/*", "tests/a/b", false),
        ("tests/*", "tests/", false),
        ("*", "a", true),
        ("*", "a/b", false),
        ("**/*.swift", "a.swift", true),
        ("**/*.swift", "x/y/a.swift", true),
        ("**/*.swift", "x/y/a.swif", false),
        ("src/**/*.swift", "src/a.swift", true),
        ("src/**/*.swift", "src/x/y/.swift", true),
        ("src/**/*.swift", "src.swift", false),
        ("src/**/*.swift", "lib/a.swift", false),
        ("**/*", "a/b", true),
        ("**/*", "a/", false),
        ("src/**/*", "src/", false),
        ("src/*/b*", "src//b", false),
        ("a/**/z", "a/z", true),
        ("a/**/z", "a/b/z", true),
        ("a/**/z", "a/b/c/z", true),
        ("a/**/z", "a/b/c/z/d", false),
        ("a/**/b/**/c", "a/b/x/b/y/c", true),
        ("a/**/b/**/c", "a/x/c/b", false),
        ("a/**/**/c", "a/c", true),
        ("a/**/b/*", "a/b/b/b", true),
        ("test_?.py", "test_a.py", true),
        ("test_?.py", "test_.py", false),
        ("test_?.py", "test_é.py", true),
        ("test_??.py", "test_é.py", false),
        ("*?.py", "é.py", true),
        ("*??.py", "é.py", false),
        ("?", "/", false),
        ("[a-c]x", "bx", true),
        ("[a-c]x", "dx", false),
        ("[!a-c]x", "dx", true),
        ("[!a-c]x", "ax", false),
        ("[!a]", "é", true),
        ("[é-ü]", "ö", true),
        ("[]]", "]", true),
        ("[a-]", "-", true),
        ("{a,b}/x", "a/x", true),
        ("{a,b}/x", "b/x", true),
        ("{a,b}/x", "c/x", false),
        ("{a,b/{c,d}}/*", "b/d/q", true),
        ("{a,b/{c,d}}/*", "b/q", false),
        ("a{,.md}", "a", true),
        ("a{,.md}", "a.md", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("\\{a\\}", "{a}", true),
        ("[*]", "*", true),
        ("a*b*c", "a1b2b3c", true),
        ("a*b*c", "a1b2b3", false),
        ("*.tar.*", "x.tar.tar.gz", true),
        (".*", ".git", true),
        ("*", ".git", true),
    ])
    func `decides a path as its shape says`(pattern: String, path: String, expected: Bool) throws {
        #expect(try PathPattern(pattern).matches(path) == expected)
    }

    @Test(arguments: [
        ("", "patterns.empty"),
        ("/a", "patterns.absolute"),
        ("{a,}/b", "patterns.absolute"),
        ("a//b", "patterns.empty-segment"),
        ("a/", "patterns.empty-segment"),
        ("../a", "patterns.traversal"),
        ("a/../b", "patterns.traversal"),
        ("./a", "patterns.traversal"),
        ("a/{..,b}", "patterns.traversal"),
        ("a**", "patterns.double-star-in-name"),
        ("***", "patterns.double-star-in-name"),
        ("{a", "patterns.syntax"),
        ("a}", "patterns.syntax"),
        ("[a", "patterns.syntax"),
        ("[z-a]", "patterns.syntax"),
        ("[a/b]", "patterns.syntax"),
        ("a\\", "patterns.syntax"),
        ("a\u{0}*", "patterns.syntax"),
        (String(repeating: "{a,b}", count: 8), "patterns.too-many-alternatives"),
        (String(repeating: "a", count: 1025), "patterns.too-long"),
    ])
    func `is refused with its code`(pattern: String, code: String) {
        let fault = #expect(throws: PatternFault.self) { try PathPattern(pattern) }
        #expect(fault?.code == code)
        #expect(fault?.description.hasSuffix(".") == true)
    }

    @Test(arguments: [
        ("src/a.txt", "src/a.txt", true),
        ("src/**", "src/", false),
        ("src/*.py", "src/", false),
        ("src/ab*/c", "src/ab", false),
        ("{src/a,src/b}/**", "src/", false),
        ("**/x", "", false),
        ("\\*", "*", true),
    ])
    func `says what its paths begin with`(pattern: String, prefix: String, isExact: Bool) throws {
        let pattern = try PathPattern(pattern)
        #expect(pattern.literalPrefix == Array(prefix.utf8))
        #expect(pattern.isExact == isExact)
    }

    @Test func `matches bytes that are no text`() throws {
        #expect(try PathPattern("a/*").matches([0x61, 0x2F, 0xFF, 0xC3]))
        #expect(try PathPattern("a/?").matches([0x61, 0x2F, 0xFF]))
        #expect(try !PathPattern("a/b").matches([0x61, 0x2F, 0xFF]))
    }

    @Test func `takes a slice of a larger buffer`() throws {
        let buffer = Array("xx src/a yy".utf8)
        #expect(try PathPattern("src/*").matches(buffer[3..<8]))
        #expect(try !PathPattern("src/*").matches(buffer))
    }

    @Test func `does not normalise what it compares`() throws {
        #expect(try PathPattern("caf\u{E9}") != PathPattern("cafe\u{301}"))
        #expect(try !PathPattern("caf\u{E9}").matches("cafe\u{301}"))
    }

    @Test func `with many stars does not explode`() throws {
        let stars = try PathPattern(String(repeating: "a*", count: 200) + "b")
        #expect(!stars.matches(String(repeating: "a", count: 2000)))
        let folders = try PathPattern(String(repeating: "**/a/", count: 150) + "b")
        #expect(!folders.matches(String(repeating: "a/", count: 1000) + "c"))
    }

    @Test func `for any small pattern and path agrees with a naive matcher`() throws {
        var generator = Generator(seed: 0x9A77)
        for _ in 0..<20_000 {
            let pattern = (0..<generator.int(1...4)).map { _ in
                generator.pick(["a", "b", "*", "**", "a*", "*b", "?", "a?*", "[!a]", "*a*b"])
            }
            let path = (0..<generator.int(1...4)).map { _ in
                generator.pick(["a", "b", "ab", "ba", "aab", "abb"])
            }
            let expected = naive(pattern[...], path[...])
            let actual = try PathPattern(pattern.joined(separator: "/"))
                .matches(path.joined(separator: "/"))
            #expect(
                actual == expected,
                "\(pattern) on \(path), seed \(generator.seed)"
            )
        }
    }

    private func naive(_ pattern: ArraySlice<String>, _ path: ArraySlice<String>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        if first == "**" {
            if pattern.count == 1 { return !path.isEmpty }
            return (0...path.count).contains { naive(pattern.dropFirst(), path.dropFirst($0)) }
        }
        guard let name = path.first, naiveName(Array(first)[...], Array(name)[...]) else {
            return false
        }
        return naive(pattern.dropFirst(), path.dropFirst())
    }

    private func naiveName(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool
    {
        guard let first = pattern.first else { return name.isEmpty }
        switch first {
        case "*":
            return (0...name.count).contains { naiveName(pattern.dropFirst(), name.dropFirst($0)) }
        case "?":
            return !name.isEmpty && naiveName(pattern.dropFirst(), name.dropFirst())
        case "[":
            return name.first != nil && name.first != "a"
                && naiveName(pattern.dropFirst(4), name.dropFirst())
        default:
            return name.first == first && naiveName(pattern.dropFirst(), name.dropFirst())
        }
    }
}
