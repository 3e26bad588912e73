import Canon
import Operations
import Support
import Testing

struct `Help` {
    @Test(.covers("J13"))
    func `fits a terminal and says how each call ends`() {
        for operation in Catalog.operations {
            let lines = HelpText.page(operation).lines
            #expect(lines.allSatisfy { $0.count <= 100 }, "\(operation.name)")
            #expect(lines.last?.hasPrefix("Exit status: 0 done, 1 refused by law") == true)
            #expect(lines.first == "charter \(operation.name): \(operation.summary)")
            for word in ["--root DIR", "--json", "--help"] {
                #expect(lines.contains { $0.hasPrefix("  \(word)") }, "\(operation.name) \(word)")
            }
        }
        #expect(HelpText.overview.lines.allSatisfy { $0.count <= 100 })
    }

    @Test func `is asked for in every way people try`() {
        let world = World()
        let overview = world.call("help").said
        #expect(world.call([]).said == overview)
        #expect(world.call("--help").said == overview)
        let page = world.call("registry", "compile", "--help").said
        #expect(page.hasPrefix("charter registry compile: "))
        #expect(world.call("help", "registry", "compile").said == page)
        #expect(world.call("registry", "compile", "--nonsense", "--help").said == page)
        let family = world.call("registry", "--help")
        #expect(family.status == 0 && family.said.contains("registry select"))
        #expect(world.call("help", "registry").said == family.said)
        #expect(world.call("help", "nonsense").status == 64)
        #expect(world.call("registry", "nonsense", "--help").status == 64)
        #expect(world.call("--version").said == world.call("version").said)
    }

    @Test func `is JSON where JSON is asked for`() {
        let world = World()
        let calls = [
            ["help", "--json"], ["--help", "--json"], ["--json", "help"],
            ["registry", "--help", "--json"],
        ]
        for call in calls where call != ["--json", "help"] {
            #expect(world.call(call).json?["commands"]?.array?.isEmpty == false, "\(call)")
        }
        let page = world.call("seal", "open", "--help", "--json").json
        #expect(page?["command"]?.string == "seal open")
        #expect(page?["usage"]?.string == "charter seal open")
        #expect(world.call("--version", "--json").json?["version"]?.string != nil)
    }

    @Test func `does not run what it explains`() throws {
        let world = World()
        #expect(world.call("init", world.root, "--help").status == 0)
        #expect(throws: (any Error).self) { try world.place.read("root/registries/root.json") }
    }
}

struct `Completions` {
    @Test(arguments: ["bash", "zsh", "fish"])
    func `know every command`(shell: String) throws {
        let lines = try #require(CompletionScript.lines(for: shell))
        let text = lines.joined(separator: "\n")
        for word in Set(Catalog.operations.flatMap(\.words)) {
            #expect(text.contains(word), "\(word)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `are scripts their shell accepts`(shell: String) throws {
        // A shell that is not installed cannot be asked; bash is everywhere.
        guard shell == "bash" || Command.find(shell) != nil else { return }
        let lines = try #require(CompletionScript.lines(for: shell))
        let place = TemporaryDirectory()
        let path = place.write("script", lines.joined(separator: "\n") + "\n")
        let good = try Command.run(shell, ["-n", path])
        #expect(good.status == 0 && good.errors.isEmpty, "\(good.errors)")
        let bad = place.write("bad", lines.joined(separator: "\n") + "\nif (\n")
        #expect(try Command.run(shell, ["-n", bad]).status != 0)
    }

    @Test func `offer what fits`() throws {
        let lines = try #require(CompletionScript.lines(for: "bash"))
        func offered(_ words: String...) throws -> Set<Substring> {
            let array = words.map { "'\($0)'" }.joined(separator: " ")
            let script =
                lines.joined(separator: "\n")
                + "\nCOMP_WORDS=(\(array)); COMP_CWORD=\(words.count - 1); _charter; "
                + "printf '%s\\n' \"${COMPREPLY[@]}\""
            let place = TemporaryDirectory()
            place.write("a file", "")
            let done = try Command.run("bash", ["-c", script], directory: place.path)
            return Set(done.output.split(separator: "\n"))
        }
        #expect(try offered("charter", "reg") == ["registry"])
        #expect(try offered("charter", "registry", "co") == ["compile"])
        #expect(try offered("charter", "registry", "compile", "--acc") == ["--accept"])
        #expect(try offered("charter", "explain", "a") == ["a file"])
    }

    @Test func `exist for three shells`() {
        #expect(CompletionScript.lines(for: "tcsh") == nil)
        let refused = World().call("completions", "tcsh", "--json")
        #expect(refused.status == 64 && refused.faultCode == "operations.usage")
    }
}
