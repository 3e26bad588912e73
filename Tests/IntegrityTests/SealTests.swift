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
struct `A seal` {
    @Test func `stands over a whole root and says its state`() throws {
        let fixture = try GovernedFixture()
        let sealed = try seal(fixture)
        let report = try fixture.check()
        #expect(report.violations == [])
        #expect(report.seal == .verified)
        #expect(report.stateRoot == sealed.stateRoot)
        #expect(report.json["seal"]?.string == "verified")
        // Everything registered is a leaf, but the seal itself.
        #expect(sealed.fileCount == report.fileCount - 1)
        let trusted = try NoteVerifier(vkey: sealed.verifier)
        #expect(try fixture.check(trusting: trusted).seal == .verified)
    }

    @Test func `is found broken when a file changes and every registry agrees with it`() throws {
        let fixture = try GovernedFixture()
        _ = try seal(fixture)
        fixture.write("src/other.txt", "changed\n")
        #expect(try fixture.findings() == ["integrity.tampered src/other.txt"])
        try fixture.forge()
        let report = try fixture.check()
        #expect(
            report.violations.map(GovernedFixture.line) == [
                "integrity.seal-broken \(RootLayout.seal)"
            ]
        )
        #expect(report.seal == .broken)
    }

    @Test func `is found broken when a file is added, taken away or changes hands`() throws {
        for change in [Change.added, .removed, .given] {
            let fixture = try GovernedFixture()
            _ = try seal(fixture)
            let local = "src/.file_registry.csv"
            switch change {
            case .added:
                fixture.write("src/new.txt", "new")
                fixture.write(local, try fixture.text(local) + "new.txt,PKG-CODE,package,\r\n")
            case .removed: try fixture.remove("src/other.txt")
            case .given:
                try fixture.replace(
                    "other.txt,PKG-CODE,package",
                    with: "other.txt,SPEC-CODE,spec",
                    in: local
                )
            }
            try fixture.forge()
            #expect(try fixture.findings() == ["integrity.seal-broken \(RootLayout.seal)"])
        }
    }

    @Test func `by another key is refused`() throws {
        let fixture = try GovernedFixture()
        let first = try seal(fixture)
        let trusted = try NoteVerifier(vkey: first.verifier)
        // Somebody else opens the root, changes it and seals it with a key of their own.
        let thief = try GovernedRoot(path: fixture.path, stateHome: fixture.home.file("thief"))
        _ = try Sealing(thief, clock: GovernedFixture.clock, threads: 1).open()
        fixture.write("src/other.txt", "changed\n")
        _ = try RootAuthoring(thief, clock: GovernedFixture.clock, threads: 1).compile(accept: true)
        let outcome = try Sealing(thief, clock: GovernedFixture.clock, threads: 1)
            .seal(randomness: .seeded(2))
        guard case .done(let second) = outcome else { throw FixtureProblem(what: "denied") }
        #expect(second.verifier != first.verifier)
        #expect(try IntegrityCheck(thief, threads: 1).run().seal == .verified)
        #expect(try fixture.findings() == ["integrity.seal-broken \(RootLayout.seal)"])
        #expect(
            try fixture.check(trusting: trusted).violations.map(\.code) == [.sealBroken]
        )
    }

    @Test func `of another root is refused`() throws {
        let fixture = try GovernedFixture()
        _ = try seal(fixture)
        let key = try SealKey(state: fixture.open().openState())
            .signing(origin: "charter/fixture/state", randomness: .seeded(1))
        let text = Checkpoint(origin: "charter/other/state", size: 1, root: MerkleTree.emptyRoot)
            .text
        var note = try SignedNote(text: text)
        note.append(try NoteSignature.log("charter/fixture/state", key: key, over: text))
        fixture.write(RootLayout.seal, bytes: note.bytes)
        let report = try fixture.check()
        #expect(report.violations.map(\.code) == [.sealBroken])
        #expect(report.violations[0].reason.contains("charter/other/state"))
    }

    @Test(arguments: ["", "nonsense", "charter/fixture/state\n1\nAAAA\n\n"])
    func `that is no signed note is refused`(text: String) throws {
        let fixture = try GovernedFixture()
        _ = try seal(fixture)
        fixture.write(RootLayout.seal, text)
        #expect(try fixture.findings() == ["integrity.seal-broken \(RootLayout.seal)"])
    }

    @Test func `with a stranger's line beside its signature is refused`() throws {
        let fixture = try GovernedFixture()
        _ = try seal(fixture)
        let before = try fixture.bytes(RootLayout.seal)
        let key = try SigningKey(seed: [UInt8](repeating: 7, count: SigningKey.seedByteCount))
        var note = try SignedNote(parsing: before)
        note.append(try NoteSignature.log("stranger", key: key, over: note.text))
        fixture.write(RootLayout.seal, bytes: note.bytes)
        #expect(try fixture.findings() == ["integrity.seal-broken \(RootLayout.seal)"])
        fixture.write(RootLayout.seal, bytes: before)
        #expect(try fixture.findings() == [])
    }

    @Test func `is needed where somebody names the key of one`() throws {
        let fixture = try GovernedFixture()
        let sealed = try seal(fixture)
        let trusted = try NoteVerifier(vkey: sealed.verifier)
        _ = try sealing(fixture).open()
        #expect(try fixture.check().seal == .none)
        #expect(try fixture.check().isWhole)
        let report = try fixture.check(trusting: trusted)
        #expect(report.seal == .broken)
        #expect(report.violations.map(\.code) == [.sealBroken])
    }

    @Test func `cannot be judged by a machine that has no key`() throws {
        let fixture = try GovernedFixture()
        _ = try seal(fixture)
        let stranger = try GovernedRoot(path: fixture.path, stateHome: fixture.home.file("none"))
        let report = try IntegrityCheck(stranger, threads: 1).run()
        #expect(report.seal == .broken)
        #expect(report.violations.map(\.code) == [.sealBroken])
        #expect(report.violations[0].next.contains("--seal-key"))
    }

    @Test func `is not given to a root that is not whole at any stage`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/other.txt", "BADWORD\n")
        try fixture.forge()
        let refused = try seal(fixture)
        #expect(
            refused.violations.map(GovernedFixture.line) == ["integrity.gate-failed src/other.txt"]
        )
        #expect(refused.verifier == "")
        #expect(try fixture.check().seal == .none)
    }

    @Test func `that no longer fits does not hide what is wrong from the next one`() throws {
        let fixture = try GovernedFixture()
        _ = try seal(fixture)
        fixture.write("src/other.txt", "BADWORD\n")
        try fixture.forge()
        #expect(try fixture.findings() == ["integrity.seal-broken \(RootLayout.seal)"])
        let refused = try seal(fixture)
        #expect(refused.violations.map(\.code) == [.gateFailed])
        fixture.write("src/other.txt", "good\n")
        try fixture.forge()
        #expect(try seal(fixture).violations == [])
        #expect(try fixture.check().seal == .verified)
    }

    @Test func `is not given to a root with files outside packages`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/loose.txt", "x")
        _ = try fixture.authoring().assign(
            [RelativePath("src/loose.txt")],
            to: "SPEC-CODE",
            registry: .spec
        )
        #expect(try fixture.compile().violations == [])
        #expect(try fixture.findings() == [])
        let refused = try seal(fixture)
        #expect(
            refused.violations.map(GovernedFixture.line) == ["integrity.unpackaged src/loose.txt"]
        )
    }

    @Test(.covers("D34"))
    func `forbids authoring until it is opened`() throws {
        let fixture = try GovernedFixture()
        _ = try seal(fixture)
        let before = try fixture.contents()
        fixture.write("src/new.txt", "x")
        let authoring = try fixture.authoring()
        let outcomes = [
            denial(try authoring.compile(accept: true)),
            denial(
                try authoring.assign(
                    [RelativePath("src/new.txt")],
                    to: "PKG-CODE",
                    registry: .package
                )
            ),
            denial(try authoring.adopt(OwnershipTable(rows: []))),
        ]
        for found in outcomes {
            let denial = try #require(found)
            #expect(denial.rule == "FMWK-REG: pristine write guard")
            #expect(denial.reason.contains("charter seal open"))
            #expect(!denial.policyVersion.isEmpty)
        }
        try fixture.remove("src/new.txt")
        #expect(try fixture.contents() == before)
        guard case .done(.opened) = try sealing(fixture).open() else {
            throw FixtureProblem(what: "The seal does not open.")
        }
        guard case .done(.wasOpen) = try sealing(fixture).open() else {
            throw FixtureProblem(what: "A seal is opened once.")
        }
        #expect(try fixture.findings() == [])
        fixture.write("src/other.txt", "changed\n")
        #expect(try fixture.compile(accept: true).violations == [])
    }

    @Test func `is made with a key for its owner's eyes only`() throws {
        let fixture = try GovernedFixture()
        _ = try seal(fixture)
        let state = try fixture.open().openState()
        #expect(try state.facts(of: "seal.key.pem")?.permissions == 0o600)
        let changed = unsafe chmod(state.path + "/seal.key.pem", 0o644)
        #expect(changed == 0)
        let fault = #expect(throws: IntegrityFault.self) { _ = try seal(fixture) }
        #expect(fault?.code == "keys.unusable")
    }

    private enum Change {
        case added
        case removed
        case given
    }

    private func sealing(_ fixture: GovernedFixture) throws -> Sealing {
        try Sealing(fixture.open(), clock: GovernedFixture.clock, threads: 1)
    }

    private func seal(_ fixture: GovernedFixture) throws -> Sealing.Result {
        guard case .done(let result) = try sealing(fixture).seal(randomness: .seeded(1)) else {
            throw FixtureProblem(what: "The root may be sealed.")
        }
        return result
    }

    private func denial<Value>(_ outcome: PristineGuard.Outcome<Value>) -> Denial? {
        if case .denied(let denial) = outcome { return denial }
        return nil
    }
}
