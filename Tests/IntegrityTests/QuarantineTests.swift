import Canon
import Foundation
import Host
import Integrity
import Registry
import Support
import Testing

@Suite
struct `The quarantine` {
    @Test func `moves what nobody owns, of every kind, and the root is whole`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/orphan.txt", "a\n")
        fixture.write("new/one", "1")
        fixture.write("new/deep/two", "2")
        fixture.write("src/a\nb", "odd")
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file("src/link"),
            withDestinationPath: "/etc/hostname"
        )
        try FileManager.default.createDirectory(
            atPath: fixture.file("docs/empty/er"),
            withIntermediateDirectories: true
        )
        let listener = try UnixListener.listen(fixture.file("src/socket"))
        let made = unsafe mkfifo(fixture.file("src/fifo"), 0o600)
        #expect(made == 0)
        let result = try quarantine(fixture)
        withExtendedLifetime(listener) {}
        #expect(
            result.moved == [
                "docs/empty", "docs/empty/er", "new", "new/deep/two", "new/one", "src/a\nb",
                "src/fifo", "src/link", "src/orphan.txt", "src/socket",
            ]
        )
        #expect(result.left.isEmpty)
        #expect(try fixture.findings() == [])
        // Nothing was deleted: the receipt says where each thing is now.
        let receipt = try JSONValue(
            parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: result.place + "/receipt.json")))
        )
        var items: [String: String] = [:]
        for element in receipt["moved"]?.array ?? [] {
            items[element["path"]?.string ?? ""] = element["item"]?.string
        }
        #expect(
            items.keys.sorted() == [
                "docs/empty", "new", "src/a\nb", "src/fifo", "src/link", "src/orphan.txt",
                "src/socket",
            ]
        )
        let place = try Directory.open(result.place)
        let kinds: [String: FileKind] = [
            "docs/empty": .directory, "new": .directory, "src/a\nb": .file, "src/fifo": .fifo,
            "src/link": .symbolicLink, "src/orphan.txt": .file, "src/socket": .socket,
        ]
        for (path, kind) in kinds {
            let item = try #require(items[path])
            #expect(try place.facts(of: item)?.kind == kind, "\(path)")
        }
        let item = try #require(items["new"])
        #expect(try place.readWhole(item + "/deep/two", limit: 10) == Array("2".utf8))
    }

    @Test func `moves only what is named, and what lies below it`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/one", "1")
        fixture.write("src/two", "2")
        fixture.write("new/three", "3")
        fixture.write("new/four", "4")
        #expect(
            try quarantine(fixture, only: ["src/one", "new/three"]).moved == [
                "new/three", "src/one",
            ]
        )
        #expect(
            try fixture.findings() == ["integrity.orphan new/four", "integrity.orphan src/two"]
        )
        // The last file of a directory takes the directory with it.
        #expect(try quarantine(fixture, only: ["new"]).moved == ["new", "new/four"])
        #expect(try quarantine(fixture, only: ["src/main.txt", "nowhere"]).moved == [])
        #expect(try fixture.findings() == ["integrity.orphan src/two"])
    }

    @Test func `keeps the receipts of one second apart`() throws {
        let fixture = try GovernedFixture()
        fixture.write("one", "1")
        let first = try quarantine(fixture)
        fixture.write("two", "2")
        let second = try quarantine(fixture)
        #expect(first.place != second.place)
        for place in [first.place, second.place] {
            #expect(FileManager.default.fileExists(atPath: place + "/receipt.json"))
            #expect(FileManager.default.fileExists(atPath: place + "/0.item"))
        }
    }

    @Test func `moves nothing when everything is owned`() throws {
        let fixture = try GovernedFixture()
        fixture.write("build/product", "exempt")
        let result = try quarantine(fixture)
        #expect(result.moved == [])
        #expect(result.place == "")
        #expect(try fixture.contents()["build/product"] != nil)
    }

    @Test(arguments: ["", "file_path\r\nother.txt\r\n", nil])
    func `does not empty a directory because its registry is broken or gone`(
        registry: String?
    ) throws {
        let fixture = try GovernedFixture()
        if let registry {
            fixture.write("src/.file_registry.csv", registry)
        } else {
            try fixture.remove("src/.file_registry.csv")
        }
        let before = try fixture.contents()
        #expect(try quarantine(fixture).moved == [])
        #expect(try fixture.contents() == before)
    }

    @Test func `moves nothing when nobody can say what is owned`() throws {
        let fixture = try GovernedFixture()
        for name in try fixture.contents().keys where name.hasSuffix(".file_registry.csv") {
            try fixture.remove(name)
        }
        try fixture.remove(RootLayout.ownershipRegistry)
        let before = try fixture.contents()
        #expect(try quarantine(fixture).moved == [])
        #expect(try fixture.contents() == before)
    }

    @Test func `moves a name that is not text, and keeps its bytes`() throws {
        let fixture = try GovernedFixture()
        let path = (Array((fixture.path + "/src/a").utf8) + [0xFF, 0x0A, 0])
            .map { CChar(bitPattern: $0) }
        let descriptor = unsafe Glibc.open(path, O_CREAT | O_WRONLY, 0o644)
        #expect(descriptor >= 0)
        close(descriptor)
        fixture.write("src/orphan", "x")
        let result = try quarantine(fixture)
        #expect(result.moved == ["src/a\\x{invalid}\\u{a}", "src/orphan"])
        #expect(result.left.isEmpty)
        #expect(try fixture.findings() == [])
        let bytes = try [UInt8](
            Data(contentsOf: URL(fileURLWithPath: result.place + "/receipt.json"))
        )
        let moved = try #require(JSONValue(parsing: bytes)["moved"]?.array)
        #expect(moved.map { $0["path_hex"]?.string } == ["7372632f61ff0a", nil])
        #expect(moved.map { $0["path"]?.string } == [nil, "src/orphan"])
        for item in moved {
            let name = try #require(item["item"]?.string)
            #expect(FileManager.default.fileExists(atPath: result.place + "/" + name))
        }
    }

    private func quarantine(
        _ fixture: GovernedFixture,
        only names: [String] = []
    ) throws -> Quarantine.Result {
        try Quarantine(fixture.open(), clock: GovernedFixture.clock, threads: 1).run(only: names)
    }
}
