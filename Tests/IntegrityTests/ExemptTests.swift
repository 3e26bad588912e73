import Canon
import Foundation
import Glibc
import Host
import Integrity
import Registry
import Support
import Testing

@Suite(.covers("C01", "D07"))
struct `An exempt place` {
    private static let policy = "registries/policies/POL-EXEMPT-001.json"

    @Test func `is counted, and what is odd in it`() throws {
        let fixture = try GovernedFixture()
        #expect(try fixture.check().exempt.isEmpty)
        fixture.write("build/a", "1")
        fixture.write("build/deep/b", "2")
        fixture.write("ledger/hot/segment", "3")
        try link(fixture, "build/within", "deep/b")
        try link(fixture, "build/deep/up", "../../src/main.txt")
        try link(fixture, "build/out", "../../outside")
        try link(fixture, "build/absolute", "/etc/hostname")
        #expect(unsafe mkfifo(fixture.file("build/fifo"), 0o600) == 0)
        let report = try fixture.check()
        #expect(report.violations == [])
        #expect(report.exempt.map(\.pattern) == ["build/**", "ledger/hot/**"])
        #expect(report.exempt.map(\.entryCount) == [8, 1])
        #expect(report.exempt.map(\.oddCount) == [3, 0])
        #expect(report.exempt.allSatisfy { $0.policy == "POL-EXEMPT-001" })
        #expect(report.json["exempt"]?["entries"]?.integer == 9)
        #expect(report.json["exempt"]?["odd"]?.integer == 3)
    }

    @Test func `holds files alone where planes and ledgers write`() throws {
        let fixture = try GovernedFixture()
        fixture.write("planes/hot/run/pid", "1")
        fixture.write("planes/hot/run/deep/file", "1")
        try link(fixture, "planes/hot/run/deep/within", "../pid")
        #expect(try fixture.findings() == [])
        try link(fixture, "planes/hot/run/out", "/etc")
        #expect(unsafe mkfifo(fixture.file("planes/hot/run/fifo"), 0o600) == 0)
        fixture.write("ledger/hot/segment", "1")
        let listener = try UnixListener.listen(fixture.file("ledger/hot/socket"))
        defer { withExtendedLifetime(listener) {} }
        let found = try fixture.check().violations
        #expect(
            found.map(GovernedFixture.line) == [
                "integrity.forbidden-kind ledger/hot/socket",
                "integrity.forbidden-kind planes/hot/run/fifo",
                "integrity.forbidden-kind planes/hot/run/out",
            ]
        )
        #expect(found.allSatisfy { $0.rule == "POL-EXEMPT-001" })
    }

    @Test(.enabled(if: geteuid() == 0, "only root may make a device"))
    func `holds no device anywhere`() throws {
        let fixture = try GovernedFixture()
        fixture.write("build/a", "1")
        #expect(unsafe mknod(fixture.file("build/zero"), S_IFCHR | 0o600, 1 << 8 | 5) == 0)
        #expect(try fixture.findings() == ["integrity.forbidden-kind build/zero"])
    }

    @Test func `of a plane is that of a declared one`() throws {
        let fixture = try GovernedFixture()
        for plane in ["hot", "first_order"] { fixture.write("planes/\(plane)/run/pid", "1") }
        #expect(try fixture.findings() == [])
        fixture.write("planes/stranger/run/pid", "1")
        fixture.write("ledger/stranger/segment", "1")
        #expect(
            try fixture.findings() == [
                "integrity.orphan ledger/stranger/segment",
                "integrity.orphan planes/stranger/run/pid",
            ]
        )
        let quarantine = try Quarantine(fixture.open(), clock: GovernedFixture.clock, threads: 1)
        _ = try quarantine.run()
        // Without a declaration there is no plane, and nothing is exempt for it.
        try fixture.replace(
            #"{"id":"hot","path":"planes/hot"},"#,
            with: "",
            in: "registries/root.json"
        )
        try fixture.forge()
        #expect(try fixture.findings() == ["integrity.orphan planes/hot/run/pid"])
    }

    @Test(arguments: ["**", "*", "a/b", "", "A"])
    func `is nobody's by a plane that calls itself a pattern`(id: String) throws {
        let fixture = try GovernedFixture()
        try fixture.replace(
            #"{"id":"first_order"}"#,
            with: #"{"id":"\#(id)"}"#,
            in: "registries/root.json"
        )
        fixture.write("planes/stranger/run/pid", "1")
        try fixture.forge()
        #expect(try fixture.findings().contains("integrity.orphan planes/stranger/run/pid"))
        #expect(
            try fixture.compile(accept: true).violations.map(GovernedFixture.line)
                .contains("integrity.invalid-document registries/root.json")
        )
    }

    @Test(.covers("D34"), arguments: ["src/deep/**", "src/other.txt"])
    func `takes nothing that is owned out of the registries unseen`(pattern: String) throws {
        let fixture = try GovernedFixture()
        try fixture.replace("build/**", with: pattern, in: Self.policy)
        let owned =
            pattern.hasSuffix("**")
            ? ["src/deep/er/.file_registry.csv", "src/deep/er/leaf.txt"] : [pattern]
        let wanted = owned.map { "integrity.exempt-owned \($0)" }
        #expect(try fixture.findings() == wanted)
        // The policy's own change is a finding too, but it comes after what it does.
        let refused = try fixture.compile().violations
        #expect(refused.filter { $0.code == .exemptOwned }.map(GovernedFixture.line) == wanted)
        #expect(refused.allSatisfy { $0.code != .exemptOwned || $0.rule == "POL-EXEMPT-001" })
        let compiled = try fixture.compile(accept: true)
        #expect(compiled.violations == [])
        #expect(Set(compiled.dropped) == Set(owned))
        #expect(try fixture.findings() == [])
    }

    private func link(_ fixture: GovernedFixture, _ name: String, _ target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file(name),
            withDestinationPath: target
        )
    }
}
