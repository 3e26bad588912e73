import Canon
import Foundation
import Host
import Operations
import Support
import Testing

@Suite(.covers("E16"))
struct `A kept state of a root` {
    /// A world whose clock goes on, since a state is named after its second.
    private func later(_ worlds: PackageWorld, _ seconds: Int64) -> World {
        var world = worlds.taker
        world.surroundings.clock = .fixed(1_795_161_600_000_000_000 + seconds * 1_000_000_000)
        return world
    }

    @Test func `is come back to, byte for byte`() throws {
        let worlds = try PackageWorld()
        let before = try worlds.rootHash(worlds.taker)
        let kept = try worlds.run(
            worlds.taker,
            ["version", "checkpoint", "--note", "bare", "--json"]
        )
        let first = try #require(kept.json?["id"]?.string)
        #expect(first == "VER-20261120080000")
        #expect(kept.json?["state_root"]?.string == before)
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        let installed = try worlds.rootHash(worlds.taker)
        let later = later(worlds, 60)
        try worlds.run(later, ["version", "checkpoint"])
        let listed = try worlds.run(later, ["version", "list", "--json"])
        let ids = listed.json?["versions"]?.array?.compactMap { $0["id"]?.string } ?? []
        #expect(ids == [first, "VER-20261120080100"])
        let changed = try worlds.run(
            later,
            ["version", "diff", first, "VER-20261120080100", "--json"]
        )
        #expect((changed.json?["changes"]?.array?.count ?? 0) > 8)

        let planned = try worlds.run(
            later,
            ["version", "rollback", first, "--dry-run", "--json"]
        )
        #expect(try worlds.rootHash(later) == installed)
        let back = try worlds.run(later, ["version", "rollback", first, "--json"])
        #expect(back.json?["changes"] == planned.json?["changes"])
        #expect(try worlds.rootHash(later) == before)
        let left = worlds.taker.surroundings.workingDirectory + "/agents"
        #expect(!FileManager.default.fileExists(atPath: left))
        let again = try worlds.run(later, ["version", "rollback", first, "--json"])
        #expect(again.json?["verdict"]?.string == "unchanged")
        // And forwards again: what was undone is not lost.
        try worlds.run(later, ["version", "rollback", "VER-20261120080100"])
        #expect(try worlds.rootHash(later) == installed)
        try worlds.run(later, ["ledger", "verify"])
    }

    @Test func `mends a root that was tampered with`() throws {
        let worlds = try PackageWorld()
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        let before = try worlds.rootHash(worlds.taker)
        try worlds.run(worlds.taker, ["version", "checkpoint"])
        let place = worlds.taker.surroundings.workingDirectory
        for (path, text) in [("agents/canary/README.md", "gone\n"), ("stray.txt", "mine\n")] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: place + "/" + path))
        }
        try FileManager.default.removeItem(atPath: place + "/agents/canary/src/canary.py")
        #expect(worlds.taker.call("integrity", "check").status == 1)
        try worlds.run(worlds.taker, ["version", "rollback", "VER-20261120080000"])
        #expect(try worlds.rootHash(worlds.taker) == before)
    }

    @Test func `of a sealed root is sealed again`() throws {
        let worlds = try PackageWorld()
        try worlds.run(worlds.taker, ["seal"])
        let before = try worlds.rootHash(worlds.taker)
        try worlds.run(worlds.taker, ["version", "checkpoint"])
        // A package operation is the one way in which a sealed root changes.
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        let sealed = try worlds.run(worlds.taker, ["integrity", "check", "--json"])
        #expect(sealed.json?["seal"]?.string == "verified", "\(sealed.text)")
        try worlds.run(worlds.taker, ["version", "rollback", "VER-20261120080000"])
        #expect(try worlds.rootHash(worlds.taker) == before)
        try worlds.run(worlds.taker, ["seal", "verify"])
        try worlds.run(worlds.taker, ["seal", "open"])
        let open = worlds.taker.call("version", "rollback", "VER-20261120080000", "--json")
        #expect(open.refusals == ["packages.law-differs"], "\(open.text)")
    }

    @Test func `gives back no trust that was taken since`() throws {
        let worlds = try PackageWorld()
        try worlds.run(worlds.taker, ["version", "checkpoint"])
        try worlds.run(
            worlds.taker,
            ["package", "signer", "revoke", worlds.builderKey(), "--reason", "stolen"]
        )
        let refused = worlds.taker.call("version", "rollback", "VER-20261120080000", "--json")
        #expect(refused.refusals == ["packages.revoked-signer"], "\(refused.text)")
    }

    @Test func `of another root is none of this one`() throws {
        let worlds = try PackageWorld()
        let copy = worlds.author.place.file("copy")
        try FileManager.default.copyItem(
            atPath: worlds.taker.surroundings.workingDirectory,
            toPath: copy
        )
        var other = worlds.taker
        other.surroundings.workingDirectory = copy
        // Two copies of a root share the place where states are kept, and each has a ledger of its own.
        try worlds.run(other, ["package", "install", worlds.archive])
        try worlds.run(other, ["version", "checkpoint"])
        let refused = worlds.taker.call("version", "rollback", "VER-20261120080000", "--json")
        #expect(refused.refusals == ["packages.law-differs"], "\(refused.text)")
    }

    @Test func `changes the builder's own packages only with a person's signature`() throws {
        let worlds = try PackageWorld()
        let place = worlds.taker.surroundings.workingDirectory
        try worlds.run(worlds.taker, ["version", "checkpoint"])
        let policy = place + "/registries/policies/POL-INSTALL-001.json"
        let text = try String(contentsOfFile: policy, encoding: .utf8)
        try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: policy))
        try worlds.run(worlds.taker, ["registry", "compile", "--accept"])
        let refused = worlds.taker.call("version", "rollback", "VER-20261120080000", "--json")
        #expect(refused.refusals == ["packages.not-authorised"], "\(refused.text)")
        // What was only damaged becomes what is registered, and that changes nothing.
        try Data(text.utf8).write(to: URL(fileURLWithPath: policy))
        try worlds.run(worlds.taker, ["registry", "compile", "--accept"])
        try Data("{}".utf8).write(to: URL(fileURLWithPath: policy))
        try worlds.run(worlds.taker, ["version", "rollback", "VER-20261120080000"])
        _ = try worlds.rootHash(worlds.taker)
    }

    @Test func `that is not there, or is not what it was, is said to be so`() throws {
        let worlds = try PackageWorld()
        func fault(_ arguments: String...) -> String? {
            worlds.taker.call(arguments + ["--json"]).faultCode
        }
        #expect(fault("version", "show", "VER-20000101000000") == "packages.no-such-version")
        #expect(fault("version", "rollback", "../root") == "packages.no-such-version")
        try worlds.run(worlds.taker, ["version", "checkpoint"])
        #expect(fault("version", "checkpoint") == "packages.version-exists")
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        let before = try worlds.rootHash(worlds.taker)
        let state = worlds.author.place.file("state/charter/taker")
        let record = state + "/versions/VER-20261120080000.json"
        let text = try String(contentsOfFile: record, encoding: .utf8)
        let archive = try #require(try? JSONValue(parsing: Array(text.utf8))["archive"]?.string)
        // Another archive under the name of this one.
        try FileManager.default.removeItem(atPath: "\(state)/packages/\(archive).tar.zst")
        try FileManager.default.copyItem(
            atPath: worlds.archive,
            toPath: "\(state)/packages/\(archive).tar.zst"
        )
        #expect(fault("version", "rollback", "VER-20261120080000") == "packages.version-damaged")
        try Data("{".utf8).write(to: URL(fileURLWithPath: record))
        #expect(fault("version", "rollback", "VER-20261120080000") == "packages.version-damaged")
        #expect(try worlds.rootHash(worlds.taker) == before)
    }

    @Test func `is kept of a root that is whole, and of no other`() throws {
        let worlds = try PackageWorld()
        let place = worlds.taker.surroundings.workingDirectory
        try Data("mine\n".utf8).write(to: URL(fileURLWithPath: place + "/stray.txt"))
        let refused = worlds.taker.call("version", "checkpoint", "--json")
        #expect(refused.refusals == ["integrity.orphan"], "\(refused.text)")
    }
}
