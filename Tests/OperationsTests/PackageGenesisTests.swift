import Canon
import Foundation
import Host
import Operations
import Support
import Testing

/// A root that comes from the archives of all packages of another, and from nothing else.
@Suite("A root from packages") struct PackageGenesisTests {
    /// The author's root, every package of it packed, and the key that signed them.
    private struct Origin {
        let worlds: PackageWorld
        let key: String
        var all: String { worlds.author.place.file("all") }

        init() throws {
            worlds = try PackageWorld()
            key = try worlds.builderKey()
            let add = ["package", "signer", "add", "--classes", "BUILT,BUILDER"]
            try worlds.run(worlds.author, add)
            try packAll()
        }

        func packAll() throws {
            try worlds.run(worlds.author, ["package", "pack", "--all", "--output", all])
        }

        /// The same machine with none of the author's keys and memories.
        func elsewhere(_ name: String) -> World {
            var world = worlds.author
            world.surroundings.stateHome = world.place.file(name + "-state")
            world.surroundings.workingDirectory = world.place.file(name)
            return world
        }

        func found(
            _ name: String,
            _ more: String...,
            key: String? = nil
        ) -> CommandLineDoor.Response {
            let world = elsewhere(name)
            return world.call(
                ["init", world.surroundings.workingDirectory, "--json"]
                    + ["--from", all, "--trust", key ?? self.key] + more
            )
        }

        /// Whether a refused genesis left nothing.
        func isUntouched(_ name: String) -> Bool {
            !FileManager.default.fileExists(atPath: worlds.author.place.file(name))
        }
    }

    @Test(.covers("D39", "D35"))
    func `is the root that they were packed in, sealed, and is begun once`() throws {
        let origin = try Origin()
        try origin.worlds.run(origin.worlds.author, ["seal"])
        let before = try origin.worlds.rootHash(origin.worlds.author)
        let made = origin.found("twin", "--id", "sample", "--name", "root")
        #expect(made.status == 0, "\(made.text)")
        let twin = origin.elsewhere("twin")
        #expect(try origin.worlds.rootHash(twin) == before)
        #expect(twin.call("seal", "verify").status == 0)
        let checked = try origin.worlds.run(twin, ["integrity", "check", "--json"])
        #expect(checked.json?["verdict"]?.string == "whole")
        let count = try FileManager.default.contentsOfDirectory(atPath: origin.all).count / 2
        #expect(made.json?["packages"]?.array?.count == count)
        for (file, place) in Canary.files where !file.hasSuffix(".json") {
            let path = twin.surroundings.workingDirectory + "/" + place
            let first = try FileManager.default.attributesOfItem(
                atPath: origin.worlds.author.root + "/" + place
            )
            let second = try FileManager.default.attributesOfItem(atPath: path)
            #expect(first[.posixPermissions] as? Int == second[.posixPermissions] as? Int)
        }
        // What it came from stands in its log.
        let events = try origin.worlds.run(
            twin,
            ["ledger", "query", "--event", "root_genesis", "--json"]
        )
        let index = try #require(events.json?["entries"]?.array?.first?["index"]?.integer)
        let entry = twin.call("ledger", "show", "\(index)", "--json")
        let digest = try #require(made.json?["packages"]?.array?.first?["archive"]?.string)
        #expect(entry.text.contains(digest), "\(entry.text)")
        let again = origin.found("twin")
        #expect(again.status == 2 && again.text.contains("integrity.already-a-root"))
    }

    @Test(.covers("D39"))
    func `is rebuilt by a drill, which names what is another`() throws {
        let origin = try Origin()
        let author = origin.worlds.author
        let drill = ["integrity", "drill", "--packages", origin.all, "--json"]
        let same = try origin.worlds.run(author, drill).json
        #expect(same?["verdict"]?.string == "same")
        #expect(same?["rebuilt"]?.string == (try origin.worlds.rootHash(author)))
        try origin.worlds.run(author, ["seal"])
        let sealed = try origin.worlds.run(author, drill).json
        #expect(sealed?["rebuilt"]?.string == (try origin.worlds.rootHash(author)))
        try origin.worlds.run(author, ["seal", "open"])
        author.write("README.md", "# Another\n")
        try origin.worlds.run(author, ["registry", "compile", "--accept"])
        let other = author.call(drill)
        #expect(other.status == 1)
        #expect(other.json?["differing"]?.array?.compactMap(\.string) == ["README.md"])
        try origin.packAll()
        #expect(author.call(drill).json?["verdict"]?.string == "same")
        author.write("README.md", "# Tampered with\n")
        #expect(author.call(drill).refusals.contains("integrity.tampered"))
    }

    @Test(.covers("E12"))
    func `is not begun by archives that are not all there, whole, agreed and trusted`() throws {
        let origin = try Origin()
        var stranger = origin.elsewhere("stranger")
        stranger.surroundings.randomness = .system
        try origin.worlds.run(stranger, ["init", stranger.surroundings.workingDirectory])
        let other = try #require(
            stranger.call("package", "signer", "list", "--json").json?["builder_key"]?.string
        )
        let untrusted = origin.found("a", key: other)
        #expect(untrusted.status == 1 && Set(untrusted.refusals) == ["packages.unknown-signer"])
        #expect(origin.isUntouched("a"))

        let readme = origin.all + "/docs-0.1.0.tar.zst"
        let whole = try Data(contentsOf: URL(fileURLWithPath: readme))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: readme))
        let damaged = origin.found("b")
        #expect(
            damaged.status == 1 && damaged.refusals == ["packages.archive-refused"],
            "\(damaged.text)"
        )

        try FileManager.default.removeItem(atPath: readme)
        let missing = origin.found("c")
        #expect(missing.status == 1 && missing.refusals.contains("integrity.missing-asset"))
        try whole.write(to: URL(fileURLWithPath: readme))

        let keeper = origin.all + "/registries-0.1.0.tar.zst"
        try FileManager.default.moveItem(atPath: keeper, toPath: keeper + ".aside")
        let lawless = origin.found("d")
        #expect(lawless.status == 1 && lawless.refusals == ["packages.content-differs"])
        try FileManager.default.moveItem(atPath: keeper + ".aside", toPath: keeper)

        // One archive of a later state: the document of its package is another in it.
        let author = origin.worlds.author
        let document = "registries/packages/PKG-CANARY.json"
        let text = try String(contentsOfFile: author.root + "/" + document, encoding: .utf8)
        author.write(document, text.replacing("\"purpose\": \"", with: "\"purpose\": \"Now: "))
        try origin.worlds.run(author, ["registry", "compile", "--accept"])
        let later = ["package", "pack", "PKG-CANARY", "--output", origin.all]
        try origin.worlds.run(author, later)
        let disagreed = origin.found("e")
        #expect(disagreed.status == 1 && disagreed.refusals == ["packages.conflict"])
        for name in ["b", "c", "d", "e"] { #expect(origin.isUntouched(name)) }
        try origin.packAll()
        #expect(origin.found("e").status == 0)
    }

    @Test(arguments: [
        (["--trust", "x"], "name their place with --from"),
        (["--from", "all"], "Say whose packages are taken"),
        (["--from", "all", "--trust", "x"], "is no key of the form"),
        (["--from", "all", "--adopt"], "choose one"),
    ])
    func `is asked for in words that make sense`(words: [String], says: String) throws {
        let world = World()
        let answer = world.call(["init", world.place.file("new")] + words)
        #expect(answer.status == 64 && answer.text.contains(says), "\(answer.text)")
    }
}
