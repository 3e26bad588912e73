import Canon
import Foundation
import Operations
import Support
import Testing

/// A governed root with a bundle beside it that was built and signed there.
private struct ShelfWorld {
    let world: World

    init() throws {
        world = try World.governed()
        world.place.write("policy/app.rego", PolicyWorld.policy)
        world.place.write("policy/app_test.rego", PolicyWorld.tests)
        world.place.write("policy/data.json", "{\"readers\": [\"ann\", \"bob\"]}")
        world.place.write("ann.json", "{\"method\": \"GET\", \"user\": \"ann\"}")
        world.place.write("eve.json", "{\"method\": \"GET\", \"user\": \"eve\"}")
    }

    func policy(_ words: String...) -> CommandLineDoor.Response {
        world.call(["policy"] + words)
    }

    /// Builds and signs what lies in `policy`, as a revision.
    func sign(_ revision: String) -> CommandLineDoor.Response {
        let out = "../build/\(revision)"
        let built = policy(
            "bundle",
            "../policy",
            "--out",
            out,
            "--name",
            "app",
            "--revision",
            revision
        )
        return built.status == 0 ? policy("sign", out) : built
    }

    func activate(_ revision: String) -> CommandLineDoor.Response {
        policy("activate", "../build/\(revision)", "--json")
    }

    func decide(_ input: String, _ options: String...) -> CommandLineDoor.Response {
        world.call(
            ["policy", "decide", "data.app.allow", "--active", "app", "--input", "../\(input)"]
                + options
        )
    }
}

struct `Policies of a root` {
    @Test(.covers("D48", "J13"))
    func `are built, signed, activated, asked, changed and rolled back`() throws {
        let root = try ShelfWorld()
        #expect(root.decide("ann.json").said.contains("No bundle app is active"))
        let signed = root.sign("1.0.0")
        #expect(signed.status == 0, "\(signed.text)")
        #expect(signed.said.contains("app revision 1.0.0 is fit to decide: 2 tests"))
        let trial = root.policy("activate", "../build/1.0.0", "--dry-run", "--json")
        #expect(trial.status == 0 && trial.json?["verdict"]?.string == "fit")
        #expect(root.policy("list").said.hasPrefix("no bundle is active"))
        #expect(root.activate("1.0.0").status == 0)
        #expect(root.decide("ann.json").status == 0)
        let denied = root.decide("eve.json", "--json")
        let reason = denied.json?["reasons"]?.array?.first
        #expect(denied.status == 1 && denied.json?["revision"]?.string == "1.0.0")
        for member in ["rule", "code", "message", "next"] {
            #expect(reason?[member]?.string?.isEmpty == false, "\(member)")
        }

        root.world.place.write("policy/data.json", "{\"readers\": [\"ann\", \"bob\", \"eve\"]}")
        // The tests stand in the way of the change, as they should.
        let refused = root.sign("1.1.0")
        #expect(refused.status == 1)
        #expect(refused.said.contains("app_test.rego:7:1: data.app_test.test_a_stranger_may_not"))
        #expect(refused.said.hasSuffix("not fit to decide: 1 finding; not signed.\n"))
        root.world.place.write(
            "policy/app_test.rego",
            PolicyWorld.tests.replacing("\"eve\"", with: "\"mallory\"")
        )
        #expect(root.sign("1.2.0").status == 0)
        let canary = root.policy("activate", "../build/1.2.0", "--canary", "0", "--json")
        #expect(canary.json?["verdict"]?.string == "candidate", "\(canary.text)")
        let beside = root.decide("eve.json")
        #expect(beside.status == 1 && beside.said.contains("beside it: allowed by the bundle app"))
        #expect(root.activate("1.2.0").status == 0)
        #expect(root.decide("eve.json").status == 0)
        #expect(root.policy("list").said.contains("before     1.0.0"))
        #expect(root.policy("rollback", "app").said == "app revision 1.0.0 is active\n")
        #expect(root.decide("eve.json").status == 1)
        let history = root.policy("list", "--history", "--json").json?["bundles"]?.array?.first
        let actions = history?["history"]?.array?.compactMap { $0["action"]?.string }
        #expect(actions == ["activate", "candidate", "activate", "rollback"])
    }

    @Test func `are refused where nobody answers for them`() throws {
        let root = try ShelfWorld()
        func code(_ answer: CommandLineDoor.Response) -> String? { answer.json?["code"]?.string }
        #expect(root.policy("bundle", "../policy", "--out", "../bare", "--name", "app").status == 0)
        let unsigned = root.policy("activate", "../bare", "--json")
        #expect(unsigned.status == 1 && code(unsigned) == "policy.signature.missing")

        let key = root.world.place.file("other.pem")
        let made = try Command.run("openssl", ["genpkey", "-algorithm", "ed25519", "-out", key])
        try #require(made.status == 0)
        let foreign = root.policy("sign", "../bare", "--key", key, "--json")
        let verifier = try #require(foreign.json?["verifier"]?.string)
        let unknown = root.policy("activate", "../bare", "--json")
        #expect(unknown.status == 1 && code(unknown) == "policy.signature.unknown-signer")
        #expect(root.policy("trust", verifier).said == "trusted: \(verifier)\n")
        #expect(root.policy("trust").said.contains(verifier))
        #expect(root.activate("../bare").status == 0)

        root.world.place.write("bare/app.rego", PolicyWorld.policy + "\n")
        let changed = root.policy("activate", "../bare", "--json")
        #expect(changed.status == 1 && code(changed) == "policy.signature.file-changed")
        root.world.place.write("bare/app.rego", PolicyWorld.policy)
        root.world.place.write("bare/more.rego", "package app\n\nallow if true\n")
        let added = root.policy("activate", "../bare", "--json")
        #expect(added.status == 1 && code(added) == "policy.signature.file-added")
    }

    @Test func `say when a copy was changed, and who decides then`() throws {
        let root = try ShelfWorld()
        #expect(root.sign("1.0.0").status == 0 && root.activate("1.0.0").status == 0)
        root.world.place.write(
            "policy/more.rego",
            "package app\n\nallow if input.user == \"eve\"\n"
        )
        root.world.place.write(
            "policy/app_test.rego",
            PolicyWorld.tests.replacing("\"eve\"", with: "\"mallory\"")
        )
        #expect(root.sign("2.0.0").status == 0 && root.activate("2.0.0").status == 0)
        #expect(root.decide("eve.json").status == 0)
        let copies = try Command.run(
            "/bin/sh",
            ["-c", "for f in */more.rego; do chmod u+w $f; echo >> $f; done"],
            directory: root.world.place.file("state/charter/sample/policy/app")
        )
        #expect(copies.status == 0, "\(copies.errors)")
        let listed = root.policy("list")
        #expect(listed.status == 1 && listed.said.contains("so revision 1.0.0 decides"))
        let decided = root.decide("eve.json")
        #expect(decided.status == 1 && decided.said.contains("by the bundle app, revision 1.0.0"))
    }

    @Test func `are recorded, audited and compared`() throws {
        let root = try ShelfWorld()
        #expect(root.sign("1.0.0").status == 0 && root.activate("1.0.0").status == 0)
        #expect(root.decide("eve.json", "--mode", "audit", "--log", "../log").status == 0)
        #expect(root.decide("ann.json", "--log", "../log", "--subject", "ci").status == 0)
        root.world.place.write("policy/data.json", "{\"readers\": [\"bob\"]}")
        let differs = root.policy("diff", "../build/1.0.0", "../policy", "--inputs", "../log")
        #expect(differs.status == 1)
        #expect(differs.said.contains("  allowed → denied\n"))
        #expect(differs.said.hasSuffix("1 of 2 decisions would change\n"))
        let same = root.policy(
            "diff",
            "../build/1.0.0",
            "../build/1.0.0",
            "--inputs",
            "../log",
            "--json"
        )
        #expect(same.status == 0 && same.json?["unchanged"]?.integer == 2)
        root.world.place.write("plain", "{\"method\": \"GET\", \"user\": \"ann\"}\n")
        let plain = root.policy(
            "diff",
            "../build/1.0.0",
            "../policy",
            "--inputs",
            "../plain",
            "--query",
            "data.app.allow",
            "--json"
        )
        #expect(plain.status == 1 && plain.json?["flips"]?.array?.count == 1, "\(plain.text)")
    }

    /// Calls that end without an answer, or that are refused for what they are.
    static let refusals: [(words: String, status: Int32, code: String)] = [
        ("bundle ../policy", 64, "operations.usage"),
        ("bundle ../nowhere --out ../b", 2, "host.missing"),
        ("bundle ../policy --out ..", 2, "host.directory-not-empty"),
        ("sign ../nowhere", 2, "host.missing"),
        ("sign ../named --key ../ann.json", 2, "crypto.key-malformed"),
        ("activate ../policy --canary 101", 64, "operations.usage"),
        ("activate ../policy --canary 1 --dry-run", 64, "operations.usage"),
        ("trust nonsense", 64, "operations.usage"),
        ("decide 1+1+ --bundle ../policy --mode never", 64, "operations.usage"),
        ("decide data.app --active app --bundle ../policy", 64, "operations.usage"),
        ("decide data.app --bundle ../policy --log ../no/log", 2, "host.missing"),
        ("diff ../policy ../policy", 64, "operations.usage"),
        ("diff ../policy ../policy --inputs ../ann.json", 64, "operations.usage"),
        ("diff ../policy ../policy --inputs ../policy/app.rego", 2, "canon.json.unexpected-byte"),
    ]

    @Test(arguments: refusals)
    func `say why nothing came of a call`(words: String, status: Int32, code: String) throws {
        let root = try ShelfWorld()
        root.world.place.write(
            "named/.manifest",
            "{\"revision\": \"1\", \"metadata\": {\"name\": \"n\"}}"
        )
        root.world.place.write("named/app.rego", PolicyWorld.policy)
        root.world.place.write("named/app_test.rego", "package t\n\ntest_it if true\n")
        let answer = root.world.call(
            ["policy"] + words.split(separator: " ").map(String.init) + ["--json"]
        )
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.faultCode == code, "\(answer.text)")
    }

    @Test func `have nothing to go back to before they came`() throws {
        let root = try ShelfWorld()
        let unknown = root.policy("rollback", "app", "--json")
        #expect(unknown.status == 1)
        #expect(unknown.json?["code"]?.string == "gates.shelf.unknown-bundle")
        #expect(root.sign("1.0.0").status == 0)
        let early = root.policy("activate", "../build/1.0.0", "--canary", "5", "--json")
        #expect(early.status == 1)
        #expect(early.json?["code"]?.string == "gates.shelf.nothing-before")
        #expect(root.activate("1.0.0").status == 0)
        let first = root.policy("rollback", "app", "--json")
        #expect(first.status == 1)
        #expect(first.json?["code"]?.string == "gates.shelf.nothing-before")
    }

    @Test func `need a root to be signed and activated for`() {
        let world = PolicyWorld()
        for words in [["list"], ["rollback", "app"], ["trust"], ["activate", "app"]] {
            let answer = world.world.call(["policy"] + words + ["--json"])
            #expect(answer.status == 2 && answer.faultCode == "operations.no-root", "\(words)")
        }
    }
}

struct `A gate at the command line` {
    @Test(.covers("D27"))
    func `lets a whole root pass, and says what it does not let pass`() throws {
        let world = try World.governed()
        let passed = world.call("gate", "check", "G0", "--json")
        #expect(passed.status == 0 && passed.json?["verdict"]?.string == "passed", "\(passed.text)")
        world.write("README.md", "# Changed\n")
        let broken = world.call("gate", "check", "G0")
        #expect(
            broken.status == 1 && broken.said.contains("G0 was not asked, since the root fails")
        )
    }

    @Test(.covers("D27", "D32"))
    func `judges a document by its policies`() throws {
        let world = try World.governed()
        world.place.write("short.json", "{\"id\": \"SPEC-X\", \"purpose\": \"short\"}")
        world.place.write(
            "long.json",
            "{\"id\": \"SPEC-X\", \"purpose\": \"It says why this is here, in words.\"}"
        )
        let short = world.call("gate", "check", "G6", "--input", "../short.json", "--json")
        #expect(short.status == 1 && short.json?["decision"]?.string == "deny")
        let finding = short.json?["findings"]?.array?.first
        #expect(finding?["code"]?.string == "charter.purpose.too-short")
        #expect(finding?["next_step"]?.string?.isEmpty == false)
        let long = world.call("gate", "check", "G6", "--input", "../long.json", "--json")
        #expect(long.status == 0 && long.json?["decision"]?.string == "allow", "\(long.text)")
    }

    @Test func `decides a request as it would be decided`() throws {
        let world = try World.governed()
        world.place.write(
            "request.json",
            """
            {"id": "R1", "operation": "install", "subject": {"id": "a", "kind": "agent", \
            "role": "agent", "class": "BUILT"}, "target": {"id": "PKG-X", "class": "BUILT"}}
            """
        )
        let denied = world.call("gate", "check", "G7", "--input", "../request.json", "--json")
        #expect(denied.status == 1 && denied.json?["channel"]?.string == "dry_run")
        let reasons = denied.json?["reasons"]?.array ?? []
        #expect(reasons.contains { $0["policy"]?.string == "POL-AUTHZ-001" }, "\(denied.text)")
        let said = world.call("gate", "check", "G7", "--input", "../request.json").said
        #expect(said.hasPrefix("denied by G7\n    policy: POL-"))
    }

    @Test func `has to exist, and to have something to judge`() throws {
        let world = try World.governed()
        world.place.write("twice.json", "{\"a\": 1, \"a\": 2}")
        let calls: [(words: [String], status: Int32, code: String)] = [
            (["G77"], 64, "operations.usage"),
            (["G7"], 64, "operations.usage"),
            (["G0", "--input", "../twice.json"], 64, "operations.usage"),
            (["G6", "--input", "../twice.json"], 2, "canon.json.duplicate-key"),
            (["G6", "--input", "../none.json"], 2, "host.missing"),
        ]
        for call in calls {
            let answer = world.call(["gate", "check"] + call.words + ["--json"])
            #expect(answer.status == call.status && answer.faultCode == call.code, "\(answer.text)")
        }
    }

    @Test func `is listed with what it judges by`() throws {
        let world = try World.governed()
        let listed = world.call("gate", "list", "--json")
        #expect(listed.status == 0, "\(listed.text)")
        let gates = listed.json?["gates"]?.array ?? []
        #expect(gates.compactMap { $0["id"]?.string }.prefix(3) == ["G0", "G1", "G2"])
        let policies = gates.first { $0["id"]?.string == "G6" }?["policies"]?.array
        #expect(policies?.contains("POL-PURPOSE-001") == true)
        world.write("registries/ENFORCEMENT_GATES.yml", "version: \"1.0\"\ngates: []\n")
        let empty = world.call("gate", "list", "--json")
        #expect(empty.status == 1 && empty.json?["problems"]?.array?.isEmpty == false)
        world.write("registries/ENFORCEMENT_GATES.yml", "gates: [\n")
        let damaged = world.call("gate", "list", "--json")
        #expect(damaged.status == 2 && damaged.faultCode == "gates.enforcement.unreadable")
    }
}
