import Canon
import Foundation
import Operations
import Support
import Testing

struct `Checking policies` {
    @Test func `counts what compiles`() {
        let world = PolicyWorld()
        let checked = world.policy("check", "app")
        #expect(checked.status == 0 && checked.said == "compiles: 2 files, 3 rules, 2 tests\n")
        let json = world.policy("check", "app", "--json").json
        #expect(json?["verdict"]?.string == "compiles")
        #expect(json?["counts"]?["tests"]?.integer == 2)
        #expect(json?["hints"]?.array?.isEmpty == true)
    }

    @Test func `points at what is wrong, like a compiler`() {
        let world = PolicyWorld()
        world.write("bad.rego", "package bad\n\nallow if {\n\tcont(input.x) > 3\n}\n")
        let refused = world.policy("check", "bad.rego")
        let lines = refused.said.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(refused.status == 1 && refused.complained.isEmpty)
        #expect(lines.first?.hasPrefix("bad.rego:4:2: undefined function cont") == true)
        #expect(lines.dropFirst().prefix(2) == ["        cont(input.x) > 3", "        ^"])
        #expect(refused.said.contains("refused: 1 error in 1 file"))
    }

    /// Policies that are wrong, and the code of what is wrong with them.
    static let wrong: [(text: String, code: String, line: Int)] = [
        ("package a\n\nallow if inptu.x == 1\n", "rego.compile.unsafe-variable", 3),
        ("package a\n\nf(x) if x\n\nallow if f(1, 2, 3)\n", "rego.compile.arity", 5),
        ("package a\n\nallow if frobnicate(1)\n", "rego.compile.unknown-function", 3),
        ("package a\n\nallow if http.send({}).x\n", "rego.compile.left-out-builtin", 3),
        ("package a\n\np if q\n\nq if p\n", "rego.compile.recursion", 3),
        ("package a\n\np := 1\n\np contains 2\n", "rego.compile.conflict", 5),
        ("package a\n\nallow {\n\ttrue\n}\n", "rego.parse.bad-body", 3),
        ("package a\n\np := [1\n", "rego.parse.unexpected-token", 4),
        ("package a\n\np := \"\\q\"\n", "rego.parse.bad-string", 3),
        ("p := 1\n", "rego.parse.bad-package", 1),
    ]

    @Test(.covers("J13"), arguments: wrong)
    func `names the code and the line`(text: String, code: String, line: Int) throws {
        let world = PolicyWorld()
        world.write("bad.rego", text)
        let refused = world.policy("check", "bad.rego", "--json")
        let errors = try #require(refused.json?["errors"]?.array)
        #expect(refused.status == 1 && refused.json?["verdict"]?.string == "refused")
        let codes = errors.compactMap { $0["code"]?.string }
        #expect(codes.contains(code), "\(codes)")
        #expect(errors.contains { $0["line"]?.integer == line }, "\(errors)")
        // Whoever asks such policies something gets no answer at all.
        let asked = world.policy("eval", "data.a.p", "--bundle", "bad.rego", "--json")
        #expect(asked.status == 2 && codes.contains(asked.faultCode ?? ""))
    }

    @Test func `hints at what compiles and is hardly meant`() {
        let world = PolicyWorld()
        world.write(
            "open.rego",
            "package a\n\ndefault allow := true\n\ndeny := \"no\"\n\ntest_it if true\n"
        )
        let checked = world.policy("check", "open.rego", "--json")
        let hints = checked.json?["hints"]?.array?.compactMap { $0["code"]?.string }
        #expect(checked.status == 0)
        #expect(
            hints == [
                "policy.hint.open-default", "policy.hint.complaint-is-no-set",
                "policy.hint.test-decides",
            ]
        )
        let said = world.policy("check", "open.rego").said
        #expect(said.contains("open.rego:3:1: hint: allow is true wherever no rule"))
        #expect(said.contains("\n    default allow := true\n    ^\n"))
    }

    @Test func `reads the older language where it is asked to`() {
        let world = PolicyWorld()
        world.write("old/a.rego", "package a\n\nallow {\n\tinput.x\n}\n")
        #expect(world.policy("check", "old").status == 1)
        #expect(world.policy("check", "old", "--v0").status == 0)
        world.write("old/.manifest", "{\"rego_version\": 0}")
        #expect(world.policy("check", "old").status == 0)
    }

    @Test func `tells what cannot be read from what is wrong`() throws {
        let world = PolicyWorld()
        let missing = world.policy("check", "nowhere", "--json")
        #expect(missing.status == 2 && missing.faultCode == "host.missing")
        let empty = world.policy("check", "ann.json", "--json")
        #expect(empty.status == 64 && empty.faultCode == "operations.usage")
        #expect(world.policy("check", "--json").status == 64)
        world.write("app/sub/data.json", "[1]")
        let data = world.policy("check", "app", "--json")
        #expect(data.status == 2 && data.faultCode == "policy.bundle.bad-data")
        world.write("app/sub/data.json", "{}")
        world.write("app/.manifest", "{\"roots\": [\"other\"]}")
        let roots = world.policy("check", "app", "--json")
        #expect(roots.status == 2 && roots.faultCode == "policy.bundle.outside-roots")
        try FileManager.default.createSymbolicLink(
            atPath: world.world.place.file("app/more"),
            withDestinationPath: ".."
        )
        let link = world.policy("check", "app", "--json")
        #expect(link.status == 2 && link.faultCode == "host.symbolic-link")
    }
}

struct `Formatting policies` {
    private static let ugly = "package a\np   if {\n  input.x==1 # why\n}\n"
    private static let handsome = "package a\n\np if {\n\tinput.x == 1 # why\n}\n"

    @Test func `prints, compares or writes`() throws {
        let world = PolicyWorld()
        world.write("src/a.rego", Self.ugly)
        world.write("src/b.rego", Self.handsome)
        #expect(world.policy("fmt", "src/a.rego").said == Self.handsome)
        #expect(try world.read("src/a.rego") == Self.ugly)
        let differs = world.policy("fmt", "src", "--check")
        #expect(differs.status == 1 && differs.said == "differs src/a.rego\n1 of 2 files\n")
        let json = world.policy("fmt", "src", "--check", "--json").json
        #expect(json?["verdict"]?.string == "differs")
        let written = world.policy("fmt", "src", "--write")
        #expect(written.status == 0 && written.said == "written src/a.rego\n1 of 2 files\n")
        #expect(try world.read("src/a.rego") == Self.handsome)
        #expect(world.policy("fmt", "src", "--check").said == "formatted: 2 files\n")
    }

    @Test func `writes nothing where one file cannot be read`() throws {
        let world = PolicyWorld()
        world.write("src/a.rego", Self.ugly)
        world.write("src/b.rego", "package b\n\np := [\n")
        let refused = world.policy("fmt", "src", "--write", "--json")
        #expect(refused.status == 1 && refused.json?["verdict"]?.string == "refused")
        #expect(try world.read("src/a.rego") == Self.ugly)
        let both = world.policy("fmt", "src", "--write", "--check", "--json")
        #expect(both.status == 64 && both.faultCode == "operations.usage")
        #expect(world.policy("fmt", "nowhere", "--json").faultCode == "host.missing")
    }
}
