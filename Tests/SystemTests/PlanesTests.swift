import Canon
import Foundation
import Host
import Support
import Testing

/// Whole stacks as processes; one at a time, so that each has the machine it counts on.
@Suite(.serialized)
struct `Three planes that run` {
    /// A root whose planes are up; they end with the value.
    private final class Stack {
        let machine: Machine

        init(options: [String] = [], prepare: (Machine) throws -> Void = { _ in }) throws {
            machine = try Machine.governed()
            try prepare(machine)
            let up = try machine.charter(["up", "--detach", "--json"] + options)
            try #require(up.status == 0, "\(up.text)")
        }

        deinit { _ = try? machine.charter("down") }

        func status() throws -> JSONValue {
            try #require(try machine.charter("status", "--json").json)
        }

        func plane(_ id: String) throws -> JSONValue {
            try #require(try status()["planes"]?.array?.first { $0["id"]?.string == id })
        }

        func state(_ id: String) throws -> String { try plane(id)["state"]?.string ?? "" }

        func process(_ id: String) throws -> Int32 {
            Int32(try #require(try plane(id)["process"]?["pid"]?.integer))
        }

        /// Waits for something that must come, looking again and again.
        func eventually(
            _ what: String,
            seconds: UInt64 = 20,
            _ holds: () throws -> Bool
        ) throws {
            let end = Clock.system.monotonic + seconds * 1_000_000_000
            while try !holds() {
                try #require(Clock.system.monotonic < end, "\(what) did not come")
            }
        }

        func verifyAll() throws {
            for plane in ["root", "hot", "meta", "first_order"] {
                let verdict = try machine.charter("ledger", "verify", "--plane", plane)
                #expect(verdict.status == 0, "\(plane): \(verdict.text)")
            }
            let reconciled = try machine.charter("ledger", "reconcile")
            #expect(reconciled.status == 0, "\(reconciled.text)")
        }
    }

    @Test(.covers("A01", "A02", "A21", "H09"))
    func `are three processes of one program, and nothing is left of them`() throws {
        let stack = try Stack()
        let planes = try #require(try stack.status()["planes"]?.array)
        #expect(planes.map { $0["state"]?.string } == ["UP", "UP", "UP"])
        let digests = Set(planes.map { $0["process"]?["executable_digest"]?.string })
        #expect(digests.count == 1)
        #expect(Set(planes.map { $0["process"]?["pid"]?.integer }).count == 3)
        for plane in planes {
            #expect(plane["confinement"]?["effective"]?.string == "all that is configured")
        }
        if Machine.isSuperuser {
            #expect(Set(planes.map { $0["user"]?.integer }).count == 3)
        }
        let socket = try #require(planes[1]["socket"]?.string)
        let slash = try #require(socket.lastIndex(of: "/"))
        let place = try Directory.open(String(socket[..<slash]))
        #expect(try place.facts(of: "meta")?.permissions == 0o600)
        #expect(try place.facts(of: "control")?.permissions == 0o600)
        // No TCP port is opened by any of them.
        for plane in planes {
            let number = try #require(plane["process"]?["pid"]?.integer)
            let links = try stack.machine.shell("ls -l /proc/\(number)/fd | grep -c 'socket:'")
            #expect(links.status == 0)
        }
        #expect(try stack.machine.charter("up", "--detach").text.contains("planes.already-up"))
        #expect(try stack.machine.charter("down").status == 0)
        for plane in planes {
            let number = try #require(plane["process"]?["pid"]?.integer)
            #expect(!FileManager.default.fileExists(atPath: "/proc/\(number)"))
        }
        #expect(try place.facts(of: "meta") == nil)
        #expect(try place.facts(of: "control") == nil)
        #expect(try stack.machine.charter("logs").output.contains("nothing was printed"))
        let after = try stack.machine.charter("ask", "hot", "Is anybody there now?")
        #expect(after.text.contains("planes.not-up"))
        try stack.verifyAll()
    }

    @Test(.covers("A11", "I04", "A04"))
    func `answer in words, and one trace leads through all of them`() throws {
        let stack = try Stack()
        let asked = try stack.machine.charter(
            "ask",
            "hot",
            "How do things stand?",
            "--via",
            "meta,first_order"
        )
        #expect(asked.status == 0, "\(asked.text)")
        #expect(asked.output.contains("Meta says:"))
        #expect(asked.output.contains("First Order says:"))
        let trace = try #require(asked.output.split(separator: "trace ").last)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let followed = try #require(try stack.machine.charter("trace", trace, "--json").json)
        let planes = (followed["entries"]?.array ?? []).compactMap { $0["plane"]?.string }
        // HOT hears the human, asks Meta, which asks First Order; and the answers come back.
        #expect(planes.filter { $0 == "hot" }.count == 4)
        #expect(planes.filter { $0 == "meta" }.count == 4)
        #expect(planes.filter { $0 == "first_order" }.count == 2)
        let skipped = try stack.machine.charter(
            "ask",
            "hot",
            "How do things stand?",
            "--via",
            "first_order"
        )
        #expect(skipped.output.contains("HOT does not send to First Order"))
        let direct = try stack.machine.charter("ask", "first_order", "How do things stand?")
        #expect(direct.status == 1)
        #expect(direct.output.contains("planes.boundary-receive"))
        #expect(try stack.machine.charter("down").status == 0)
        try stack.verifyAll()
    }

    @Test(.covers("D06", "A13"))
    func `halt one whose files are changed, and only that one`() throws {
        let stack = try Stack()
        let good = try stack.machine.text("planes/meta/tier.json")
        stack.machine.write("planes/meta/tier.json", good + " ")
        try stack.eventually("HALTED") { try stack.state("meta") == "HALTED" }
        let meta = try stack.plane("meta")
        #expect(meta["halt"]?["reason"]?.string?.contains("planes/meta/tier.json") == true)
        #expect(meta["halt"]?["rule"]?.string?.isEmpty == false)
        #expect(try stack.state("hot") == "UP")
        #expect(try stack.state("first_order") == "UP")
        #expect(try stack.machine.charter("ask", "hot", "Are you still there?").status == 0)
        let refused = try stack.machine.charter("resume", "meta")
        #expect(refused.status == 1, "\(refused.text)")
        #expect(try stack.state("meta") == "HALTED")
        stack.machine.write("planes/meta/tier.json", good)
        let resumed = try stack.machine.charter("resume", "meta")
        #expect(resumed.status == 0, "\(resumed.text)")
        #expect(try stack.state("meta") == "UP")
        let asked = try stack.machine.charter(
            "ask",
            "hot",
            "How do things stand?",
            "--via",
            "meta"
        )
        #expect(asked.output.contains("Meta says:"), "\(asked.text)")
        #expect(try stack.machine.charter("down").status == 0)
        try stack.verifyAll()
    }

    @Test(.covers("A02", "A03"))
    func `do not start over a law that is not whole`() throws {
        let machine = try Machine.governed()
        let good = try machine.text("registries/root.json")
        machine.write("registries/root.json", good + " ")
        let refused = try machine.charter("up", "--detach")
        #expect(refused.status == 1, "\(refused.text)")
        #expect(try machine.charter("status").status == 1)
        machine.write("registries/root.json", good)
        // A plane whose own file is another is halted and never started; the others serve.
        let tier = try machine.text("planes/hot/tier.json")
        machine.write("planes/hot/tier.json", tier + " ")
        let up = try machine.charter("up", "--detach", "--json")
        #expect(up.status == 0, "\(up.text)")
        defer { _ = try? machine.charter("down") }
        let planes = up.json?["planes"]?.array ?? []
        #expect(planes.map { $0["state"]?.string } == ["HALTED", "UP", "UP"])
        #expect(planes.first?["process"] == nil)
        #expect(try machine.charter("resume", "hot").status == 1)
        machine.write("planes/hot/tier.json", tier)
        #expect(try machine.charter("resume", "hot").status == 0)
        let asked = try machine.charter("ask", "hot", "How do things stand?")
        #expect(asked.output.contains("I keep no intent"), "\(asked.text)")
    }

    @Test(.covers("A17"))
    func `go on under another law once it is accepted`() throws {
        let stack = try Stack()
        let machine = stack.machine
        let before = try #require(try stack.plane("meta")["rounds"]?.integer)
        try machine.replace(
            "\"max_active_memory_ledgers\": 7",
            with: "\"max_active_memory_ledgers\": 1",
            in: "planes/meta/tier.json"
        )
        try stack.eventually("HALTED") { try stack.state("meta") == "HALTED" }
        let compiled = try machine.charter("registry", "compile", "--accept")
        #expect(compiled.status == 0, "\(compiled.text)")
        for plane in ["hot", "meta", "first_order"]
        where try stack.state(plane) == "HALTED" {
            let resumed = try machine.charter("resume", plane)
            #expect(resumed.status == 0, "\(resumed.text)")
        }
        try stack.eventually("UP") { try stack.state("meta") == "UP" }
        #expect(try #require(try stack.plane("meta")["rounds"]?.integer) > before)
        #expect(try machine.charter("plane", "memory", "open", "meta", "WO-1").status == 0)
        #expect(try machine.charter("plane", "memory", "open", "meta", "WO-2").status == 1)
        #expect(try machine.charter("down").status == 0)
        try stack.verifyAll()
    }

    @Test(.covers("D06"))
    func `halt one whose ledger stops verifying`() throws {
        let stack = try Stack(options: ["--check-seconds", "1"])
        #expect(try stack.machine.charter("ask", "hot", "How do things stand?").status == 0)
        #expect(try stack.state("hot") == "UP")
        // Somebody with enough power rewrites an entry behind the plane's back.
        let changed = try Command.run(
            "sqlite3",
            [
                stack.machine.root + "/ledger/hot/log.sqlite3",
                ".timeout 5000",
                "UPDATE entry SET bytes = cast(replace(cast(bytes AS TEXT), 'hot', 'hat') AS BLOB) "
                    + "WHERE idx = 2",
            ]
        )
        #expect(changed.status == 0, "\(changed.text)")
        try stack.eventually("HALTED") { try stack.state("hot") == "HALTED" }
        #expect(try stack.plane("hot")["halt"]?["reason"]?.string?.contains("ledger/hot") == true)
        #expect(try stack.state("meta") == "UP")
        #expect(try stack.machine.charter("ask", "meta", "Are you still there?").status == 0)
        let refused = try stack.machine.charter("resume", "hot")
        #expect(refused.status == 1, "\(refused.text)")
    }

    @Test(.covers("A14", "A15"))
    func `cannot reach what is not theirs`() throws {
        let stack = try Stack()
        let checked = try stack.machine.charter("doctor", "--json")
        let checks = checked.json?["checks"]?.array ?? []
        for plane in ["hot", "meta", "first_order"] {
            let tried = checks.filter { $0["name"]?.string?.hasPrefix(plane + ": ") == true }
            #expect(tried.count >= 20, "\(plane): \(checked.text.prefix(500))")
            for deed in tried {
                #expect(deed["good"]?.bool == true, "\(String(decoding: deed.line, as: UTF8.self))")
            }
            let denied = tried.filter { $0["wanted"]?.string == "denied" }.compactMap {
                $0["name"]?.string
            }
            for deed in [
                "write the law", "open a network socket", "run a program", "signal its supervisor",
            ] {
                #expect(denied.contains("\(plane): \(deed)"))
            }
        }
    }

    /// A frame as it goes over a socket.
    private func frame(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count + 1
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [kind] + payload
    }

    private func hello(_ party: String) -> [UInt8] {
        let nonce = String(repeating: "0", count: 64)
        let text =
            #"{"nonce":"\#(nonce)","party":"\#(party)","protocol":"charter-wire","versions":[1]}"#
        return frame(1, Array(text.utf8))
    }

    @Test(.covers("A12"))
    func `serve on, whatever strangers try`() throws {
        let stack = try Stack()
        let socket = try #require(try stack.plane("meta")["socket"]?.string)
        let control = try #require(try stack.status()["supervisor"]?["control"]?.string)
        for path in [socket, control] {
            // Who speaks for a plane, another protocol, too much, half of something, or nothing.
            var idle: [UnixSocket] = []
            let random = Randomness.seeded(7)
            var tries: [[UInt8]] = [
                hello("hot"), hello("supervisor"), frame(6, []),
                Array("GET / HTTP/1.1\r\n\r\n".utf8),
                [0xFF, 0xFF, 0xFF, 0xFF, 1], hello("agent") + [0x7F, 0xFF, 0xFF, 0xFF],
                hello("human") + [0x7F, 0xFF, 0xFF, 0xFF], hello("agent").dropLast(5) + [],
                hello("agent") + frame(4, [1, 2, 3]), hello("agent") + frame(99, []),
            ]
            for _ in 0..<40 { tries.append(random.bytes(Int(random.number() % 300) + 1)) }
            for bytes in tries {
                let stranger = try UnixSocket.connect(path)
                try? stranger.send(bytes)
                try? stranger.finishSending()
                // It is closed from the other end, sooner or later.
                while let came = try? stranger.receive(bytesMax: 65_536).bytes, !came.isEmpty {}
            }
            for _ in 0..<200 {
                if let stranger = try? UnixSocket.connect(path) { idle.append(stranger) }
            }
            #expect(idle.count > 100)
            idle = []
        }
        // A message that says it is from HOT, on the connection of an agent.
        let agent = try UnixSocket.connect(socket)
        try agent.send(hello("agent"))
        let answer = try agent.receive(bytesMax: 65_536).bytes
        #expect(answer.count > 5 && answer[4] == 1)
        let forged = try message(from: "hot")
        try agent.send(frame(6, [0, 0, 0, 0, 0, 0, 0, 9] + forged))
        let refused = String(decoding: try agent.receive(bytesMax: 65_536).bytes, as: UTF8.self)
        #expect(refused.contains("planes.sender-forged"), "\(refused)")
        let honest = try message(from: "agent")
        try agent.send(frame(6, [0, 0, 0, 0, 0, 0, 0, 10] + honest))
        let heard = String(decoding: try agent.receive(bytesMax: 65_536).bytes, as: UTF8.self)
        #expect(heard.contains("I hold no work order"), "\(heard)")
        // All of it is on the ledger, within bounds, and everybody serves on.
        #expect(try stack.state("meta") == "UP")
        #expect(try stack.machine.charter("ask", "meta", "Are you still there?").status == 0)
        #expect(try stack.machine.charter("down").status == 0)
        for plane in ["meta", "root"] {
            let found = try stack.machine.charter(
                "ledger",
                "query",
                "--plane",
                plane,
                "--event",
                "wire_refused",
                "--json",
                "--limit",
                "1000"
            )
            let count = found.json?["entries"]?.array?.count ?? 0
            #expect((1...30).contains(count), "\(plane) has \(count)")
        }
        try stack.verifyAll()
    }

    private func message(from: String) throws -> [UInt8] {
        let prompt = Repository.file("prompts/PROMPT-ASK/1.0.0/prompt.json")
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: prompt)))
        let digest = try Command.run("sha256sum", [prompt]).output.prefix(64)
        let text = try JSONValue(parsing: bytes)["text"]?.string ?? ""
        let question = "What do you hold?"
        let words = text.replacing("{{question}}", with: question).replacing(
            "{{route}}",
            with: "[]"
        )
        let id = String(repeating: from == "hot" ? "a" : "b", count: 32)
        let rest = """
            {"attention":{"budget":{"items":1,"seconds":1,"tokens":10},"policy":"POL-ATTENTION-001",\
            "priority":"normal","sources":[{"id":"meta/governance","kind":"ledger"}]},"context":[],\
            "expires":"2100-01-01T00:00:00Z","from":"\(from)","id":"m-\(id)",\
            "prompt":{"digest":"\(digest)","id":"PROMPT-ASK","version":"1.0.0"},\
            "schema_version":"1.0","sent":"2026-11-20T00:00:00Z","sequence":0,\
            "slots":{"question":"\(question)","route":[]},"thread":"t-\(id)","to":"meta",\
            "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",\
            "type":"prompt_message","verb":"ask"}
            """
        guard case .object(var object) = try JSONValue(parsing: rest) else { return [] }
        object["question"] = .string(words)
        return try JSONValue.object(object).canonicalBytes()
    }

    @Test(.covers("H37"))
    func `go on while one is stopped, and with it when it goes on`() throws {
        let stack = try Stack()
        let number = try stack.process("meta")
        #expect(kill(number, SIGSTOP) == 0)
        // The others answer, and the status says who does not.
        #expect(try stack.machine.charter("ask", "hot", "Are you still there?").status == 0)
        try stack.eventually("Silence") { try stack.plane("meta")["silent"]?.bool == true }
        let waiting = try stack.machine.charter(
            "ask",
            "hot",
            "How do things stand?",
            "--via",
            "meta",
            "--seconds",
            "1"
        )
        #expect(waiting.output.contains("No answer came in time"), "\(waiting.text)")
        #expect(kill(number, SIGCONT) == 0)
        let asked = try stack.machine.charter(
            "ask",
            "hot",
            "How do things stand?",
            "--via",
            "meta",
            "--seconds",
            "30"
        )
        #expect(asked.output.contains("Meta says:"), "\(asked.text)")
        #expect(try stack.machine.charter("down").status == 0)
        try stack.verifyAll()
    }

    @Test(.covers("A09", "A12"))
    func `write every event of theirs`() throws {
        let stack = try Stack()
        let machine = stack.machine
        #expect(try machine.charter("plane", "memory", "open", "meta", "WO-1").status == 0)
        let socket = try #require(try stack.plane("meta")["socket"]?.string)
        // Who speaks another protocol is closed, and that is recorded.
        let stranger = try UnixSocket.connect(socket)
        try stranger.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(try stranger.receive(bytesMax: 4096).bytes.isEmpty == false)
        #expect(try machine.charter("halt", "meta").status == 0)
        let late = try machine.charter(
            "ask",
            "hot",
            "How do things stand?",
            "--via",
            "meta",
            "--seconds",
            "1"
        )
        #expect(late.text.contains("No answer came in time"), "\(late.text)")
        #expect(try machine.charter("resume", "meta").status == 0)
        #expect(try machine.charter("restart", "first_order").status == 0)
        try stack.eventually("All three") {
            try stack.status()["planes"]?.array?.allSatisfy { $0["state"]?.string == "UP" } ?? false
        }
        try stack.eventually("A tick") { try events(machine, "meta").contains("loop_tick") }
        #expect(try machine.charter("down").status == 0)
        var seen: Set<String> = []
        for plane in ["root", "hot", "meta", "first_order"] {
            seen.formUnion(try events(machine, plane))
        }
        let map = try JSONValue(parsing: try machine.text("ledger/event_map.json"))
        for kind in map["events"]?.array ?? [] {
            let name = kind["kind"]?.string ?? ""
            let group = kind["group"]?.string ?? ""
            guard
                ["plane", "message"].contains(group) || name.hasPrefix("plane_")
                    || name == "wire_refused"
            else { continue }
            #expect(seen.contains(name), "nothing writes \(name)")
        }
        try stack.verifyAll()
    }

    private func events(_ machine: Machine, _ plane: String) throws -> Set<String> {
        let answer = try machine.charter(
            "ledger",
            "query",
            "--plane",
            plane,
            "--limit",
            "1000",
            "--json"
        )
        return Set((answer.json?["entries"]?.array ?? []).compactMap { $0["event"]?.string })
    }

    @Test(.covers("A02"))
    func `say why they did not start`() throws {
        let machine = try Machine.governed()
        #expect(try machine.charter("up", "--detach").status == 0)
        #expect(try machine.charter("down").status == 0)
        machine.write("ledger/hot/log.sqlite3", "This is no log at all, whoever reads it.")
        let failed = try machine.charter("up", "--detach", "--json")
        #expect(failed.status == 2)
        #expect(failed.faultCode == "planes.start-failed", "\(failed.text)")
        #expect(try machine.charter("status").text.contains("no supervisor is up"))
    }

    @Test(.covers("A14"))
    func `lose nothing when they are killed under load`() throws {
        let stack = try Stack()
        // Both ways at once, and a random plane, or two, killed again and again meanwhile.
        let load = try stack.machine.shell(
            """
            cd "$root"
            "$charter" plane bench hot meta --kept --count 3000 --outstanding 32 > "$root.a" 2>&1 &
            "$charter" plane bench meta first_order --kept --count 3000 --outstanding 32 > "$root.b" 2>&1 &
            for round in 1 2 3 4 5 6; do
                for plane in hot meta first_order; do
                    "$charter" status --json | grep -o '"process":{[^}]*}' \
                    | grep -o '"pid":[0-9]*' | tr -dc '0-9\\n' | shuf -n $((round % 2 + 1)) \
                    | xargs kill -9 2>/dev/null
                    "$charter" ask meta 'Are you there again?' --via first_order --seconds 20 > /dev/null 2>&1
                done
            done
            wait
            """
        )
        #expect(load.status == 0, "\(load.text)")
        try stack.eventually("All three") {
            try stack.status()["planes"]?.array?.allSatisfy { $0["state"]?.string == "UP" } ?? false
        }
        try stack.eventually("Empty outboxes") {
            try stack.status()["planes"]?.array?.allSatisfy { plane in
                (plane["queues"]?.object?.members ?? []).allSatisfy {
                    $0.value["waiting"]?.integer == 0
                }
            } ?? false
        }
        #expect(try stack.machine.charter("down").status == 0)
        try stack.verifyAll()
        let reconciled = try stack.machine.charter("ledger", "reconcile", "--json")
        for way in reconciled.json?["ways"]?.array ?? [] {
            #expect(way["under_way"]?.integer == 0, "\(reconciled.text)")
        }
    }

    @Test(.covers("A02"))
    func `end with a supervisor that is killed, and can be started again`() throws {
        let stack = try Stack()
        let status = try stack.status()
        let supervisor = try #require(status["supervisor"]?["pid"]?.integer)
        let planes = (status["planes"]?.array ?? []).compactMap { $0["process"]?["pid"]?.integer }
        #expect(kill(Int32(supervisor), SIGKILL) == 0)
        for number in planes {
            try stack.eventually("The end of \(number)") {
                let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
                return stat == nil || stat?.contains(") Z ") == true
            }
        }
        let again = try stack.machine.charter("up", "--detach", "--json")
        #expect(again.status == 0, "\(again.text)")
        #expect(try stack.machine.charter("ask", "hot", "How do things stand?").status == 0)
        #expect(try stack.machine.charter("down").status == 0)
        try stack.verifyAll()
    }

    @Test(.covers("A05", "A08"))
    func `keep no more in view than their tier allows`() throws {
        let stack = try Stack()
        let first = try stack.machine.charter("plane", "memory", "open", "hot", "INTENT-1")
        #expect(first.status == 0, "\(first.text)")
        let second = try stack.machine.charter("plane", "memory", "open", "hot", "INTENT-2")
        #expect(second.status == 1, "\(second.text)")
        #expect(second.output.contains("planes.ledger-limit"))
        #expect(try stack.plane("hot")["memory_ledgers"]?["active"]?.integer == 1)
        for number in 1...7 {
            let done = try stack.machine.charter(
                "plane",
                "memory",
                "open",
                "meta",
                "WO-\(number)"
            )
            #expect(done.status == 0, "\(done.text)")
        }
        #expect(
            try stack.machine.charter("plane", "memory", "open", "meta", "WO-8").status == 1
        )
        #expect(try stack.machine.charter("plane", "memory", "park", "meta", "WO-1").status == 0)
        #expect(
            try stack.machine.charter("plane", "memory", "open", "meta", "WO-8").status == 0
        )
        #expect(try stack.machine.charter("down").status == 0)
        let limits = try stack.machine.charter(
            "ledger",
            "query",
            "--plane",
            "meta",
            "--event",
            "ledger_limit",
            "--json"
        )
        #expect(limits.json?["entries"]?.array?.count == 1)
        try stack.verifyAll()
    }
}

/// The role of a plane, started by somebody who is no supervisor.
struct `A plane that is started by a stranger` {
    private let place = TemporaryDirectory()

    /// Starts the role with a socket, says something to it, and gives what it says last.
    private func said(_ birth: JSONValue) throws -> JSONValue? {
        let (ours, theirs) = try UnixSocket.pair()
        try theirs.stopBlocking()
        var start = ChildProcess.Start(
            try .at(Machine.charter),
            arguments: ["charter", "role", "plane", "hot"]
        )
        start.descriptors = [
            nil, nil, nil, theirs.descriptor, try Directory.open(place.path).duplicate(),
        ]
        let child = try ChildProcess.start(start)
        let payload = [UInt8](repeating: 0, count: 8) + birth.line
        let length = payload.count + 1
        let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        try ours.send(head + [6] + payload)
        let answer = try ours.receive(bytesMax: 65_536).bytes
        _ = try child.wait()
        return try? JSONValue(parsing: Array(answer.dropFirst(13)))
    }

    private func birth(_ change: (inout JSONObject) -> Void = { _ in }) throws -> JSONValue {
        var object = JSONObject([
            ("type", "plane_birth"), ("root_id", "r"), ("plane", "hot"), ("round", 1),
            ("version", "0"), ("executable_digest", .string(String(repeating: "0", count: 64))),
            ("manifests", .array([])), ("chain", ""), ("events", ""), ("prompts", .array([])),
            ("attention", .object(JSONObject())), ("origin", "o"), ("log_key", ""),
            ("message_key", ""), ("peer_keys", .object(JSONObject())),
            ("confinement", .object(JSONObject([("exec", false)]))), ("reduced", false),
        ])
        change(&object)
        return .object(object)
    }

    @Test(.covers("A03"))
    func `does not begin without being told everything`() throws {
        let said = try said(try birth { $0["manifests"] = nil })
        #expect(said?["code"]?.string == "planes.birth-malformed")
    }

    @Test(.covers("A15"))
    func `does not begin without its walls`() throws {
        let said = try said(try birth())
        #expect(said?["code"]?.string == "planes.confinement-missing")
        #expect(said?["reason"]?.string?.contains("network") == true)
        // Where an operator accepts less, it goes on to the next thing that is missing.
        let reduced = try self.said(try birth { $0["reduced"] = true })
        #expect(reduced?["code"]?.string == "planes.birth-malformed")
    }
}
