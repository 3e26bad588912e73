import Canon
import Crypto
import Foundation
import Host
import Integrity
import Law
import Registry
import Support
import Testing

@Suite(.covers("C25", "D36"))
struct `A seal that this machine made` {
    private static let removed = "integrity.seal-removed \(RootLayout.seal)"

    @Test func `is missed when somebody takes it away and compiles the root anew`() throws {
        let fixture = try sealed()
        try fixture.remove(RootLayout.seal)
        fixture.write("src/other.txt", "changed\n")
        try fixture.forge()
        #expect(try fixture.findings() == [Self.removed])
        #expect(try fixture.check(through: .ownership).violations.map(\.code) == [.sealRemoved])
        #expect(try fixture.authoring().plan(accept: true).violations.map(\.code) == [.sealRemoved])
        let before = try fixture.contents()
        let compiled = denial(try fixture.authoring().compile(accept: true))
        let resealed = denial(try sealing(fixture).seal(randomness: .seeded(1)))
        for found in [compiled, resealed] {
            let denial = try #require(found)
            #expect(denial.rule == "integrity.seal-removed")
            #expect(denial.reason.contains("charter seal open"))
        }
        #expect(try fixture.contents() == before)
        // Opening is the one lawful way, and it is enough.
        guard case .done(.forgotten) = try sealing(fixture).open() else {
            throw FixtureProblem(what: "The seal is not remembered.")
        }
        #expect(try fixture.findings() == [])
        #expect(try fixture.compile().violations == [])
    }

    @Test func `is missed under another id`() throws {
        let fixture = try sealed()
        try fixture.remove(RootLayout.seal)
        try fixture.replace("\"fixture\"", with: "\"another\"", in: RootLayout.rootManifest)
        try fixture.forge()
        let report = try fixture.check()
        #expect(report.rootID == "another")
        #expect(report.violations.map(GovernedFixture.line) == [Self.removed])
        #expect(report.violations.first?.reason.contains("as fixture") == true)
    }

    @Test func `is missed when the root is moved, and where another one is put in its place`()
        throws
    {
        let fixture = try sealed()
        try fixture.remove(RootLayout.seal)
        try fixture.forge()
        let moved = fixture.home.file("moved")
        try FileManager.default.moveItem(atPath: fixture.path, toPath: moved)
        try FileManager.default.copyItem(atPath: moved, toPath: fixture.path)
        #expect(try fixture.findings() == [Self.removed])
        let there = try GovernedRoot(path: moved, stateHome: fixture.stateHome)
        #expect(
            try IntegrityCheck(there, threads: 1).run().violations.map(\.code) == [.sealRemoved]
        )
        // Said of one of the two, it stays known of the other.
        guard case .done(.forgotten) = try sealing(fixture).open() else {
            throw FixtureProblem(what: "The place is not remembered.")
        }
        #expect(try fixture.findings() == [])
        #expect(
            try IntegrityCheck(there, threads: 1).run().violations.map(\.code) == [.sealRemoved]
        )
    }

    @Test func `is not missed in a copy elsewhere that never had one`() throws {
        let fixture = try sealed()
        let copy = fixture.home.file("copy")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: copy)
        let root = try GovernedRoot(path: copy, stateHome: fixture.stateHome)
        #expect(try IntegrityCheck(root, threads: 1).run().violations == [])
        guard case .done(.opened) = try Sealing(root, clock: GovernedFixture.clock).open() else {
            throw FixtureProblem(what: "The copy has the seal.")
        }
        #expect(try IntegrityCheck(root, threads: 1).run().violations == [])
        #expect(try fixture.check().seal == .verified)
    }

    @Test func `is found replaced by an older one that is as good`() throws {
        let fixture = try sealed()
        let older = try fixture.contents()
        _ = try sealing(fixture).open()
        fixture.write("src/other.txt", "newer\n")
        _ = try fixture.compile(accept: true)
        try seal(fixture)
        #expect(try fixture.check().seal == .verified)
        let newer = try fixture.contents()
        try write(older, to: fixture)
        let report = try fixture.check()
        #expect(report.violations.map(\.code) == [.sealBroken])
        #expect(report.violations.first?.reason.contains("older") == true)
        try write(newer, to: fixture)
        #expect(try fixture.findings() == [])
        #expect(try fixture.check().seal == .verified)
    }

    @Test func `is remembered by files that must be readable`() throws {
        let fixture = try sealed()
        let memory = "state/charter/.sealed"
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.home.file(memory))
        let name = try #require(names.first)
        #expect(names.count == 1)
        #expect(
            try Directory.open(fixture.home.file(memory)).facts(of: name)?.permissions == 0o600
        )
        for text in ["", "{}", "[]"] {
            fixture.home.write(memory + "/" + name, text)
            let fault = #expect(throws: IntegrityFault.self) { _ = try fixture.check() }
            #expect(fault?.code == "integrity.seal-memory")
        }
    }

    @Test func `forbids a genesis in its place until it is opened`() throws {
        let fixture = try sealed()
        try FileManager.default.removeItem(atPath: fixture.path)
        func make() throws(IntegrityFault) {
            _ = try RootGenesis(at: fixture.path, stateHome: fixture.stateHome)
                .make(FixtureLaw.items, adopting: [], isAdopting: false)
        }
        let fault = #expect(throws: IntegrityFault.self) { try make() }
        #expect(fault?.code == "integrity.sealed-here")
        let directory = try Directory.open(fixture.path)
        #expect(try Sealing.forget(directory, stateHome: fixture.stateHome))
        #expect(try !Sealing.forget(directory, stateHome: fixture.stateHome))
        #expect(throws: Never.self) { try make() }
    }

    // MARK: -

    private func sealed() throws -> GovernedFixture {
        let fixture = try GovernedFixture()
        try seal(fixture)
        #expect(try fixture.check().seal == .verified)
        return fixture
    }

    private func seal(_ fixture: GovernedFixture) throws {
        guard case .done(let result) = try sealing(fixture).seal(randomness: .seeded(1)),
            result.violations.isEmpty
        else { throw FixtureProblem(what: "The root may be sealed.") }
    }

    private func sealing(_ fixture: GovernedFixture) throws -> Sealing {
        try Sealing(fixture.open(), clock: GovernedFixture.clock, threads: 1)
    }

    private func write(_ contents: [String: [UInt8]], to fixture: GovernedFixture) throws {
        for (name, bytes) in contents where bytes != [FileKind.directory.rawValue] {
            fixture.write(name, bytes: bytes)
        }
    }

    private func denial<Value>(_ outcome: PristineGuard.Outcome<Value>) -> Denial? {
        if case .denied(let denial) = outcome { return denial }
        return nil
    }
}
