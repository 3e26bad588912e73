import Canon
import Foundation
import Operations
import Support
import Testing

@Suite(.covers("K28"))
struct `A spec from a template` {
    private func ask(_ world: World, _ more: String...) -> CommandLineDoor.Response {
        world.call(
            [
                "spec", "new", "SPEC-SONG-BIRD", "--purpose", "Sings when the build is green.",
                "--json",
            ] + more
        )
    }

    private func picture(_ world: World) throws -> String {
        let found = try Command.run(
            "/bin/sh",
            [
                "-c",
                "cd '\(world.root)' && find . -path ./ledger/root -prune -o -type f -print0"
                    + " | sort -z | xargs -0 sha256sum",
            ]
        )
        return found.output
    }

    @Test func `is whole at once, and the same each time`() throws {
        let world = try World.governed()
        let before = try picture(world)
        let planned = ask(world, "--dry-run")
        #expect(planned.json?["verdict"]?.string == "planned", "\(planned.text)")
        #expect(try picture(world) == before)
        let made = ask(world)
        #expect(made.json?["verdict"]?.string == "made", "\(made.text)")
        #expect(made.json?["files"] == planned.json?["files"])
        #expect(
            made.json?["files"]?.array?.compactMap(\.string) == [
                "agents/song_bird/08_commit.md", "agents/song_bird/README.md",
                "agents/song_bird/src/song_bird.py", "agents/song_bird/tests/test_song_bird.py",
                "registries/packages/PKG-SONG-BIRD.json", "registries/specs/SPEC-SONG-BIRD.json",
            ]
        )
        #expect(world.call("integrity", "check").status == 0)
        let first = try picture(world)
        let again = ask(world)
        #expect(again.json?["verdict"]?.string == "unchanged", "\(again.text)")
        #expect(try picture(world) == first)
        // Another root gets the same bytes from the same words.
        let other = try World.governed()
        #expect(ask(other).status == 0)
        let folder = "/agents/song_bird/src/song_bird.py"
        #expect(
            FileManager.default.contentsEqual(
                atPath: world.root + folder,
                andPath: other.root + folder
            )
        )
        // What it makes passes its own tests, and is packed as it is.
        let tested = try Command.run(
            "/usr/bin/python3",
            ["-B", "-m", "unittest", "discover", world.root + "/agents/song_bird/tests"]
        )
        #expect(tested.status == 0, "\(tested.output)")
        #expect(world.call("package", "signer", "add").status == 0)
        let packed = world.call("package", "pack", "PKG-SONG-BIRD", "--output", "../dist")
        #expect(packed.status == 0, "\(packed.text)")
    }

    @Test func `overwrites nothing, and comes back where a file of it is gone`() throws {
        let world = try World.governed()
        #expect(ask(world).status == 0)
        world.write(
            "agents/song_bird/README.md",
            "# Overview\n\nMine.\n\n# Usage\n\n# Dependencies\n"
        )
        #expect(world.call("registry", "compile", "--accept").status == 0)
        let before = try picture(world)
        let refused = ask(world)
        #expect(refused.status == 1 && refused.refusals == ["packages.conflict"], "\(refused.text)")
        #expect(try picture(world) == before)
        let other = world.call([
            "spec", "new", "SPEC-OTHER", "--purpose", "Sings when the build is green.", "--module",
            "song_bird", "--json",
        ])
        #expect(Set(other.refusals) == ["packages.conflict"], "\(other.text)")
        #expect(try picture(world) == before)
    }

    @Test(arguments: [
        ["SPEC-wren", "--purpose", "Sings when the build is green."],
        ["PKG-WREN", "--purpose", "Sings when the build is green."],
        ["SPEC-WREN"], ["SPEC-WREN", "--purpose", ""], ["SPEC-WREN", "--purpose", "a\nb"],
        ["SPEC-WREN", "--purpose", #"", "class": "BUILDER"#],
        ["SPEC-WREN", "--purpose", "{{owner}}"], ["SPEC-WREN", "--purpose", #"a\u0022"#],
        ["SPEC-WREN", "--purpose", "Sings when the build is green.", "--module", "../wren"],
        ["SPEC-1WREN", "--purpose", "Sings when the build is green."],
        ["SPEC-WREN", "--purpose", "Sings when the build is green.", "--owner", "a`b"],
        ["SPEC-WREN", "--purpose", "Sings when the build is green.", "--name", "\u{202E}neuw"],
    ])
    func `takes no words that would mean something else`(_ words: [String]) throws {
        let world = try World.governed()
        let answer = world.call(["spec", "new"] + words)
        #expect(answer.status == 64, "\(answer.text)")
    }

    @Test func `needs a template that there is, and one that is whole`() throws {
        let world = try World.governed()
        let none = ask(world, "--template", "../agent")
        #expect(
            none.refusals == ["packages.template-refused"] && none.text.contains("There are: agent")
        )
        let path = "registries/templates/agent/files/README.md.template"
        let text = try String(contentsOfFile: world.root + "/" + path, encoding: .utf8)
        for (change, says) in [("{{nobody}}", "nobody"), ("{{name", "not closed")] {
            world.write(path, text + change + "\n")
            #expect(world.call("registry", "compile", "--accept").status == 0)
            let refused = ask(world)
            #expect(refused.refusals == ["packages.template-refused"], "\(refused.text)")
            #expect(refused.text.contains(says), "\(refused.text)")
        }
        // A template whose pack breaks its framework makes nothing either.
        world.write(path, "no sections\n")
        #expect(world.call("registry", "compile", "--accept").status == 0)
        let before = try picture(world)
        let refused = ask(world)
        #expect(Set(refused.refusals) == ["integrity.gate-failed"], "\(refused.text)")
        #expect(try picture(world) == before)
        #expect(world.call("integrity", "check").status == 0)
    }

    @Test func `is not made in a sealed root`() throws {
        let world = try World.governed()
        #expect(world.call("seal").status == 0)
        let refused = ask(world)
        #expect(
            refused.status == 1 && refused.refusals == ["packages.not-authorised"],
            "\(refused.text)"
        )
    }
}
