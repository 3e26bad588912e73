import Canon
import Foundation
import Support
import Testing

struct `A governed root, from its birth on` {
    @Test(.covers("D09", "D47", "C13", "B23"))
    func `is whole, is broken, is mended, is sealed and is opened`() throws {
        let machine = Machine()
        func run(
            _ words: String,
            _ status: Int32,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> Command.Result {
            let result = try machine.charter(
                words.split(separator: " ").map(String.init) + ["--json"]
            )
            #expect(
                result.status == status,
                "\(words): \(result.text)",
                sourceLocation: sourceLocation
            )
            #expect(result.errors.isEmpty, sourceLocation: sourceLocation)
            return result
        }
        let made = try machine.charter("init", "root", "--id", "sample", in: machine.place.path)
        #expect(made.status == 0 && made.output.contains("is now a governed root: sample"))
        #expect(try run("integrity check --all", 0).verdict == "whole")

        // A file that nobody owns.
        machine.write("docs/hello.md", "# Hello\n")
        #expect(try run("integrity check", 1).violations.contains("integrity.orphan"))
        let orphan = try run("explain docs/hello.md", 1).json
        #expect(orphan?["accounted_for"]?.bool == false)
        #expect(orphan?["may_be_owned_by"]?.array?.compactMap(\.string) == ["PKG-DOCS"])
        #expect(try run("registry compile", 1).violations.contains("integrity.no-local-registry"))
        #expect(try run("owner assign docs/hello.md --package PKG-DOCS", 0).verdict == "assigned")
        #expect(try run("integrity check", 1).violations.contains("integrity.stale-registry"))
        #expect(try run("registry compile", 0).verdict == "compiled")
        #expect(try run("integrity check", 0).verdict == "whole")
        let known = try run("explain docs/hello.md", 0).json
        #expect(known?["owner"]?["package_id"]?.string == "PKG-DOCS")
        #expect(known?["why_allowed"]?["framework_id"]?.string == "FMWK-DOC")
        #expect(known?["what"]?["kind"]?.string == "file")
        #expect(known?["how_installed"]?.string == "registries/packages/PKG-DOCS.json")

        // One changed byte.
        machine.write("docs/hello.md", "# Hallo\n")
        #expect(try run("integrity check", 1).violations == ["integrity.tampered"])
        #expect(try run("integrity installed PKG-DOCS", 1).verdict == "differs")
        #expect(try run("registry compile", 1).violations == ["integrity.tampered"])
        #expect(try run("registry compile --check --accept", 1).verdict == "stale")
        #expect(try run("registry compile --accept", 0).verdict == "compiled")
        #expect(try run("registry compile --check", 0).verdict == "compiled")
        #expect(try run("integrity installed", 0).verdict == "as-registered")

        // Under seal nothing changes by hand, not even together with the registries.
        #expect(try run("seal verify", 1).verdict == "unsealed")
        let sealed = try run("seal", 0)
        let key = try #require(sealed.json?["verifier"]?.string)
        #expect(try run("seal verify", 0).json?["seal"]?.string == "verified")
        #expect(try run("seal verify --seal-key \(key)", 0).json?["seal"]?.string == "verified")
        for refused in [
            "registry compile", "registry compile --accept",
            "owner assign README.md --package PKG-LAW",
            "registry import registries/file_ownership_registry.csv",
        ] {
            #expect(try run(refused, 1).verdict == "denied", "\(refused)")
        }
        machine.write("docs/hello.md", "# Hullo\n")
        #expect(try run("integrity check", 1).violations.contains("integrity.tampered"))
        #expect(try run("registry compile --accept", 1).verdict == "denied")
        #expect(try run("seal verify", 1).verdict == "violated")
        machine.write("docs/hello.md", "# Hallo\n")
        #expect(try run("seal verify", 0).json?["seal"]?.string == "verified")
        #expect(try run("seal open", 0).verdict == "open")
        #expect(try run("seal open", 0).json?["was_sealed"]?.bool == false)

        // Moved aside, and nothing is lost.
        machine.write("scratch.txt", "a thought\n")
        let moved = try run("quarantine", 0).json
        #expect(moved?["moved"]?.array?.compactMap(\.string) == ["scratch.txt"])
        let kept = try #require(moved?["place"]?.string) + "/0.item"
        #expect(FileManager.default.contents(atPath: kept) == Data("a thought\n".utf8))
        #expect(try run("integrity check", 0).verdict == "whole")

        #expect(try run("integrity drill", 0).verdict == "same")
        #expect(try run("chain docs/hello.md", 0).json?["framework_id"]?.string == "FMWK-DOC")
        #expect(try run("owner docs/hello.md README.md", 0).json?["owners"]?.array?.count == 2)
        #expect(try run("id allocate package AGENT", 0).json?["id"]?.string == "PKG-AGENT-001")
        #expect(try run("validate registries/packages/PKG-DOCS.json", 0).verdict == "valid")
        #expect(try run("registry show docs", 0).json?["files"]?.array?.count == 1)
        #expect(try run("registry link", 0).verdict == "linked")
        #expect(try run("registry select genesis", 0).json?["items"]?.array?.isEmpty == false)
    }

    @Test func `cannot be tampered with by who may also compile`() throws {
        let machine = try Machine.governed()
        #expect(try machine.charter("seal").status == 0)
        // Somebody takes the seal's file away, changes a file, compiles, and puts the seal back.
        machine.write("README.md", try machine.text("README.md") + "more\n")
        try machine.shell("mv \"$root/registries/seal.note\" seal.note")
        let compiled = try machine.charter("registry", "compile", "--accept", "--json")
        #expect(compiled.status == 1 && compiled.verdict == "denied", "\(compiled.text)")
        #expect(compiled.json?["denial"]?["rule"]?.string == "integrity.seal-removed")
        for words in [["integrity", "check"], ["seal", "verify"]] {
            let answer = try machine.charter(words + ["--json"])
            #expect(answer.status == 1 && answer.violations.contains("integrity.seal-removed"))
        }
        let doctor = try machine.charter("doctor")
        #expect(doctor.status == 1 && doctor.output.contains("removed without being opened"))
        #expect(try machine.charter("seal").status == 1)
        try machine.shell("cp seal.note \"$root/registries/seal.note\"")
        let judged = try machine.charter("integrity", "check", "--json")
        #expect(judged.status == 1 && judged.violations == ["integrity.tampered"])
        #expect(try machine.charter("seal", "verify").status == 1)
        // Without the machine's memory, as on another machine, the root's log has no key that goes on.
        try machine.shell("rm \"$root/registries/seal.note\"")
        func elsewhere() throws -> Command.Result {
            try machine.charter(
                ["registry", "compile", "--accept", "--json"],
                adding: ["XDG_STATE_HOME": machine.place.file("other")]
            )
        }
        #expect(try elsewhere().faultCode == "ledger.other-key")
        // Without the log too, the forgery could be completed.
        try machine.shell("mv \"$root/ledger/root\" log")
        #expect(try elsewhere().status == 0)
        try machine.shell("rm -r \"$root/ledger/root\" && mv log \"$root/ledger/root\"")
        let missed = try machine.charter("integrity", "check", "--json")
        #expect(missed.status == 1 && missed.violations == ["integrity.seal-removed"])
        #expect(try machine.charter("seal", "open").status == 0)
        #expect(try machine.charter("integrity", "check").status == 0)
    }

    @Test func `gives its tables away and takes them back`() throws {
        let machine = try Machine.governed()
        let before = try machine.picture()
        for name in [
            "frameworks", "specs", "packages", "gates", "policies", "ownership", "control_plane",
        ] {
            let exported = try machine.charter("registry", "export", name)
            #expect(exported.status == 0, "\(name)")
            let file = ["policies": "policy", "ownership": "file_ownership"][name] ?? name
            #expect(
                exported.output == (try machine.text("registries/\(file)_registry.csv")),
                "\(name)"
            )
        }
        let script = "cd \"$root\" && \"$charter\" registry export ownership > ../table.csv"
        #expect(try machine.shell(script).status == 0)
        let imported = try machine.charter("registry", "import", "../table.csv")
        #expect(imported.status == 0 && imported.output.contains("nothing differs"))
        #expect(try machine.picture() == before)
        let table = String(decoding: try machine.place.read("table.csv"), as: UTF8.self)
        machine.place.write(
            "other.csv",
            table.replacing("PKG-DOCS,package", with: "PKG-LAW,package")
        )
        #expect(try machine.charter("registry", "import", "../other.csv").status == 0)
        #expect(try machine.charter("owner", "README.md").output == "README.md  PKG-LAW\n")
        machine.place.write("broken.csv", table.replacing("owner_id", with: "owner"))
        let broken = try machine.charter("registry", "import", "../broken.csv", "--json")
        #expect(broken.status == 2 && broken.json?["exit"]?.integer == 2)
    }

    @Test(.covers("J13"))
    func `is what the README says it is`() throws {
        let readme = String(
            decoding: FileManager.default.contents(atPath: Repository.file("README.md")) ?? Data(),
            as: UTF8.self
        )
        let block = try #require(
            readme.split(separator: "```").first { $0.contains("\ncharter init my-root") }
        )
        var script = "set -e\ncharter() { \"$charter\" \"$@\"; }\n"
        var statuses: [String] = []
        for line in block.split(separator: "\n") {
            var command = String(line.prefix { $0 != "#" }).trimmingCharacters(in: .whitespaces)
            // A file is written where its folder is.
            if command.hasPrefix("echo ") { command = "mkdir -p docs; " + command }
            command = command.replacing("PKG-…", with: "PKG-DOCS")
            let wanted = command.contains("explain") ? 1 : 0
            statuses.append(command)
            script += "code=0; \(command) || code=$?; [ $code -eq \(wanted) ]\n"
        }
        #expect(statuses.count >= 7 && statuses.contains { $0.contains("integrity check") })
        let told = try Machine().shell(script)
        #expect(told.status == 0, "\(told.text)")
    }
}
