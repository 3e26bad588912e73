import Canon
import Foundation
import Host
import Support
import Testing

struct `A role behind its walls` {
    private static let deeds = [
        "list", "read", "write", "create", "rename", "link", "remove", "connect", "signal",
    ]

    /// Lets a role try everything in a directory of its own and in one that is not.
    private func tried(
        _ demand: String
    ) throws -> (report: Command.Result, place: TemporaryDirectory) {
        let place = TemporaryDirectory()
        for directory in ["own", "other"] {
            for file in ["read", "write", "rename", "link", "remove"] {
                place.write("\(directory)/\(file)", "untouched")
            }
        }
        let listener = try UnixListener.listen(place.file("other/socket"))
        defer { withExtendedLifetime(listener) {} }
        let report = try Command.run(
            Machine.charter,
            [
                "role", "confinement-probe", place.file("own"), place.file("other"),
                "--confinement=\(demand)",
            ],
            environment: [:]
        )
        return (report, place)
    }

    private func files(_ place: TemporaryDirectory, _ directory: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: place.file(directory)))
    }

    @Test(.covers("A15"))
    func `touches nothing outside its directory, and everything inside`() throws {
        let (report, place) = try tried("full")
        if let lacking = ConfinementAvailability.probe().shortcoming {
            #expect(report.faultCode == "host.confinement-unavailable", "\(lacking)")
            return
        }
        try #require(report.status == 0, "\(report.text)")
        for deed in Self.deeds {
            #expect(report.json?["outside"]?[deed]?.string == "denied", "\(deed)")
        }
        for deed in Self.deeds.dropLast(2) {
            #expect(report.json?["inside"]?[deed]?.string == "allowed", "\(deed)")
        }
        #expect(report.json?["no_new_privileges"]?.bool == true)
        #expect(report.json?["seccomp_filter"]?.bool == true)
        let probes = try #require(report.json?["probes"]?.object)
        #expect(probes.members.allSatisfy { $0.value.string == "denied" } && !probes.isEmpty)
        // The disk agrees with the report.
        let all: Set<String> = ["read", "write", "rename", "link", "remove", "socket"]
        #expect(try files(place, "other") == all)
        #expect(try place.read("other/write") == Array("untouched".utf8))
        #expect(try place.read("own/write").isEmpty)
        #expect(
            try files(place, "own")
                == ["read", "write", "link", "created", "from-own-moved", "from-own-linked"]
        )
    }

    @Test func `could do all of it without them`() throws {
        let (report, place) = try tried("none")
        try #require(report.status == 0, "\(report.text)")
        for deed in Self.deeds {
            #expect(report.json?["outside"]?[deed]?.string == "allowed", "\(deed)")
        }
        #expect(try files(place, "other") == ["read", "write", "link", "created", "socket"])
        #expect(report.json?["seccomp_filter"]?.bool == ProcessWalls.hasFilter)
    }

    @Test func `takes what there is when that was asked for`() throws {
        let (report, _) = try tried("reduced")
        #expect(report.status == 0 && report.json?["demanded"]?.string == "reduced")
    }

    @Test func `is started by nothing but its exact words`() throws {
        for words in [[], ["nonsense"], ["confinement-probe", "/a", "/b", "--confinement=some"]] {
            let refused = try Command.run(Machine.charter, ["role"] + words, environment: [:])
            #expect(refused.status == 64 && refused.faultCode == "operations.usage")
        }
    }

    @Test func `is what the doctor reports`() throws {
        let machine = try Machine.governed()
        let report = try machine.charter("doctor", "--json")
        var good: [String: Bool] = [:]
        for check in report.json?["checks"]?.array ?? [] {
            good[check["name"]?.string ?? ""] = check["good"]?.bool
        }
        guard ConfinementAvailability.probe().shortcoming == nil else {
            #expect(report.status == 1 && good["confinement"] == false)
            #expect(
                try machine.charter("doctor", "--confinement", "reduced").output.contains(
                    "configured"
                )
            )
            return
        }
        #expect(report.status == 0, "\(report.text)")
        for name in Self.deeds { #expect(good[name + " outside"] == true, "\(name)") }
        #expect(good["new privileges"] == true && good["write inside"] == true)
        let left = try FileManager.default.contentsOfDirectory(atPath: machine.state + "/charter")
        #expect(left == ["sample"])
    }
}

/// Whether the tests themselves already run behind a filter, as in some containers.
private enum ProcessWalls {
    static var hasFilter: Bool {
        let status = FileManager.default.contents(atPath: "/proc/self/status") ?? Data()
        return String(decoding: status, as: UTF8.self).contains("Seccomp:\t2")
    }
}
