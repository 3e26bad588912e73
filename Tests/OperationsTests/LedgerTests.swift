import Canon
import Crypto
import Foundation
import Host
import Integrity
import Ledger
import Operations
import Support
import Synchronization
import Testing

struct `The log of a root` {
    private func entries(_ world: World, _ arguments: String...) throws -> [JSONValue] {
        let answer = world.call(["ledger", "query", "--limit", "10000", "--json"] + arguments)
        try #require(answer.status == 0, "\(answer.text)")
        return answer.json?["entries"]?.array ?? []
    }

    private func kinds(_ world: World, _ plane: String) throws -> Set<String> {
        Set(try entries(world, "--plane", plane).compactMap { $0["event"]?.string })
    }

    @Test(.covers("B07", "D26"))
    func `holds each change that a command makes, before and after it`() throws {
        let world = try World.governed()
        world.write("docs/new.md", "# New\n")
        #expect(world.call("owner", "assign", "docs/new.md", "--package", "PKG-DOCS").status == 0)
        #expect(world.call("registry", "compile").status == 0)
        world.write("stray.txt", "stray\n")
        #expect(world.call("quarantine").status == 0)
        #expect(world.call("seal").status == 0)
        // A sealed root refuses, and that is on record too.
        #expect(world.call("registry", "compile").status == 1)
        #expect(world.call("seal", "open").status == 0)
        let found = try entries(world)
        for kind in ["owner_assign", "registry_compile", "quarantine", "seal", "seal_open"] {
            let own = found.filter { $0["event"]?.string == kind }
            #expect(own.count >= 2 && own.count.isMultiple(of: 2), "\(kind)")
            for pair in stride(from: 0, to: own.count, by: 2) {
                #expect(own[pair]["phase"]?.string == "attempt")
                #expect(own[pair + 1]["answers"]?.string == own[pair]["digest"]?.string)
            }
        }
        let denied = try entries(world, "--outcome", "denied")
        #expect(denied.map { $0["event"]?.string } == ["registry_compile"])
        #expect(try entries(world, "--open") == [])
        #expect(world.call("ledger", "verify").status == 0)
    }

    @Test(.covers("B23"))
    func `says of a file who changed it, and when`() throws {
        let world = try World.governed()
        world.write("docs/new.md", "# New\n")
        #expect(world.call("owner", "assign", "docs/new.md", "--package", "PKG-DOCS").status == 0)
        #expect(world.call("registry", "compile").status == 0)
        world.write("docs/new.md", "# Newer\n")
        #expect(world.call("registry", "compile", "--accept").status == 0)
        let answer = world.call("explain", "docs/new.md", "--json").json
        #expect(
            answer?["changes"]?.array?.map { $0["event"]?.string } == [
                "registry_compile", "owner_assign",
            ]
        )
        #expect(answer?["changes"]?.array?.first?["time"]?.string == "2026-11-20T08:00:00Z")
        #expect(world.call("explain", "docs/new.md").said.contains("changed   by uid:"))
        #expect(
            world.call("explain", "README.md").said.contains("never, since the ledger")
                || world.call("explain", "README.md").said.contains("changed   by")
        )
    }

    @Test func `lets nothing be done that it cannot record`() throws {
        let world = try World.governed()
        world.write("docs/new.md", "# New\n")
        func assign() -> CommandLineDoor.Response {
            world.call("owner", "assign", "docs/new.md", "--package", "PKG-DOCS", "--json")
        }
        // An event that the law does not know cannot be recorded.
        let path = world.root + "/ledger/event_map.json"
        let map = try String(contentsOfFile: path, encoding: .utf8)
        world.write(
            "ledger/event_map.json",
            map.replacing("\"kind\": \"owner_assign\"", with: "\"kind\": \"owner_assigned\"")
        )
        #expect(assign().faultCode == "ledger.event-unregistered")
        world.write("ledger/event_map.json", "{}")
        #expect(assign().faultCode == "ledger.event-map")
        world.write("ledger/event_map.json", map)
        // Another one writes.
        let directory = try Directory.open(world.root + "/ledger/root")
        var lock: FileLock? = try FileLock.acquire("log.lock", in: directory)
        #expect(assign().faultCode == "host.locked")
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(!FileManager.default.fileExists(atPath: world.root + "/docs/.file_registry.csv"))
        #expect(assign().status == 0)
    }

    @Test func `is not written on when it was damaged`() throws {
        let world = try World.governed()
        let log = world.root + "/ledger/root/log.sqlite3"
        let sql =
            "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'uid:', 'uid:9') AS BLOB) WHERE idx = 1"
        #expect(try Command.run("sqlite3", [log, sql]).status == 0)
        #expect(world.call("registry", "compile", "--json").status != 1)
        let verified = world.call("ledger", "verify", "--json")
        #expect(verified.status == 1)
        let finding = verified.json?["logs"]?.array?.first?["findings"]?.array?.first
        #expect(finding?["code"]?.string?.hasPrefix("ledger.verify.") == true)
        #expect(finding?["next"]?.string?.isEmpty == false)
    }

    /// Whoever can write the root, and has no key, takes the log away or puts an older one back.
    @Test(.covers("B13"))
    func `is missed when it is gone, and known from an older copy of itself`() throws {
        let world = try World.governed()
        let log = world.root + "/ledger/root"
        func change(_ text: String) -> CommandLineDoor.Response {
            world.write("README.md", text)
            return world.call("registry", "compile", "--accept", "--json")
        }
        #expect(change("# One\n").status == 0)
        #expect(try Command.run("/bin/cp", ["-a", log, world.place.file("older")]).status == 0)
        #expect(change("# Two\n").status == 0)
        #expect(try Command.run("/bin/mv", [log, world.place.file("log")]).status == 0)
        #expect(change("# Three\n").faultCode == "integrity.log-gone")
        #expect(world.call("ledger", "verify").status == 1)
        func put(_ name: String) throws {
            try? FileManager.default.removeItem(atPath: log)
            #expect(try Command.run("/bin/cp", ["-a", world.place.file(name), log]).status == 0)
        }
        try put("older")
        #expect(change("# Three\n").faultCode == "integrity.log-rolled-back")
        let judged = world.call("ledger", "verify", "--json").json?["logs"]?.array?.first
        #expect(judged?["findings"]?.array?.first?["code"]?.string == "ledger.verify.truncated")
        try put("log")
        #expect(change("# Three\n").status == 0)
        #expect(world.call("ledger", "verify").status == 0)
        // What is remembered is read strictly, and only a person takes it away.
        let state = world.surroundings.stateHome + "/charter/sample"
        for name in try FileManager.default.contentsOfDirectory(atPath: state)
        where name.hasSuffix(".head.json") {
            try Data("{}".utf8).write(to: URL(fileURLWithPath: state + "/" + name))
        }
        #expect(change("# Four\n").faultCode == "integrity.log-memory")
    }

    @Test func `cannot be left out by taking its law away, or verified without a key`() throws {
        var world = try World.governed()
        world.write("stray.txt", "stray\n")
        let law = world.root + "/ledger/control_plane_chain.json"
        #expect(try Command.run("/bin/mv", [law, world.place.file("law")]).status == 0)
        #expect(world.call("quarantine", "--json").faultCode == "ledger.chain-parameters")
        #expect(try Command.run("/bin/mv", [world.place.file("law"), law]).status == 0)
        #expect(world.call("quarantine").status == 0)
        #expect(world.call("ledger", "verify").status == 0)
        // A key of another log verifies nothing, and neither does no key at all.
        let own = world.call("ledger", "verify", "--json").json?["logs"]?.array?.first
        let key = try #require(own?["key"]?.string)
        #expect(world.call("ledger", "verify", "--key", key).status == 0)
        let other = try NoteVerifier(
            name: "charter/other/root",
            algorithm: .log,
            key: NoteVerifier(vkey: key).key
        )
        #expect(world.call("ledger", "verify", "--key", other.description).status == 64)
        world.surroundings.stateHome = world.place.file("elsewhere")
        #expect(world.call("ledger", "verify").status == 64)
        #expect(world.call("ledger", "verify", "--key", key).status == 0)
    }

    @Test func `is begun once, however many begin it`() throws {
        let world = try World.governed()
        let answers = Mutex<[Int32]>([])
        WorkerThreads.run(4) { _ in
            let status = world.call("ledger", "checkpoint", "--plane", "hot").status
            answers.withLock { $0.append(status) }
        }
        // Each was first, or was told that another one writes.
        #expect(answers.withLock { $0 }.allSatisfy { $0 == 0 || $0 == 2 })
        #expect(world.call("ledger", "checkpoint", "--plane", "hot").status == 0)
        #expect(world.call("ledger", "verify", "--plane", "hot").status == 0)
    }

    @Test func `says when something was done whose end it could not record`() throws {
        let world = try World.governed()
        let ledgers = try ledgers(world)
        let draft = EntryDraft("registry_compile", by: RootLedger.actor)
        let fault = #expect(throws: IntegrityFault.self) {
            try ledgers.acting(draft) {
                () throws(IntegrityFault) -> (Void, AttemptOutcome, JSONValue?) in
                // Somebody locks the file behind the log's back, for longer than it waits.
                let locked = try? Command.run(
                    "sqlite3",
                    [world.root + "/ledger/root/log.sqlite3", "DROP TABLE entry"]
                )
                return ((), locked?.status == 0 ? .succeeded : .failed, nil)
            }
        }
        #expect(fault?.code == "integrity.outcome-unrecorded")
        #expect(fault?.cause != nil)
    }

    @Test func `can be verified where nothing can be written`() throws {
        let world = try World.governed()
        #expect(world.call("ledger", "archive", "../archive").status == 0)
        let log = world.root + "/ledger/root"
        #expect(try Command.run("/bin/chmod", ["-R", "a-w", log]).status == 0)
        #expect(world.call("ledger", "verify").status == 0)
        #expect(world.call("ledger", "query").status == 0)
        // A link in the place of the log leads nowhere.
        #expect(try Command.run("/bin/chmod", ["-R", "u+w", log]).status == 0)
        let moved = world.place.file("moved")
        #expect(
            try Command.run("/bin/mv", [log + "/log.sqlite3", moved]).status == 0
                && Command.run("/bin/ln", ["-s", moved, log + "/log.sqlite3"]).status == 0
        )
        #expect(world.call("ledger", "verify", "--json").faultCode == "host.symbolic-link")
        world.write("README.md", "# Changed\n")
        let refused = world.call("registry", "compile", "--accept", "--json")
        #expect(refused.faultCode == "host.symbolic-link")
    }

    @Test(.covers("A23"))
    func `is followed from a place that is kept, and nothing is lost or said twice`() throws {
        var world = try World.governed()
        world.write("README.md", "# Changed\n")
        #expect(world.call("registry", "compile", "--accept").status == 0)
        let said = Mutex<[UInt8]>([])
        world.surroundings.emit = { bytes in said.withLock { $0 += bytes } }
        for count in ["3", "1", "2"] {
            let answer = world.call(
                "ledger",
                "follow",
                "--position",
                "../place",
                "--count",
                count,
                "--json"
            )
            #expect(answer.status == 0, "\(answer.text)")
        }
        let lines = said.withLock { $0 }.split(separator: 0x0A)
        let indices = try lines.map { try JSONValue(parsing: Array($0))["index"]?.integer }
        #expect(indices == [0, 1, 2, 3, 4, 5])
        #expect(String(decoding: try world.place.read("place"), as: UTF8.self) == "c6\n")
    }

    /// Entries as the schema of FMWK-200 has them: the documents are judged by the law itself.
    @Test(.covers("B02"))
    func `holds entries that their schema accepts`() throws {
        let world = try World.governed()
        world.write("README.md", "# Changed\n")
        #expect(world.call("registry", "compile", "--accept").status == 0)
        let size = world.call("ledger", "stats", "--json").json?["entries"]?.integer ?? 0
        #expect(size > 5)
        var documents: [String: JSONValue] = [:]
        for index in 0..<size {
            let raw = world.call("ledger", "show", "\(index)", "--raw").output
            documents["\(index).json"] = try JSONValue(parsing: raw)
        }
        #expect(try World.reading().refused(documents).isEmpty)
    }

    @Test(.covers("B25"))
    func `is exempt by a policy, and by nothing else`() throws {
        let world = try World.governed()
        #expect(world.call("integrity", "check").status == 0)
        let path = world.root + "/registries/policies/POL-EXEMPT-001.json"
        let policy = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
        guard case .object(var object) = policy else { return }
        object["exemptions"] = .array(
            (policy["exemptions"]?.array ?? []).filter {
                $0["pattern"]?.string?.hasPrefix("ledger/") != true
            }
        )
        world.write(
            "registries/policies/POL-EXEMPT-001.json",
            String(decoding: JSONValue.object(object).pretty, as: UTF8.self)
        )
        let answer = world.call("integrity", "check", "--json")
        #expect(answer.status == 1)
        #expect(answer.text.contains("ledger/root/log.sqlite3"))
    }

    @Test(.covers("B05"))
    func `is listed with those of the planes, and the limits of their tiers`() throws {
        let world = try World.governed()
        let planes = world.call("ledger", "list", "--json").json?["planes"]?.array ?? []
        #expect(planes.map { $0["plane"]?.string } == ["root", "hot", "meta", "first_order"])
        #expect(planes.map { $0["limit"]?.integer } == [0, 1, 7, 1024])
        #expect(planes[0]["begun"]?.bool == true && planes[1]["begun"]?.bool == false)
    }

    /// Every kind in the map is written by something; one that never is would be a promise unkept.
    @Test(.covers("B08"))
    func `knows no event that nothing writes`() throws {
        var world = try World.governed()
        let path = world.root + "/ledger/event_map.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let map = try EventMap(parsing: Array(text.utf8), defaultDays: 365)
        // Bodies of one kind may go in this root, so that they do.
        let kind = try #require(text.range(of: "\"kind\": \"quarantine\""))
        let bodies = try #require(
            text.range(of: "\"keep\"", range: kind.upperBound..<text.endIndex)
        )
        world.write(
            "ledger/event_map.json",
            text.replacingCharacters(in: bodies, with: "\"retention\"")
        )
        func done(_ arguments: String..., status: Int32 = 0) {
            let answer = world.call(arguments)
            #expect(answer.status == status, "\(arguments): \(answer.text)")
        }
        world.write("docs/new.md", "# New\n")
        done("id", "allocate", "package", "AGENT")
        done("owner", "assign", "docs/new.md", "--package", "PKG-DOCS")
        done("registry", "compile", "--accept")
        done("spec", "new", "SPEC-WREN", "--purpose", "Sings when the build is green.")
        done("registry", "import", "registries/file_ownership_registry.csv")
        world.write("docs/.file_registry.csv", "file_path,owner_id,owner_registry,content_hash\n")
        _ = world.call("registry", "import", "registries/file_ownership_registry.csv")
        world.write("stray.txt", "stray\n")
        done("quarantine")
        done("seal")
        done("seal", "open")
        world.place.write("app/app.rego", PolicyWorld.policy)
        world.place.write("app/app_test.rego", PolicyWorld.tests)
        world.place.write("app/data.json", "{\"readers\": [\"ann\", \"bob\"]}")
        for line in [
            "policy bundle ../app --out ../built --name app --revision 1.0.0",
            "policy sign ../built", "policy activate ../built",
        ] {
            let answer = world.call(line.split(separator: " ").map(String.init))
            #expect(answer.status == 0, "\(line): \(answer.text)")
        }
        try exerciseLedgers(world)
        done("ledger", "checkpoint", "--rotate-key")
        try witness(&world)
        try fillBlock(world)
        // More than a year later.
        world.surroundings.clock = .fixed(1_795_161_600_000_000_000 + 400 * 86_400_000_000_000)
        done("ledger", "archive", "../archive", "--close-segment", "--drop-bodies")
        done("owner", "assign", "docs/new.md", "--package", "PKG-DOCS")
        let log = world.root + "/ledger/root/log.sqlite3"
        let last = try #require(world.call("ledger", "stats", "--json").json?["entries"]?.integer)
        let sql = "UPDATE entry SET bytes = x'00' WHERE idx = \(last - 1)"
        #expect(try Command.run("sqlite3", [log, sql]).status == 0)
        done("ledger", "repair")
        let worlds = try PackageWorld()
        try worlds.run(worlds.taker, ["version", "checkpoint"])
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        let damaged = worlds.taker.surroundings.workingDirectory + "/agents/canary/README.md"
        try Data("other\n".utf8).write(to: URL(fileURLWithPath: damaged))
        try worlds.run(worlds.taker, ["package", "sync"])
        try worlds.run(worlds.taker, ["version", "rollback", "VER-20261120080000"])
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        try worlds.run(worlds.taker, ["package", "uninstall", "PKG-CANARY"])
        let seen = try kinds(world, "root").union(kinds(world, "meta"))
            .union(kinds(worlds.author, "root")).union(kinds(worlds.taker, "root"))
        // What planes and their supervisor write is seen where they run: `write every event of theirs`.
        let others = map.kinds.filter { kind in
            ["plane", "message"].contains(kind.group) || kind.name.hasPrefix("plane_")
                || kind.name == "wire_refused"
        }
        #expect(
            Set(map.kinds.map(\.name)).subtracting(seen).subtracting(others.map(\.name)) == []
        )
        done("ledger", "verify")
    }

    private func ledgers(_ world: World) throws -> RootLedger {
        RootLedger(
            try GovernedRoot(path: world.root, stateHome: world.surroundings.stateHome),
            clock: world.surroundings.clock,
            randomness: world.surroundings.randomness
        )
    }

    private func fillBlock(_ world: World) throws {
        let log = try ledgers(world).open(.root)
        let draft = EntryDraft("root_genesis", by: RootLedger.actor)
        try log.record(all: [EntryDraft](repeating: draft, count: 300))
        try log.close()
    }

    private func exerciseLedgers(_ world: World) throws {
        let log = try ledgers(world).open(.meta)
        let actor = RootLedger.actor
        let name = try #require(LedgerName("WO-1"))
        _ = try log.open(name, for: .workOrder, from: "meta/governance", by: actor)
        _ = try log.park(name, by: actor)
        _ = try log.resume(name, by: actor)
        _ = try log.finish(name, by: actor)
        // The root keeps no memory ledgers.
        let other = try #require(LedgerName("T-1"))
        _ = try log.open(other, for: .task, from: "x", by: actor)
        _ = try log.checkpoint()
        try log.close()
    }

    private func witness(_ world: inout World) throws {
        let request = world.call("ledger", "witness", "request").output
        let log = world.call("ledger", "verify", "--plane", "root", "--json")
        let key = try #require(log.json?["logs"]?.array?.first?["keys"]?.array?.last?.string)
        world.surroundings.readInput = { _ in request }
        let signed = world.call("ledger", "witness", "cosign", "--log", key)
        #expect(signed.status == 0, "\(signed.text)")
        world.surroundings.readInput = { _ in signed.output }
        let own = world.call("ledger", "witness", "cosign", "--show-key").said
        let vkey = try #require(own.split(separator: "\n").first.map(String.init))
        let accepted = world.call("ledger", "witness", "accept", "--witness", vkey)
        #expect(accepted.status == 0, "\(accepted.text)")
        // A second installation refuses a log that it was not told of.
        world.surroundings.readInput = { _ in request }
        #expect(world.call("ledger", "witness", "cosign").status == 1)
    }
}
