import Canon
import Foundation
import Operations
import Support
import Testing

struct `Making a root` {
    @Test func `works in a directory that is new or empty, and once`() throws {
        let world = World()
        try FileManager.default.createDirectory(
            atPath: world.root,
            withIntermediateDirectories: false
        )
        #expect(world.call("init", "root").status == 0)
        let again = world.call("init", "root", "--json")
        #expect(again.status == 2 && again.faultCode == "integrity.already-a-root")
        let adopting = world.call("init", "root", "--adopt", "--json")
        #expect(adopting.status == 2 && adopting.faultCode == "integrity.already-a-root")
        #expect(world.call("integrity", "check", "--root", "root").status == 0)
        #expect(world.call("init", "a/b/c").status == 0)
    }

    @Test func `is the same each time for the same clock and randomness`() throws {
        let (first, second) = (World(), World())
        let made = [first, second].map { world in
            world.call("init", world.root, "--name", "Same", "--json").json?["report"]?[
                "state_root"
            ]
        }
        #expect(made[0] != nil && made[0] == made[1])
    }

    @Test func `refuses a directory that holds something`() throws {
        let world = World()
        world.place.write("root/file", "mine")
        let refused = world.call("init", "root", "--json")
        #expect(refused.status == 2 && refused.faultCode == "integrity.not-empty")
        #expect(try world.place.read("root/file") == Array("mine".utf8))
        #expect(!FileManager.default.fileExists(atPath: world.root + "/registries"))
        let file = world.call("init", "root/file", "--json")
        #expect(file.status == 2 && file.faultCode == "host.not-a-directory")
    }

    @Test(arguments: [
        "", "Upper", "1st", "a--b", "-a", "a-", "a b", "ä", String(repeating: "a", count: 49),
    ])
    func `takes no id that is none`(id: String) {
        let refused = World().call("init", "root", "--id", id, "--json")
        #expect(refused.status == 64 && refused.faultCode == "operations.usage")
    }

    @Test func `takes the longest id there can be`() {
        let id = "a" + String(repeating: "-b", count: 23) + "c"
        #expect(id.utf8.count == 48)
        #expect(World().call("init", "root", "--id", id, "--json").json?["root_id"]?.string == id)
    }
}

struct `Adopting a directory` {
    private let world = World()

    private func adopt() -> CommandLineDoor.Response {
        world.call("init", "root", "--adopt", "--id", "adopted", "--json")
    }

    @Test func `takes in files of every plain name`() throws {
        let names = [
            "README.md", "a file.txt", "ünïcode.txt", "src/sub dir/x.c", "src/[id]/page.ts",
            ".hidden/.file", "docs/guide.md", "quote\"s.txt", "comma,name.txt", "semi;colon",
            "-dash", "dollar$(name)", "back\\slash",
            "we[ird] {n*me}?.md",
        ]
        for name in names { world.place.write("root/" + name, "content of \(name)\n") }
        let made = adopt()
        #expect(made.status == 0, "\(made.text)")
        #expect(made.json?["adopted"]?.integer == names.count)
        #expect(world.call("integrity", "check", "--root", "root").status == 0)
        for name in names {
            #expect(try world.place.read("root/" + name) == Array("content of \(name)\n".utf8))
            let owner = name == "README.md" ? "PKG-DOCS" : "PKG-ROOT"
            let asked = world.call("owner", "--root", "root", "--json", "--", name)
            #expect(asked.json?["owners"]?.array?.first?["owner"]?.string == owner, "\(name)")
            #expect(world.call("explain", "--root", "root", "--", name).status == 0, "\(name)")
        }
        world.place.write("root/newcomer/file", "")
        #expect(world.call("integrity", "check", "--root", "root").status == 1)
    }

    @Test func `takes in nothing where nothing lies`() throws {
        try FileManager.default.createDirectory(
            atPath: world.root,
            withIntermediateDirectories: false
        )
        #expect(adopt().status == 0)
    }

    @Test func `lists everything it could not govern, and then writes nothing`() throws {
        world.place.write("root/fine.txt", "fine")
        world.place.write("root/FINE.TXT", "twin")
        world.place.write("root/new\nline", "")
        world.place.write("root/sub/.file_registry.csv", "")
        let script = """
            cd "$1" && ln -s fine.txt link && mkfifo pipe && mkdir empty && ln fine.txt hard \
            && : > setuid && chmod 4755 setuid && : > "$(printf 'bad\\377name')"
            """
        let laid = try Command.run("sh", ["-c", script, "sh", world.root])
        try #require(laid.status == 0, "\(laid.errors)")
        let before = try Command.run("sh", ["-c", "cd \"$1\" && ls -alR", "sh", world.root]).output
        let refused = adopt()
        #expect(refused.status == 1)
        #expect(
            Set(refused.violations) == [
                "integrity.twin", "integrity.bad-path", "integrity.bad-registry",
                "integrity.forbidden-kind", "integrity.orphan", "integrity.hard-link",
                "integrity.mode",
            ]
        )
        #expect(refused.violations.count == 10)
        let after = try Command.run("sh", ["-c", "cd \"$1\" && ls -alR", "sh", world.root]).output
        #expect(after == before)
    }

    @Test func `never overwrites what the law would write`() throws {
        world.place.write("root/registries/entity_types.json", "mine")
        let refused = adopt()
        #expect(refused.status == 2 && refused.faultCode == "integrity.would-overwrite")
        #expect(try world.place.read("root/registries/entity_types.json") == Array("mine".utf8))
        #expect(!FileManager.default.fileExists(atPath: world.root + "/registries/root.json"))
    }
}
