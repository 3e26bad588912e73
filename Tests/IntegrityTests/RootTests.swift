import Canon
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
        #expect(GovernedRoot.find(from: fixture.file("src/deep/er")) == fixture.path)
        #expect(GovernedRoot.find(from: fixture.path) == fixture.path)
        #expect(GovernedRoot.find(from: fixture.home.path) == nil)
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

    @Test func `takes in what lies there`() throws {
        let home = TemporaryDirectory()
        home.write("root/src/mine.txt", "mine")
        home.write("root/.git/HEAD", "not taken")
        let genesis = try RootGenesis(
            at: home.file("root"),
            stateHome: home.file("state"),
            clock: GovernedFixture.clock
        )
        let existing = try genesis.existing(skipping: [".git"])
        #expect(existing.map(\.text) == ["src/mine.txt"])
        let root = try genesis.make(
            FixtureLaw.items,
            adopting: existing,
            as: "PKG-CODE",
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
            _ = try RootGenesis(at: path, stateHome: "/nowhere", clock: GovernedFixture.clock)
                .make(FixtureLaw.items, adopting: [], as: "PKG-CODE", isAdopting: isAdopting)
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
