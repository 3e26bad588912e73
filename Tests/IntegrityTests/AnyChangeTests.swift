import Canon
import Foundation
import Host
import Integrity
import Registry
import Support
import Testing

@Suite(.covers("C01", "D02", "D03"))
struct `For any root` {
    @Test(arguments: 0..<16)
    func `any one change is found, and taking it back makes it whole`(seed: Int) throws {
        var generator = Generator(seed: UInt64(seed) &+ GovernedSeed.base)
        let fixture = try GovernedFixture()
        var paths: [RelativePath] = []
        for number in 0..<generator.int(1...6) {
            let parts = (0..<generator.int(0...2)).map { _ in
                String(generator.pick(Array("abcxyz")))
            }
            let name =
                (["src"] + parts + ["file\(number)\(generator.pick(["", ".txt", " é", "~"]))"])
                .joined(separator: "/")
            fixture.write(
                name,
                bytes: (0..<generator.int(0...300)).map { _ in generator.pick([0, 10, 65, 255]) }
            )
            paths.append(try RelativePath(name))
        }
        _ = try fixture.authoring().assign(paths, to: "PKG-CODE", registry: .package)
        #expect(try fixture.compile().violations == [])
        let whole = try fixture.check()
        #expect(whole.violations == [], "seed \(generator.seed)")

        let contents = try fixture.contents()
        let directory = try Directory.open(fixture.path)
        let files = try contents.keys.filter { try directory.facts(of: $0)?.kind == .file }.sorted()
        let victim = generator.pick(files)
        let bytes = try fixture.bytes(victim)
        let undo = try change(fixture, victim, bytes, &generator)
        let found = try fixture.check()
        #expect(!found.isWhole, "seed \(generator.seed): \(undo.what) of \(victim) goes unseen")
        #expect(
            found.violations.contains { undo.paths.contains($0.path) },
            "seed \(generator.seed): \(found.violations)"
        )
        try undo.run()
        let again = try fixture.check()
        #expect(again.violations == [], "seed \(generator.seed)")
        #expect(again.stateRoot == whole.stateRoot)
        #expect(try fixture.contents() == contents)
    }

    private struct Undo {
        let what: String
        let paths: Set<String>
        let run: () throws -> Void
    }

    private func change(
        _ fixture: GovernedFixture,
        _ victim: String,
        _ bytes: [UInt8],
        _ generator: inout Generator
    ) throws -> Undo {
        let isTopRegistry = victim == RootLayout.localRegistryName
        let parent = isTopRegistry ? "." : (victim as NSString).deletingLastPathComponent
        let shown = Printable(victim).description
        switch generator.int(0...4) {
        case 0 where !bytes.isEmpty:
            var changed = bytes
            let place = generator.int(0...changed.count - 1)
            changed[place] ^= UInt8(1 << generator.int(0...7))
            fixture.write(victim, bytes: changed)
            // A changed table may only be readable as another one, which blames its rows.
            let isTable = victim.hasSuffix(".csv")
            let blamed = Set([shown] + (isTable ? try findings(fixture) : []))
            return Undo(what: "a flipped bit", paths: blamed) {
                fixture.write(victim, bytes: bytes)
            }
        case 1:
            try fixture.remove(victim)
            // The manifest makes the root; without it there is nothing to check.
            guard victim != RootLayout.rootManifest else {
                fixture.write(victim, bytes: bytes)
                fixture.write(victim + "2", "x")
                return Undo(what: "a copy", paths: [shown + "2"]) {
                    try fixture.remove(victim + "2")
                }
            }
            return Undo(what: "removal", paths: [shown, parent]) {
                fixture.write(victim, bytes: bytes)
            }
        case 2:
            fixture.write(victim + "2", bytes: bytes)
            return Undo(what: "a copy", paths: [shown + "2"]) { try fixture.remove(victim + "2") }
        case 3:
            fixture.setMode(victim, 0o4644)
            return Undo(what: "a set-user-id bit", paths: [shown]) {
                fixture.setMode(victim, 0o644)
            }
        default:
            let other = fixture.home.file("second")
            try FileManager.default.linkItem(atPath: fixture.file(victim), toPath: other)
            return Undo(what: "a hard link", paths: [shown]) {
                try FileManager.default.removeItem(atPath: other)
            }
        }
    }

    private func findings(_ fixture: GovernedFixture) throws -> [String] {
        try fixture.check().violations.map(\.path)
    }
}

/// The seed that a failure named, or the one that is always used.
enum GovernedSeed {
    static let base =
        ProcessInfo.processInfo.environment["CHARTER_TEST_SEED"].flatMap(UInt64.init) ?? 20_261_120
}
