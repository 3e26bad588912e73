import Canon
import Foundation
import Integrity
import Registry
import Support
import Testing

@Suite(.covers("D01"))
struct `The stages of a check` {
    @Test func `report only the earliest, and mending it shows the next`() throws {
        let fixture = try GovernedFixture()
        let whole = try fixture.contents()
        // From the last stage to the first: each is made consistent, so that only it is at fault.
        try fixture.replace("begins", with: "ends", in: "src/main.txt")
        try fixture.replace(#""class":"BUILT""#, with: #""class":"OTHER""#, in: packageCode)
        try fixture.replace(#"{"owner":"somebody","#, with: "{", in: specCode)
        try fixture.forge()
        fixture.write("src/other.txt", "not what was registered\n")
        fixture.write("src/orphan.txt", "nobody's\n")

        #expect(try stopped(fixture) == ["ownership", "integrity.orphan src/orphan.txt"])
        try fixture.remove("src/orphan.txt")
        #expect(try stopped(fixture) == ["hashes", "integrity.tampered src/other.txt"])
        fixture.write("src/other.txt", bytes: whole["src/other.txt"] ?? [])
        #expect(try stopped(fixture) == ["links", "integrity.missing-metadata \(specCode)"])
        try fixture.replace(#""metadata":{"#, with: #""metadata":{"owner":"me","#, in: specCode)
        try fixture.forge()
        // The program's own rule and the schema of packages both refuse the class.
        #expect(
            try stopped(fixture) == [
                "packages", "integrity.invalid-package \(packageCode)",
                "integrity.invalid-package \(packageCode)",
            ]
        )
        try fixture.replace(#""class":"OTHER""#, with: #""class":"BUILT""#, in: packageCode)
        try fixture.forge()
        #expect(try stopped(fixture) == ["gates", "integrity.gate-failed src/main.txt"])
        try fixture.replace("ends", with: "begins", in: "src/main.txt")
        try fixture.forge()
        #expect(try stopped(fixture) == ["gates"])
        #expect(try fixture.check().isWhole)
    }

    @Test(arguments: Violation.Stage.allCases)
    func `run up to the one that is asked for`(last: Violation.Stage) throws {
        let report = try GovernedFixture().check(through: last)
        #expect(report.stages == Violation.Stage.allCases.filter { $0 <= last })
        #expect(report.isWhole)
        #expect((report.stateRoot != nil) == (last >= .hashes))
    }

    @Test func `give each finding a path, a rule, a reason and a next step`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/orphan.txt", "x")
        try fixture.remove("empty.txt")
        let report = try fixture.check()
        #expect(!report.isWhole)
        #expect(report.json["verdict"]?.string == "violated")
        #expect(report.json["stopped_at"]?.string == "ownership")
        #expect(report.violations.count == 2)
        for violation in report.violations {
            #expect(violation.rule.hasPrefix("FMWK-REG"))
            #expect(violation.reason.contains(violation.path))
            #expect(violation.reason.hasSuffix("."))
            #expect(violation.next.hasSuffix("."))
            #expect(violation.json["code"]?.string == violation.code.rawValue)
        }
    }

    private let packageCode = "registries/packages/PKG-CODE.json"
    private let specCode = "registries/specs/SPEC-CODE.json"

    private func stopped(_ fixture: GovernedFixture) throws -> [String] {
        let report = try fixture.check()
        return [report.stages.last?.name ?? ""] + report.violations.map(GovernedFixture.line)
    }
}
