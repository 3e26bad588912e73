import Canon
import Crypto
import Foundation
import Host
import Integrity
import Registry
import Support
import Testing

@Suite
struct `The opening of a root` {
    @Test func `needs a manifest with a plain id`() throws {
        let home = TemporaryDirectory()
        #expect(code(home.path) == "integrity.not-a-root")
        for text in ["{", "[]", "{}", #"{"id":""}"#, #"{"id":"../x"}"#, #"{"id":"A"}"#] {
            home.write("registries/root.json", text)
            #expect(code(home.path) == "integrity.root-manifest", "\(text)")
        }
        home.write("registries/root.json", #"{"id":"a-1"}"#)
        #expect(code(home.path) == nil)
        #expect(code(home.file("nowhere")) == "host.missing")
    }

    @Test func `follows no link to the root, nor to its registries`() throws {
        let fixture = try GovernedFixture()
        let link = fixture.home.file("link")
        try FileManager.default.createSymbolicLink(
            atPath: link,
            withDestinationPath: fixture.path
        )
        #expect(code(link) == "host.symbolic-link")
        #expect(code(link + "/") == "host.symbolic-link")
        #expect(code(fixture.path + "//") == nil)
        let elsewhere = fixture.home.file("elsewhere")
        try FileManager.default.moveItem(atPath: fixture.file("registries"), toPath: elsewhere)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file("registries"),
            withDestinationPath: elsewhere
        )
        #expect(code(fixture.path) == "host.symbolic-link")
    }

    @Test func `is found from any directory below`() throws {
        let fixture = try GovernedFixture()
        #expect(try GovernedRoot.find(from: fixture.file("src/deep/er")) == fixture.path)
        #expect(try GovernedRoot.find(from: fixture.path) == fixture.path)
        #expect(try GovernedRoot.find(from: fixture.home.path) == nil)
    }

    @Test(.covers("C01"))
    func `is not answered for by one further out when its own manifest is gone`() throws {
        let fixture = try GovernedFixture()
        let inner = "build/inner"
        fixture.write(inner + "/registries/gates/G0.json", "{}")
        fixture.write(inner + "/src/file", "x")
        func code(_ name: String) -> String? {
            do throws(IntegrityFault) {
                return try GovernedRoot.find(from: fixture.file(name))
            } catch {
                return error.code
            }
        }
        #expect(code(inner + "/src") == "integrity.manifest-lost")
        #expect(code(inner) == "integrity.manifest-lost")
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file(inner + "/registries/root.json"),
            withDestinationPath: fixture.file("registries/root.json")
        )
        #expect(code(inner + "/src") == "integrity.manifest-lost")
        try fixture.remove(inner + "/registries")
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file(inner + "/registries"),
            withDestinationPath: fixture.file("registries")
        )
        #expect(code(inner + "/src") == "integrity.manifest-lost")
        // A file of that name makes no root.
        try fixture.remove(inner + "/registries")
        fixture.write(inner + "/registries", "x")
        #expect(code(inner + "/src") == fixture.path)
    }

    @Test func `keeps no state where a link leads back into the root`() throws {
        let fixture = try GovernedFixture()
        fixture.write("build/keep/file", "x")
        let link = fixture.home.file("link")
        try FileManager.default.createSymbolicLink(
            atPath: link,
            withDestinationPath: fixture.file("build")
        )
        for stateHome in [link + "/keep", link + "/keep/deeper/still", link] {
            let root = try GovernedRoot(path: fixture.path, stateHome: stateHome)
            #expect(root.holdsOwnState)
            let fault = #expect(throws: IntegrityFault.self) { _ = try root.openState() }
            #expect(fault?.code == "integrity.state-inside-root")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.file("build/keep"))
                == ["file"]
        )
        #expect(try !fixture.open().holdsOwnState)
    }

    private func code(_ path: String) -> String? {
        do throws(IntegrityFault) {
            _ = try GovernedRoot(path: path, stateHome: "/nowhere")
            return nil
        } catch {
            return error.code
        }
    }
}

@Suite(.covers("D35", "D39"))
struct `A genesis` {
    @Test func `makes no second root, and nothing in a place that is taken`() throws {
        let fixture = try GovernedFixture()
        #expect(try code(fixture.path) == "integrity.already-a-root")
        let taken = TemporaryDirectory()
        taken.write("file", "x")
        #expect(try code(taken.path) == "integrity.not-empty")
        taken.write("registries/gates/G0.json", "mine")
        #expect(try code(taken.path, isAdopting: true) == "integrity.would-overwrite")
        #expect(try taken.read("registries/gates/G0.json") == Array("mine".utf8))
    }

    @Test func `begins anew over what an interrupted one staged`() throws {
        let home = TemporaryDirectory()
        home.write("root/.charter-init/0", "old")
        home.write("root/.charter-init/9999", "old")
        #expect(try code(home.file("root")) == nil)
        let root = try GovernedRoot(path: home.file("root"), stateHome: home.file("state"))
        _ = try RootAuthoring(root, clock: GovernedFixture.clock, threads: 1).compile(accept: false)
        #expect(try IntegrityCheck(root, threads: 1).run().violations == [])
    }

    @Test(arguments: [0, 1, 7, 1000])
    func `takes back what one that was cut short had put in place`(moved: Int) throws {
        let home = TemporaryDirectory()
        home.write("mine", "x")
        home.write("root/docs/mine.md", "mine")
        let whole = try GovernedFixture()
        // As far as the other came: some files in their places, the rest staged, and the list.
        let items = FixtureLaw.items.filter { $0.path != RootLayout.rootManifest }
        var files: [JSONValue] = []
        for (index, item) in items.enumerated() {
            home.write(
                index < moved ? "root/" + item.path : "root/.charter-init/\(index)",
                bytes: item.bytes
            )
            files.append([
                "path": .string(item.path),
                "hash": .string(Digest.sha256(of: item.bytes).hex),
            ])
        }
        let list: JSONValue = [
            "files": .array(files),
            "directories": ["registries", "registries/gates", "registries/specs", "src"],
        ]
        home.write("root/.charter-init/list.json", bytes: list.pretty)
        // Somebody worked on one of them since.
        if moved > 0 { home.write("root/" + items[0].path, "changed since") }
        _ = try RootGenesis(at: home.file("root"), stateHome: home.file("state"))
        let left = try Set(
            TreeWalk().list(Directory.open(home.file("root"))).filter { $0.kind == .file }
                .map(\.text)
        )
        #expect(left == Set(["docs/mine.md"] + (moved > 0 ? [items[0].path] : [])))
        #expect(try whole.findings() == [])
    }

    @Test func `is completed where only its end was missing`() throws {
        let home = TemporaryDirectory()
        let first = try RootGenesis(at: home.file("root"), stateHome: home.file("state"))
        #expect(!first.wasAlmostDone)
        _ = try first.make(FixtureLaw.items, adopting: [], isAdopting: false)
        let second = TemporaryDirectory()
        _ = try Command.run("/bin/cp", ["-a", home.path + "/.", second.path])
        second.write("root/.charter-init/list.json", "{}")
        let again = try RootGenesis(at: second.file("root"), stateHome: second.file("state"))
        #expect(again.wasAlmostDone)
        let root = try again.made()
        _ = try RootAuthoring(root, clock: GovernedFixture.clock, threads: 1).compile(accept: false)
        #expect(try IntegrityCheck(root, threads: 1).run().violations == [])
    }

    @Test func `goes on in a directory alone`() throws {
        let home = TemporaryDirectory()
        let first = try RootGenesis(at: home.file("root"), stateHome: home.file("state"))
        #expect(try code(home.file("root")) == "host.locked")
        _ = try first.make(FixtureLaw.items, adopting: [], isAdopting: false)
        #expect(try code(home.file("root")) == "host.locked")
        withExtendedLifetime(first) {}
    }

    @Test func `takes in what lies there`() throws {
        let home = TemporaryDirectory()
        home.write("root/src/mine.txt", "mine")
        home.write("root/.git/HEAD", "not taken")
        let genesis = try RootGenesis(
            at: home.file("root"),
            stateHome: home.file("state")
        )
        let existing = try genesis.existing(skipping: [".git"])
        #expect(existing.map(\.text) == ["src/mine.txt"])
        let root = try genesis.make(
            FixtureLaw.items,
            adopting: existing.map { RootGenesis.Adopted(path: $0, owner: "PKG-CODE") },
            isAdopting: true
        )
        // The fixture's law does not exempt it, and it was not taken in.
        let authoring = RootAuthoring(root, clock: GovernedFixture.clock, threads: 1)
        guard case .done(let refused) = try authoring.compile(accept: false) else {
            throw FixtureProblem(what: "denied")
        }
        #expect(
            refused.violations.map(GovernedFixture.line) == ["integrity.no-local-registry .git"]
        )
        try FileManager.default.removeItem(atPath: home.file("root/.git"))
        _ = try authoring.compile(accept: false)
        #expect(try IntegrityCheck(root, threads: 1).run().violations == [])
    }

    @Test func `follows no link out of the directory it takes in`() throws {
        let home = TemporaryDirectory()
        home.write("outside/keep", "x")
        home.write("root/file.txt", "x")
        try FileManager.default.createSymbolicLink(
            atPath: home.file("root/registries"),
            withDestinationPath: home.file("outside")
        )
        #expect(try code(home.file("root"), isAdopting: true) == "host.symbolic-link")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: home.file("outside")) == ["keep"]
        )
    }

    @Test func `leads to the same state when the root is built anew from its registries`() throws {
        let fixture = try GovernedFixture()
        fixture.write("build/product", "exempt, and no part of the state")
        let before = try fixture.check().stateRoot
        let same = try drill(fixture)
        #expect(same.isSame)
        #expect(same.original == before)
        #expect(same.rebuilt == before)
        #expect(same.differing == [])
        #expect(same.fileCount > 20)
        fixture.write("src/other.txt", "changed\n")
        let different = try drill(fixture)
        #expect(!different.isSame)
        #expect(different.violations.map(\.code) == [.tampered])
        #expect(different.rebuilt == nil)
        #expect(different.fileCount == 0)
    }

    private func drill(_ fixture: GovernedFixture) throws -> RebuildDrill.Result {
        let target = TemporaryDirectory()
        return try RebuildDrill(fixture.open(), threads: 1).run(into: Directory.open(target.path))
    }

    private func code(_ path: String, isAdopting: Bool = false) throws -> String? {
        do throws(IntegrityFault) {
            _ = try RootGenesis(at: path, stateHome: "/nowhere")
                .make(FixtureLaw.items, adopting: [], isAdopting: isAdopting)
            return nil
        } catch {
            return error.code
        }
    }
}

@Suite(.covers("C13", "C18"))
struct `Ownership` {
    @Test func `is given in the registry of the file's own directory`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/new/one.txt", "1")
        fixture.write("src/new/two.txt", "2")
        let authoring = try fixture.authoring()
        let outcome = try authoring.assign(
            [RelativePath("src/new/one.txt"), RelativePath("src/new/two.txt")],
            to: "PKG-CODE",
            registry: .package
        )
        guard case .done(let violations) = outcome else { throw FixtureProblem(what: "denied") }
        #expect(violations == [])
        #expect(try fixture.compile().violations == [])
        #expect(try fixture.findings() == [])
    }

    @Test func `changes hands without taking in a changed file`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/other.txt", "changed\n")
        _ = try fixture.authoring().assign(
            [RelativePath("src/other.txt")],
            to: "SPEC-CODE",
            registry: .spec
        )
        #expect(
            try fixture.compile().violations.map(GovernedFixture.line)
                == ["integrity.tampered src/other.txt"]
        )
    }

    @Test func `is refused where it cannot be, and then nothing is written`() throws {
        let fixture = try GovernedFixture()
        fixture.write("build/product", "exempt")
        fixture.write("src/new.txt", "x")
        let before = try fixture.contents()
        let refusals: [(String, OwnershipRow.OwnerRegistry, ViolationCode)] = [
            ("src/gone.txt", .package, .missing),
            ("build/product", .package, .badPath),
            ("src/.file_registry.csv", .package, .duplicate),
            ("registries/packages_registry.csv", .package, .duplicate),
            ("src/main.txt", .framework, .frameworkOwner),
        ]
        for (path, registry, code) in refusals {
            let outcome = try fixture.authoring().assign(
                [RelativePath("src/new.txt"), RelativePath(path)],
                to: "PKG-CODE",
                registry: registry
            )
            guard case .done(let violations) = outcome else { throw FixtureProblem(what: "denied") }
            #expect(violations.last?.code == code, "\(path)")
        }
        #expect(try fixture.contents() == before)
    }

    @Test func `is not given in a registry that cannot be read whole`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/new.txt", "x")
        let name = "src/.file_registry.csv"
        fixture.write(name, try fixture.text(name) + "bad/path,PKG-CODE,package,\r\n")
        let before = try fixture.contents()
        let outcome = try fixture.authoring().assign(
            [RelativePath("src/new.txt")],
            to: "PKG-CODE",
            registry: .package
        )
        guard case .done(let violations) = outcome else { throw FixtureProblem(what: "denied") }
        #expect(violations.map(GovernedFixture.line) == ["integrity.bad-path \(name)"])
        #expect(try fixture.contents() == before)
    }

    @Test func `is taken from a whole table`() throws {
        let fixture = try GovernedFixture()
        let bytes = try fixture.bytes(RootLayout.ownershipRegistry)
        let before = try fixture.contents()
        let authoring = try fixture.authoring()
        var violations: [Violation] = []
        let table = OwnershipTable(parsing: bytes, violations: &violations)
        guard case .done(let same) = try authoring.adopt(table) else {
            throw FixtureProblem(what: "denied")
        }
        #expect(same.changed == [])
        #expect(try fixture.contents() == before)
        let given = OwnershipTable(
            rows: table.rows.map { row in
                row.path.text.hasPrefix("docs/")
                    ? OwnershipRow(
                        path: row.path,
                        owner: "SPEC-CODE",
                        registry: .spec,
                        content: row.content
                    ) : row
            }
        )
        guard case .done(let other) = try authoring.adopt(given) else {
            throw FixtureProblem(what: "denied")
        }
        #expect(other.changed == ["docs/.file_registry.csv"])
        #expect(try fixture.compile().violations == [])
        #expect(try fixture.findings() == [])
        let gone = OwnershipRow(
            path: try RelativePath("src/gone"),
            owner: "PKG-CODE",
            registry: .package,
            content: .seal
        )
        guard case .done(let refused) = try authoring.adopt(OwnershipTable(rows: [gone])) else {
            throw FixtureProblem(what: "denied")
        }
        #expect(refused.violations.map(\.code) == [.missing])
        #expect(refused.changed == [])
    }
}
