import Canon
import Foundation
import Operations
import Support
import Testing

struct `A call outside its root` {
    @Test func `says where a root would be found`() {
        let world = World()
        let lost = world.call("integrity", "check", "--json")
        #expect(lost.status == 2 && lost.faultCode == "operations.no-root")
        let named = world.call("integrity", "check", "--root", "nowhere", "--json")
        #expect(named.status == 2 && named.faultCode == "host.missing")
        let plain = world.call("integrity", "check", "--root", world.place.path, "--json")
        #expect(plain.status == 2 && plain.faultCode == "integrity.not-a-root")
    }

    /// Paths that name nothing in the root, and a piece of what is said about them.
    static let outside: [(path: String, says: String)] = [
        ("../x", "lies outside the root"), ("/etc/passwd", "lies outside the root"),
        ("docs/../../x", "lies outside the root"), (".", "is the root itself"),
        ("", "is empty"), ("a\u{7}b", "control character"),
        ("../rootling/x", "lies outside the root"),
    ]

    @Test(arguments: outside)
    func `takes no path that leads out`(path: String, says: String) throws {
        let world = try World.governed()
        for command in ["explain", "owner", "chain", "quarantine"] {
            let refused = world.call(command, path, "--json")
            #expect(refused.status == 64 && refused.faultCode == "operations.usage", "\(command)")
            #expect(refused.json?["fault"]?["message"]?.string?.contains(says) == true)
        }
    }

    @Test func `takes the paths that people type`() throws {
        var world = try World.governed()
        for path in ["README.md", "./README.md", "prompts/../README.md", world.root + "/README.md"]
        {
            #expect(world.call("owner", path).said.hasPrefix("README.md  PKG-DOCS"), "\(path)")
        }
        world.surroundings.workingDirectory = world.root + "/registries"
        #expect(world.call("owner", "root.json").said.hasPrefix("registries/root.json  PKG-"))
        #expect(world.call("owner", "../README.md").said.hasPrefix("README.md  "))
        world.surroundings.workingDirectory = world.place.path
        #expect(world.call("owner", "./README.md", "--root", "root").status == 0)
        #expect(world.call("owner", "root/README.md", "--root", "root").status == 1)
    }
}

struct `An operation` {
    @Test(.covers("C60"))
    func `refuses an id that is none, and never hands one out twice`() throws {
        let world = try World.governed()
        let first = world.call("id", "allocate", "package", "AGENT")
        let second = world.call("id", "allocate", "package", "AGENT")
        #expect([first.said, second.said] == ["PKG-AGENT-001\n", "PKG-AGENT-002\n"])
        let kind = world.call("id", "allocate", "planet", "--json")
        #expect(kind.status == 64 && kind.faultCode == "registry.no-such-kind")
        for series in ["a b", "agent", "../X", "X;Y"] {
            let refused = world.call("id", "allocate", "package", series, "--json")
            #expect(refused.status == 64 && refused.faultCode == "registry.bad-id", "\(series)")
        }
        world.place.write("state/charter/sample/ids.json", "[\"PKG-AGENT-0")
        let damaged = world.call("id", "allocate", "package", "AGENT", "--json")
        #expect(damaged.status == 2 && damaged.faultCode == "operations.ids-damaged")
    }

    @Test func `says which part of the law it misses`() throws {
        let world = try World.governed()
        try world.remove("registries/frameworks/FMWK-101.schema.json")
        world.write("thing.json", "{}")
        let refused = world.call("validate", "altitude-depth", "thing.json", "--json")
        #expect(refused.status == 2 && refused.faultCode == "operations.not-in-law")
    }

    @Test func `names the registries there are`() throws {
        let world = try World.governed()
        let refused = world.call("registry", "export", "planets", "--json")
        #expect(refused.status == 64 && refused.faultCode == "registry.no-such-registry")
    }

    @Test func `tells why a file cannot be read, with what lies underneath`() throws {
        let world = try World.governed()
        world.write("bad.json", "{\"a\": 1, \"a\": 2}")
        let refused = world.call("validate", "bad.json", "--json")
        #expect(refused.status == 2 && refused.faultCode == "canon.json.duplicate-key")
        let plain = world.call("validate", "bad.json").complained
        #expect(
            plain.hasPrefix(
                "charter: bad.json cannot be read. [canon.json.duplicate-key]\n  because: "
            )
        )
    }

    @Test func `explains what the operator can do`() throws {
        let world = try World.governed()
        world.write("docs/guide.md", "# Guide\n")
        let orphan = world.call("explain", "docs/guide.md")
        #expect(orphan.status == 1)
        #expect(orphan.said.contains("charter owner assign docs/guide.md --package PKG-DOCS"))
        let folder = world.call("explain", "registries")
        #expect(folder.status == 0 && folder.said.contains("directory, "))
        #expect(world.call("explain", "docs").status == 1)
        let missing = world.call("explain", "docs/gide.md")
        #expect(missing.status == 1 && missing.said.contains("check the spelling"))
    }

    @Test func `moves only what was named, and never a thing that is owned`() throws {
        let world = try World.governed()
        world.write("scratch/a.txt", "a")
        world.write("scratch/b.txt", "b")
        world.write("other.txt", "o")
        let owned = world.call("quarantine", "registries", "README.md", "--json")
        #expect(owned.status == 1 && owned.json?["moved"]?.array?.isEmpty == true)
        #expect(owned.json?["not_moved"]?.array?.count == 2)
        let folder = world.call("quarantine", "scratch", "--json")
        #expect(folder.status == 0, "\(folder.text)")
        #expect(
            folder.json?["moved"]?.array?.compactMap(\.string) == [
                "scratch", "scratch/a.txt", "scratch/b.txt",
            ]
        )
        #expect(try world.place.read("root/other.txt") == [UInt8(ascii: "o")])
    }

    @Test func `rebuilds nowhere in the root, and only where nothing lies`() throws {
        let world = try World.governed()
        let inside = world.call("integrity", "drill", "--into", "copy", "--json")
        #expect(inside.status == 64 && inside.faultCode == "operations.usage")
        #expect(!FileManager.default.fileExists(atPath: world.root + "/copy"))
        world.place.write("full/file", "")
        let full = world.call("integrity", "drill", "--into", "../full", "--json")
        #expect(full.status == 2 && full.faultCode == "host.directory-not-empty")
        #expect(world.call("integrity", "drill", "--into", "../new").status == 0)
        #expect(world.call("registry", "compile", "--root", "../new").status == 0)
        #expect(world.call("integrity", "check", "--root", "../new").status == 0)
    }
}
