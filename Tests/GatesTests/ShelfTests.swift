import Canon
import Crypto
import Foundation
import Gates
import Host
import Keys
import Policy
import Support
import Testing

@Suite(.covers("D41", "D42", "D46"))
struct `The shelf of policies` {
    @Test func `denies everything before something is activated`() throws {
        let own = try OwnShelf()
        #expect(own.decide("ann").reasons.map(\.code) == ["policy.decision.no-bundle"])
        #expect(try own.shelf.states() == [])
    }

    @Test func `decides by what was activated, and goes back to what was before`() throws {
        let own = try OwnShelf()
        try own.activate(DoorBundle.signed("1"))
        #expect(own.decide("ann").verdict == .allow)
        try own.activate(DoorBundle.signed("2", keepers: #"["bob"]"#))
        #expect(own.decide("ann").verdict == .deny)
        #expect(own.decide("bob").source.revision == "2")
        let back = try own.shelf.rollback("doors", by: "tester", at: DoorBundle.time)
        #expect(back.active?.revision == "1")
        #expect(own.decide("ann").verdict == .allow)
        #expect(back.history.map(\.action) == [.activate, .activate, .rollback])
        let again = fault {
            _ = try own.shelf.rollback("doors", by: "tester", at: DoorBundle.time)
        }
        #expect(again == "gates.shelf.nothing-before")
        let other = fault { _ = try own.shelf.rollback("walls", by: "t", at: DoorBundle.time) }
        #expect(other == "gates.shelf.unknown-bundle")
    }

    @Test func `takes nothing that is unsigned, changed or unfit`() throws {
        let own = try OwnShelf()
        let signed = try DoorBundle.signed("1")
        let changed = try PolicyBundle(
            files: signed.allFiles.map { file in
                file.path == "doors/data.json"
                    ? BundleFile(path: file.path, text: #"{"keepers": ["eve"]}"#) : file
            }
        )
        let failing = try BundleSignature.sign(
            DoorBundle.unsigned("1", test: "test_all_pass if data.doors.allow"),
            builtBy: "a test",
            with: DoorBundle.key()
        )
        let stranger = try BundleSignature.sign(
            DoorBundle.unsigned("1"),
            builtBy: "a test",
            with: DoorBundle.key(9)
        )
        let cases: [(PolicyBundle, String)] = [
            (try DoorBundle.unsigned("1"), "policy.signature.missing"),
            (changed, "policy.signature.file-changed"),
            (failing, "policy.review.failed"),
            (stranger, "policy.signature.unknown-signer"),
        ]
        for (bundle, code) in cases {
            let found = fault { try own.activate(bundle) }
            #expect(found == code)
        }
        #expect(try own.shelf.states() == [])
        #expect(own.decide("ann").verdict == .deny)
    }

    @Test func `changes nothing for a trial, which finds what an activation would`() throws {
        let own = try OwnShelf()
        try own.activate(DoorBundle.signed("1"))
        let before = try own.names()
        try own.activate(DoorBundle.signed("2"), as: .trial)
        #expect(try own.names() == before)
        #expect(own.decide("ann").source.revision == "1")
        let found = fault { try own.activate(DoorBundle.unsigned("2"), as: .trial) }
        #expect(found == "policy.signature.missing")
    }

    @Test func `gives a candidate its share, and takes it away first when going back`() throws {
        let own = try OwnShelf()
        let early = fault { try own.activate(DoorBundle.signed("2"), as: .candidate(percent: 50)) }
        #expect(early == "gates.shelf.nothing-before")
        try own.activate(DoorBundle.signed("1"))
        try own.activate(DoorBundle.signed("2", keepers: "[]"), as: .candidate(percent: 100))
        let decision = own.decide("ann")
        #expect(decision.source.revision == "2")
        #expect(decision.verdict == .deny)
        #expect(decision.shadow?.verdict == .allow)
        let state = try own.shelf.rollback("doors", by: "tester", at: DoorBundle.time)
        #expect(state.candidate == nil)
        #expect(own.decide("ann").verdict == .allow)
        try own.activate(DoorBundle.signed("2", keepers: "[]"), as: .candidate(percent: 1))
        let promoted = try own.activate(DoorBundle.signed("2", keepers: "[]"))
        #expect(promoted.candidate == nil)
        #expect(promoted.active?.revision == "2")
        #expect(promoted.previous?.revision == "1")
    }

    @Test func `falls back to the last good one when the active copy was changed, and says so`()
        throws
    {
        let own = try OwnShelf()
        try own.activate(DoorBundle.signed("1"))
        let active = try own.activate(DoorBundle.signed("2", keepers: #"["eve"]"#)).active
        let digest = try #require(active).digest.hex
        own.home.write("doors/\(digest)/doors/data.json", #"{"keepers": ["mallory"]}"#)
        let decision = own.decide("mallory")
        #expect(decision.verdict == .deny)
        #expect(decision.source.revision == "1")
        #expect(decision.warnings.map(\.code) == ["gates.shelf.last-good"])
        #expect(own.decide("ann").verdict == .allow)
        // Activating it again mends the copy.
        try own.activate(DoorBundle.signed("2", keepers: #"["eve"]"#))
        #expect(own.decide("eve").verdict == .allow)
        #expect(own.decide("eve").warnings == [])
    }

    @Test func `denies everything when no copy can be used`() throws {
        let own = try OwnShelf()
        let first = try own.activate(DoorBundle.signed("1")).active
        let digest = try #require(first).digest.hex
        own.home.write("doors/\(digest)/new.rego", "package doors\n\nallow := true\n")
        #expect(own.decide("ann").reasons.map(\.code) == ["gates.shelf.damaged"])
        let stranger = PolicyShelf(in: try Directory.open(own.home.path), trusting: [])
        try FileManager.default.removeItem(atPath: own.home.file("doors/\(digest)/new.rego"))
        let refused = stranger.decisionPoint(for: "doors").decide(DoorBundle.request("ann"))
        #expect(refused.reasons.map(\.code) == ["policy.signature.unknown-signer"])
    }

    @Test func `denies everything when its own notes are damaged`() throws {
        let own = try OwnShelf()
        try own.activate(DoorBundle.signed("1"))
        let text = String(decoding: try own.home.read("doors/active.json"), as: UTF8.self)
        let damages = [
            "", "{}", text.replacing("doors", with: "walls"),
            text.replacing(#""canary_percent": 0"#, with: #""canary_percent": 101"#),
            text.replacing(#""revision""#, with: #""version""#),
        ]
        for damage in damages {
            own.home.write("doors/active.json", damage)
            #expect(own.decide("ann").reasons.map(\.code) == ["gates.shelf.damaged"])
        }
    }

    @Test func `lets no two bundles own one place`() throws {
        let own = try OwnShelf()
        try own.activate(DoorBundle.signed("1"))
        let found = fault { try own.activate(DoorBundle.signed("1", name: "other")) }
        #expect(found == "policy.bundle.roots-overlap")
        try own.activate(
            BundleSignature.sign(
                DoorBundle.unsigned(
                    "1",
                    name: "walls",
                    root: "walls",
                    test: "test_nobody_passes if not data.walls.allow"
                ),
                builtBy: "a test",
                with: DoorBundle.key()
            )
        )
        #expect(try own.shelf.states().map(\.bundle) == ["doors", "walls"])
    }

    @Test func `keeps only the copies that are needed`() throws {
        let own = try OwnShelf()
        for revision in 1...4 { try own.activate(DoorBundle.signed("\(revision)")) }
        #expect(try own.names().count == 3)
        own.home.write("doors/.half.charter-new/x", "")
        try own.activate(DoorBundle.signed("5"))
        #expect(try own.names().count == 3)
    }

    @Test func `is whole after a crash at any step of an activation`() throws {
        let own = try OwnShelf()
        try own.activate(DoorBundle.signed("1"))
        let next = try DoorBundle.signed("2", keepers: #"["bob"]"#)
        let name = next.digest.hex
        // What a crash can leave: a temporary with some of the files, or a copy that nothing names.
        for count in 0...next.allFiles.count {
            for file in next.allFiles.prefix(count) {
                own.home.write("doors/.\(name).charter-new/\(file.path)", bytes: file.bytes)
            }
            #expect(own.decide("ann").source.revision == "1")
            #expect(own.decide("ann").verdict == .allow)
        }
        own.home.write("doors/.active.json.1234.charter-new", "{")
        let whole = own.home.file("doors/\(name)")
        try FileManager.default.moveItem(
            atPath: own.home.file("doors/.\(name).charter-new"),
            toPath: whole
        )
        #expect(own.decide("ann").source.revision == "1")
        try own.activate(next)
        #expect(own.decide("bob").verdict == .allow)
    }

    @Test func `answers whole while two others switch`() throws {
        let own = try OwnShelf()
        let bundles = try [
            DoorBundle.signed("1"), DoorBundle.signed("2", keepers: #"["ann", "bob"]"#),
        ]
        try own.activate(bundles[0])
        let group = DispatchGroup()
        let wrong = Wrong()
        for writer in 0..<2 {
            group.enter()
            Thread.detachNewThread {
                for round in 0..<6 {
                    let state = try? own.activate(bundles[(writer + round) % 2])
                    if state == nil { wrong.add("a switch failed") }
                }
                group.leave()
            }
        }
        for _ in 0..<20 {
            let decision = own.decide("ann")
            // Whatever is active, ann is a keeper in it.
            if decision.verdict != .allow { wrong.add("\(decision.reasons)") }
        }
        group.wait()
        #expect(wrong.all == [])
        let state = try #require(try own.shelf.states().first)
        #expect(state.history.count == 13)
        #expect(own.decide("ann").warnings == [])
    }
}

/// What went wrong on other threads; a lock guards it.
final class Wrong: @unchecked Sendable {
    private let lock = NSLock()
    private var found: [String] = []
    func add(_ text: String) { lock.withLock { found.append(text) } }
    var all: [String] { lock.withLock { found } }
}

@Suite(.covers("G12"))
struct `The keys for policies` {
    @Test func `sign and are trusted on their own machine`() throws {
        let home = TemporaryDirectory()
        let keys = PolicyKeys(in: try Directory.open(home.path), origin: "charter/test/policy")
        #expect(try keys.trusted() == [])
        let key = try keys.signing(randomness: .seeded(1))
        #expect(try keys.signing(randomness: .seeded(2)).verifyingKey == key.verifyingKey)
        #expect(try keys.trusted().map(\.key) == [key.verifyingKey])
        let other = try MachineKey.verifier(of: DoorBundle.key(), "somebody")
        _ = try keys.trust(vkey: other.description)
        _ = try keys.trust(vkey: other.description)
        #expect(try keys.trusted().map(\.key) == [key.verifyingKey, DoorBundle.key().verifyingKey])
    }

    @Test func `are refused when others may read them, or when they are none`() throws {
        let home = TemporaryDirectory()
        let keys = PolicyKeys(in: try Directory.open(home.path), origin: "charter/test/policy")
        _ = try keys.signing(randomness: .seeded(1))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644],
            ofItemAtPath: home.file("policy.key.pem")
        )
        #expect(fault { _ = try keys.signing(randomness: .seeded(1)) } == "keys.unusable")
        #expect(fault { _ = try keys.trust(vkey: "nonsense") } == "crypto.key-malformed")
        home.write("trusted.vkeys", "nonsense\n")
        #expect(fault { _ = try keys.trusted() } == "crypto.key-malformed")
    }
}
