import Canon
import Foundation
import Support
import Testing

struct `Every command` {
    /// Calls that succeed, that are refused and that fail, with the exit status of each.
    static let calls: [(words: [String], status: Int32)] = [
        (["integrity", "check"], 0), (["integrity", "installed"], 0), (["integrity", "drill"], 0),
        (["registry", "compile"], 0), (["registry", "compile", "--check"], 0),
        (["registry", "show"], 0), (["registry", "show", "registries/gates"], 0),
        (["registry", "link"], 0), (["registry", "export", "control_plane"], 0),
        (["registry", "import", "registries/file_ownership_registry.csv"], 0),
        (["registry", "select"], 0), (["registry", "select", "constitution"], 0),
        (["explain", "README.md"], 0), (["explain", "registries"], 0), (["owner", "README.md"], 0),
        (["owner", "assign", "README.md", "--package", "PKG-DOCS"], 0),
        (["chain", "README.md"], 0),
        (["validate", "registries/root.json"], 0), (["validate", "packages"], 0),
        (["validate", "tier-deps"], 0), (["validate", "attention-policy"], 0),
        (["validate", "install-policy"], 0),
        (["validate", "attention-policy", "registries/policies/POL-INSTALL-001.json"], 1),
        (["id", "allocate", "version"], 0), (["quarantine"], 0),
        (["version"], 0), (["completions", "fish"], 0), (["help"], 0), (["seal", "--help"], 0),
        (["registry", "--help"], 0), (["--version"], 0),
        // Refused by law.
        (["explain", "nothing"], 1), (["owner", "nothing"], 1), (["chain", "nothing"], 1),
        (["seal", "verify"], 1), (["quarantine", "README.md"], 1),
        (["owner", "assign", "nothing", "--package", "PKG-DOCS"], 1),
        // Faults.
        (["integrity", "check", "--root", "/nowhere"], 2), (["validate", "nothing.json"], 2),
        (["registry", "import", "nothing.csv"], 2), (["init", "."], 2),
        // No sense.
        (["frobnicate"], 64), (["registry"], 64), (["explain"], 64), (["explain", "../x"], 64),
        (["integrity", "check", "--through", "nowhere"], 64),
        (["integrity", "check", "--threads", "0"], 64),
        (["registry", "export", "nothing"], 64), (["registry", "select", "nothing"], 64),
        (["completions", "nothing"], 64), (["id", "allocate", "nothing"], 64),
        (["owner", "assign", "README.md"], 64), (["integrity", "installed", "PKG-NOTHING"], 64),
        (["seal", "verify", "--seal-key", "nonsense"], 2),
        // Last, because they change how the rest would answer.
        (["seal"], 0), (["registry", "compile"], 1), (["seal", "verify"], 0),
        (["seal", "open"], 0),
    ]

    @Test(.covers("J05", "D47"))
    func `answers in JSON that every reader reads, and in nothing else`() throws {
        let machine = try Machine.governed()
        var lines = ""
        for (words, status) in Self.calls {
            let answer = try machine.charter(words + ["--json"])
            #expect(answer.status == status, "\(words): \(answer.text)")
            #expect(answer.errors.isEmpty, "\(words): \(answer.errors)")
            #expect(answer.json != nil, "\(words): \(answer.output)")
            #expect(answer.output.hasSuffix("\n") && answer.output.count { $0 == "\n" } == 1)
            if status == 2 || status == 64 {
                #expect(answer.faultCode?.contains(".") == true, "\(words)")
                #expect(answer.json?["exit"]?.integer == Int(status))
            }
            lines += answer.output
        }
        let doctor = try machine.charter("doctor", "--json")
        #expect(doctor.errors.isEmpty && doctor.json?["checks"]?.array?.isEmpty == false)
        lines += doctor.output
        // Another parser's opinion, where there is one.
        guard Command.find("python3") != nil else { return }
        let script = "import json, sys; print(sum(1 for line in sys.stdin if [json.loads(line)]))"
        let read = try Command.run("python3", ["-c", script], input: Array(lines.utf8))
        #expect(read.output == "\(Self.calls.count + 1)\n", "\(read.errors)")
    }

    @Test func `speaks to people on one stream at a time`() throws {
        let machine = try Machine.governed()
        // Each way of ending is shown; the answers themselves are on record elsewhere.
        let calls = Self.calls.dropLast(4).enumerated()
            .filter { $0.element.status > 1 || $0.offset % 5 == 0 }.map(\.element)
        for (words, status) in calls {
            let answer = try machine.charter(words)
            #expect(answer.status == status, "\(words): \(answer.text)")
            let isFault = status == 2 || status == 64
            #expect(answer.output.isEmpty == isFault, "\(words)")
            #expect(answer.errors.isEmpty == !isFault, "\(words)")
            if isFault {
                #expect(answer.errors.hasPrefix("charter: "), "\(words)")
                #expect(answer.errors.contains(" ["), "\(words): no code in \(answer.errors)")
            }
        }
    }

    @Test func `keeps silent about its progress where nobody watches`() throws {
        // The meter speaks from five thousand files on.
        let machine = try Machine.adopted(files: 5100)
        let checked = try machine.charter("integrity", "check")
        #expect(checked.status == 0 && checked.errors.isEmpty)
        #expect(checked.output.split(separator: "\n").count == 4)
    }

    @Test func `says so when its answer could not be delivered`() throws {
        let machine = try Machine.governed()
        let full = try machine.shell("\"$charter\" help > /dev/full")
        #expect(full.status == 2 && full.errors.contains("[host.no-space]"))
        // A reader that has seen enough is no fault.
        let early = try machine.shell("\"$charter\" help | head -n 1")
        #expect(early.status == 0 && early.errors.isEmpty)
    }
}
