import Canon
import Operations
import Support
import Testing

struct `The reader of arguments` {
    private func read(_ words: String...) throws -> ArgumentReader.Reading {
        try ArgumentReader.read(words)
    }

    /// Calls that make no sense, and a piece of the one sentence that says why.
    static let mistakes: [(call: String, says: String)] = [
        ("", "Say what to do"),
        ("--root x integrity check", "Say what to do before any option"),
        ("registry", "'registry compile', 'registry show'"),
        ("registry compiel", "'charter registry compiel' is no command; there are"),
        ("registry-compile", "did you mean 'charter registry compile'?"),
        ("registry_compile", "did you mean 'charter registry compile'?"),
        ("integrity_check --all", "did you mean 'charter integrity check'?"),
        ("explian README.md", "did you mean 'charter explain'?"),
        ("frobnicate", "'charter help' lists them."),
        ("integrity check -a", "There are no short options; -a was given."),
        (
            "integrity check --fast",
            "has no option --fast; 'charter integrity check --help' lists them."
        ),
        ("integrity check --all=yes", "--all is a switch and takes no value."),
        ("integrity check --through", "--through needs a value: --through STAGE."),
        ("integrity check --root=", "--root needs a value: --root DIR."),
        ("integrity check --root a --root b", "--root was given twice."),
        ("integrity check --root=a --root=b", "--root was given twice."),
        ("integrity check everything", "does not take \"everything\". Usage: charter integrity"),
        ("explain", "needs PATH: a path of the root. Usage: charter explain PATH"),
        ("explain a b", "does not take \"b\". Usage: charter explain PATH"),
        ("owner assign", "needs PATH: files or directories of the root."),
        ("registry export", "needs REGISTRY:"),
        ("init", "needs DIR:"),
    ]

    @Test(.covers("D47"), arguments: mistakes)
    func `answers a mistake with one sentence`(call: String, says: String) throws {
        let words = call.split(separator: " ").map(String.init)
        let fault = #expect(throws: OperationFault.self) { try ArgumentReader.read(words) }
        #expect(fault?.code == "operations.usage" && fault?.status == 64)
        let text = try #require(fault?.description)
        #expect(text.contains(says), "\(text)")
        #expect(
            !text.contains("\n")
                && (text.hasSuffix(".") || text.hasSuffix("?") || text.contains("Usage:"))
        )
        // The same sentence reaches people and machines. No words at all ask for help instead.
        guard !words.isEmpty else { return }
        let world = World()
        let plain = world.call(words)
        #expect(plain.status == 64 && plain.output.isEmpty)
        #expect(plain.complained == "charter: \(text) [operations.usage]\n")
        let asJSON = world.call(words + ["--json"])
        #expect(asJSON.status == 64 && asJSON.errors.isEmpty)
        #expect(asJSON.faultCode == "operations.usage")
        #expect(asJSON.json?["exit"]?.integer == 64)
    }

    @Test func `takes values beside and inside a word`() throws {
        let beside = try read("integrity", "check", "--through", "links", "--root", "a b")
        let inside = try read("integrity", "check", "--through=links", "--root=a b")
        for reading in [beside, inside] {
            #expect(reading.operation.name == "integrity check")
            #expect(reading.request.option("through") == "links")
            #expect(reading.request.option("root") == "a b")
            #expect(!reading.wantsJSON)
        }
        #expect(try read("init", "x", "--name=a=b").request.option("name") == "a=b")
    }

    @Test func `takes switches anywhere, and twice`() throws {
        let reading = try read("registry", "compile", "--json", "--accept", "--accept")
        #expect(reading.wantsJSON && reading.request.has("accept") && !reading.request.has("check"))
    }

    @Test func `takes everything after two dashes as it stands`() throws {
        let reading = try read("owner", "--", "--json", "-x", "--")
        #expect(reading.request.operands == ["--json", "-x", "--"])
        #expect(!reading.wantsJSON)
        #expect(try read("owner", "-").request.operands == ["-"])
    }

    @Test func `finds the longest command`() throws {
        #expect(try read("owner", "assign", "x").operation.name == "owner assign")
        #expect(try read("owner", "x", "assign").request.operands == ["x", "assign"])
        #expect(try read("seal", "verify").operation.name == "seal verify")
        #expect(try read("seal").operation.name == "seal")
    }

    @Test func `shows nothing that a terminal would obey`() {
        let evil = "evil\u{1B}[2J\u{202E}"
        let faults = [
            [evil], ["registry", evil], ["explain", "a", evil], ["explain", "--" + evil],
            ["version", "-" + evil],
        ]
        for words in faults {
            let said = World().call(words)
            #expect(said.status == 64)
            #expect(!said.text.unicodeScalars.contains("\u{1B}"), "\(words)")
            #expect(!said.text.unicodeScalars.contains("\u{202E}"), "\(words)")
        }
    }
}
