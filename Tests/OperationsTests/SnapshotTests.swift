import Canon
import Foundation
import Host
import Operations
import Support
import Testing

struct `What commands say` {
    @Test func `is what their help pages said before`() throws {
        let world = World()
        try Snapshot.expect(world.call("help").said, is: "help/overview.txt")
        for operation in Catalog.operations {
            let page = world.call(operation.words + ["--help"])
            #expect(page.status == 0 && page.complained.isEmpty)
            try Snapshot.expect(page.said, is: "help/\(file(operation)).txt")
        }
    }

    @Test func `has a help page and an answer on record for each of them, and no others`() throws {
        let names = Set(Catalog.operations.map(file))
        let manager = FileManager.default
        func recorded(_ folder: String) throws -> Set<String> {
            Set(
                try manager.contentsOfDirectory(
                    atPath: Repository.file("Tests/Snapshots/" + folder)
                )
                .filter { !$0.hasPrefix(".") }
                .map { String($0.prefix { $0 != "." }) }
            )
        }
        #expect(try recorded("help") == names.union(["overview"]))
        #expect(try recorded("json") == names)
    }

    /// One call of each operation, in an order in which each finds what it needs.
    private static let calls: [(arguments: [String], prepare: String?)] = [
        (["integrity", "check"], nil),
        (["integrity", "installed", "PKG-DOCS"], nil),
        (["integrity", "drill"], nil),
        (["registry", "show", "prompts"], nil),
        (["registry", "link"], nil),
        (["registry", "export", "gates"], nil),
        (["registry", "select", "genesis"], nil),
        (["explain", "README.md"], nil),
        (["owner", "README.md"], nil),
        (["chain", "README.md"], nil),
        (["validate", "registries/packages/PKG-DOCS.json"], nil),
        (["id", "allocate", "package", "AGENT"], nil),
        (["policy", "check", "../app"], nil),
        (["policy", "test", "../app", "--coverage"], nil),
        (["policy", "eval", "data.app", "--bundle", "../app", "--input", "../ann.json"], nil),
        (["policy", "explain", "data.app.allow", "--bundle", "../app"], nil),
        (["policy", "fmt", "../app"], nil),
        (["policy", "bench", "data.app.allow", "--bundle", "../app", "--count", "3"], nil),
        (["policy", "decide", "data.app.allow", "--bundle", "../app", "--mode", "audit"], nil),
        (
            [
                "policy", "bundle", "../app", "--out", "../built", "--name", "app", "--revision",
                "1.0.0",
            ], nil
        ),
        (["policy", "sign", "../built"], nil),
        (["policy", "trust"], nil),
        (["policy", "activate", "../built"], nil),
        (["policy", "rollback", "app"], nil),
        (["policy", "list"], nil),
        (["policy", "diff", "../built", "../app", "--inputs", "../lines.jsonl"], nil),
        (["gate", "list"], nil),
        (["gate", "check", "G0"], nil),
        (["ledger", "list"], nil),
        (["ledger", "show", "1"], nil),
        (["ledger", "query", "--limit", "2"], nil),
        (["ledger", "follow", "--cursor", "c0", "--count", "1"], nil),
        (["ledger", "checkpoint"], nil),
        (["ledger", "verify"], nil),
        (["ledger", "prove", "1"], nil),
        (["ledger", "witness", "request"], nil),
        (["ledger", "witness", "accept"], nil),
        (["ledger", "witness", "cosign", "--show-key"], nil),
        (["ledger", "repair"], nil),
        (["ledger", "archive", "../archive"], nil),
        (["ledger", "backup", "../backup"], nil),
        (["ledger", "restore", "../archive"], "-ledger/root"),
        (["ledger", "stats"], nil),
        (["ledger", "bench", "../bench", "--callers", "2", "--entries", "4"], nil),
        (["doctor"], nil),
        (["version"], nil),
        (["completions", "bash"], nil),
        (["owner", "assign", "docs/new.md", "--package", "PKG-DOCS"], "docs/new.md"),
        (["registry", "compile"], nil),
        (["registry", "import", "registries/file_ownership_registry.csv"], nil),
        (["quarantine"], "scratch.txt"),
        (["seal"], nil),
        (["seal", "verify"], nil),
        (["seal", "open"], nil),
    ]

    @Test(.covers("J05", "C10"))
    func `is what their JSON said before`() throws {
        var world = PolicyWorld().world
        world.surroundings.emit = { _ in }
        world.surroundings.startRole = { _ throws(HostFault) in Array(Self.wellConfined.utf8) }
        var seen: Set<String> = []
        func ask(_ arguments: [String], _ world: World) throws {
            let answer = world.call(arguments + ["--json"])
            let operation = try #require(Catalog.find(arguments)?.operation)
            #expect(answer.status == 0, "\(operation.name): \(answer.text)")
            #expect(answer.complained.isEmpty)
            seen.insert(operation.name)
            let json = try #require(answer.json, "\(operation.name) gave no JSON")
            try Snapshot.expect(shape(json, operation, world), is: "json/\(file(operation)).json")
        }
        try ask(["init", world.root, "--id", "sample", "--name", "Sample"], world)
        world.surroundings.workingDirectory = world.root
        activateEarlier(world)
        for (arguments, file) in Self.calls {
            if let file {
                if file.hasPrefix("-") {
                    try world.remove(String(file.dropFirst()))
                } else {
                    world.write(file, "# New\n")
                }
            }
            if arguments.last == "accept" {
                let (witnessed, key) = witnessed(world)
                try ask(arguments + ["--witness", key], witnessed)
            } else {
                try ask(arguments, world)
            }
        }
        let worlds = try PackageWorld()
        try ask(
            ["spec", "new", "SPEC-WREN", "--purpose", "Sings when the build is green."],
            worlds.author
        )
        try ask(["package", "signer", "list"], worlds.author)
        try ask(["package", "signer", "add"], worlds.author)
        try ask(["package", "pack", "PKG-CANARY", "--output", "../again"], worlds.author)
        try ask(["version", "checkpoint"], worlds.taker)
        try ask(["package", "verify", worlds.archive], worlds.taker)
        try ask(["package", "export", worlds.archive, "../layout"], worlds.taker)
        try ask(["package", "install", worlds.archive], worlds.taker)
        try worlds.run(worlds.taker, ["package", "uninstall", "PKG-CANARY", "--plan", "../plan"])
        try ask(["package", "apply", "../plan"], worlds.taker)
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        try ask(["package", "sync"], worlds.taker)
        try ask(["package", "list"], worlds.taker)
        try ask(["package", "show", "PKG-CANARY"], worlds.taker)
        try ask(["package", "history", "PKG-CANARY"], worlds.taker)
        try ask(["package", "audit", "PKG-CANARY"], worlds.taker)
        for words in ["list", "show VER-20261120080000", "diff VER-20261120080000"] {
            try ask(["version"] + words.split(separator: " ").map(String.init), worlds.taker)
        }
        try ask(["version", "rollback", "VER-20261120080000"], worlds.taker)
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        try ask(["package", "uninstall", "PKG-CANARY"], worlds.taker)
        try ask(["package", "signer", "revoke", worlds.builderKey()], worlds.author)
        let planes = try planesWorld()
        defer { _ = planes.call("down") }
        for words in Self.planeCalls { try ask(words, planes) }
        let asked = planes.call("ask", "hot", "How do things stand?", "--json").json
        let signed = try JSONValue(parsing: asked?["message"]?.string ?? "")
        let trace = signed["message"]?["traceparent"]?.string ?? ""
        try ask(["trace", String(trace.dropFirst(3).prefix(32))], planes)
        try ask(["halt", "hot"], planes)
        try ask(["resume", "hot"], planes)
        try ask(["restart", "first_order"], planes)
        try ask(["down"], planes)
        #expect(seen == Set(Catalog.operations.map(\.name)))
    }

    /// What planes that are up are asked.
    private static let planeCalls = [
        ["up", "--detach"], ["status"], ["plane", "list"],
        ["plane", "memory", "open", "hot", "INTENT-1"],
        ["plane", "bench", "hot", "meta", "--count", "2"],
        ["ask", "hot", "How do things stand?"], ["ledger", "reconcile"], ["logs", "hot"],
    ]

    /// A world whose supervisor is the program that was built.
    private func planesWorld() throws -> World {
        var world = try World.governed()
        let environment = ["HOME": world.place.path, "XDG_STATE_HOME": world.place.file("state")]
        world.surroundings.detach = { arguments throws(HostFault) in
            try CommandLineDoor.detach(
                arguments,
                running: .at(BuiltProgram.path),
                environment: environment
            )
        }
        return world
    }

    /// The world with the signature of a witness on its standard input, and the witness's key.
    private func witnessed(_ world: World) -> (World, String) {
        var world = world
        let request = world.call("ledger", "witness", "request").output
        let log = world.call("ledger", "verify", "--json").json?["logs"]?.array?.first
        world.surroundings.readInput = { _ in request }
        let signed = world.call(
            "ledger",
            "witness",
            "cosign",
            "--log",
            log?["key"]?.string ?? ""
        ).output
        world.surroundings.readInput = { _ in signed }
        let key = world.call("ledger", "witness", "cosign", "--show-key").said
        return (world, key.split(separator: "\n").first.map(String.init) ?? "")
    }

    /// What a rollback goes back to, and what two bundles are compared by.
    private func activateEarlier(_ world: World) {
        world.place.write(
            "lines.jsonl",
            "{\"query\": \"data.app.allow\", \"input\": {\"user\": \"root\"}}\n"
        )
        let words = [
            "bundle ../app --out ../earlier --name app --revision 0.9.0", "sign ../earlier",
            "activate ../earlier",
        ]
        for line in words {
            let done = world.call(["policy"] + line.split(separator: " ").map(String.init))
            #expect(done.status == 0, "\(line): \(done.text)")
        }
    }

    private func file(_ operation: Operations.Operation) -> String {
        operation.words.joined(separator: "-")
    }

    /// The answer as people read it, without what a new document of the law or another machine changes:
    /// digests, large numbers, and all but the first three elements of a list.
    private func shape(
        _ json: JSONValue,
        _ operation: Operations.Operation,
        _ world: World
    ) -> String {
        var json = json
        if operation.name == "doctor", var object = json.object {
            // What a machine has is not what a snapshot can know.
            object["checks"] = .array(
                (json["checks"]?.array ?? []).map { check in
                    var fields = check.object ?? JSONObject()
                    fields["found"] = "<found>"
                    fields["good"] = true
                    return .object(fields)
                }
            )
            json = .object(object)
        }
        if operation.words == ["ledger", "bench"], let object = json.object {
            json = .object(JSONObject(object.members.map { ($0.key, "<measured>") }))
        }
        let text = String(
            decoding: cut(json, keepsLists: operation.name == "doctor").pretty,
            as: UTF8.self
        )
        return text.replacing("/" + world.place.path, with: "<place>")
            .replacing(world.place.path, with: "<place>")
    }

    private func cut(_ json: JSONValue, keepsLists: Bool) -> JSONValue {
        if let object = json.object {
            return .object(
                JSONObject(object.members.map { ($0.key, cut($0.value, keepsLists: keepsLists)) })
            )
        }
        if let list = json.array {
            let few = list.prefix(keepsLists ? list.count : 3)
                .map { cut($0, keepsLists: keepsLists) }
            return .array(few.count < list.count ? few + ["<more>"] : few)
        }
        if let text = json.string, text.utf8.count == 64, text.allSatisfy(\.isHexDigit) {
            return "<digest>"
        }
        if let text = json.string, text.hasPrefix("sha256:") { return "<digest>" }
        if let text = json.string, text.hasPrefix("uid ") || text.hasPrefix("uid:") {
            return "<uid>"
        }
        if let text = json.string, text.contains("\n\u{2014} ") { return "<note>" }
        if let text = json.string, let shown = shown(text) { return .string(shown) }
        // The key of a log is made when the log begins, and is as random as a key must be.
        if let text = json.string, text.hasPrefix("charter/sample/"), text.contains("+") {
            return "<verifier>"
        }
        if let number = json.integer, number > 9 { return "<number>" }
        return json
    }

    /// What stands for a text that another run has otherwise: ids, times of now, places of sockets.
    private func shown(_ text: String) -> String? {
        if text.hasPrefix("{\"message\":") { return "<message>" }
        if text.hasPrefix("00-") && text.utf8.count == 55 { return "<traceparent>" }
        if text.utf8.count == 32, text.allSatisfy(\.isHexDigit) { return "<trace>" }
        for kind in ["message:m-", "thread:t-", "trace:"] where text.hasPrefix(kind) {
            return kind + "<id>"
        }
        if text.contains("/charter/sample-") { return "<socket>" }
        // The world's own clock stands still on that day.
        if let time = Timestamp(text), time.seconds > 1_795_200_000 || time.seconds < 1_795_000_000
        {
            return "<time>"
        }
        return nil
    }

    private static let wellConfined = """
        {"demanded":"full","landlock_version":7,"no_new_privileges":true,"seccomp_filter":true,\
        "probes":{"network":"denied"},"outside":{"write":"denied"},"inside":{"write":"allowed"}}
        """
}
