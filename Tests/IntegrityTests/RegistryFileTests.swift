import Canon
import Crypto
import Foundation
import Integrity
import Registry
import Support
import Testing

@Suite(.covers("C07", "C08", "C09", "C12", "C13", "C62", "D12"))
struct `The registries of a root` {
    @Test func `are the same bytes when they are compiled twice`() throws {
        let fixture = try GovernedFixture()
        let before = try fixture.contents()
        let compiled = try fixture.compile()
        #expect(compiled.violations == [])
        #expect(compiled.written == [])
        #expect(try fixture.contents() == before)
        // From nothing but the local registries.
        for name in RootLayout.compiled { try fixture.remove(name) }
        #expect(try fixture.compile().written == RootLayout.compiled)
        #expect(try fixture.contents() == before)
    }

    @Test func `are the same wherever the root lies and in whatever order it was made`() throws {
        let fixture = try GovernedFixture()
        let whole = try fixture.contents()
        let other = TemporaryDirectory()
        for (name, bytes) in whole.sorted(by: { $0.key > $1.key })
        where bytes.count != 1 && !RootLayout.compiled.contains(name) {
            other.write("elsewhere/deep/root/" + name, bytes: bytes)
        }
        let root = try GovernedRoot(
            path: other.file("elsewhere/deep/root"),
            stateHome: other.file("state")
        )
        let outcome = try RootAuthoring(root, clock: GovernedFixture.clock, threads: 3)
            .compile(accept: false)
        guard case .done(let compiled) = outcome else { throw FixtureProblem(what: "denied") }
        #expect(compiled.violations == [])
        for name in RootLayout.compiled {
            let bytes = try other.read("elsewhere/deep/root/" + name)
            #expect(bytes == whole[name], "\(name)")
        }
    }

    @Test(arguments: RootLayout.compiled)
    func `show every edit by hand at its own path`(name: String) throws {
        let fixture = try GovernedFixture()
        let isHashedElsewhere =
            name == RootLayout.ownershipRegistry || name == RootLayout.controlPlaneRegistry
        let code = isHashedElsewhere ? "integrity.stale-registry" : "integrity.tampered"
        let text = try fixture.text(name)
        // The same rows with the line ends of an editor, so that only the bytes differ.
        fixture.write(name, text.replacingOccurrences(of: "\r\n", with: "\n"))
        #expect(try fixture.findings() == ["\(code) \(name)"])
        #expect(try fixture.compile().written == [name])
        #expect(try fixture.findings() == [])
    }

    @Test func `show a compiled owner of the registries that the law does not name`() throws {
        let fixture = try GovernedFixture()
        let name = RootLayout.ownershipRegistry
        let row = "docs/.file_registry.csv,PKG-"
        try fixture.replace(row + "LAW", with: row + "CODE", in: name)
        // Even with the hash in the registry of registries put right.
        let before = Digest.sha256(of: try fixture.bytes(name)).hex
        let control = try fixture.text(RootLayout.controlPlaneRegistry)
        let line = try #require(
            control.components(separatedBy: "\r\n").first { $0.hasPrefix("REG:" + name + ",") }
        )
        let old = try #require(line.components(separatedBy: ",").first { $0.count == 64 })
        try fixture.replace(old, with: before, in: RootLayout.controlPlaneRegistry)
        #expect(try fixture.findings() == ["integrity.stale-registry docs/.file_registry.csv"])
    }

    @Test(arguments: compiledEdits)
    func `find each edit of the compiled ownership`(edit: Mutation) throws {
        let fixture = try GovernedFixture()
        try edit.apply(fixture)
        #expect(try fixture.findings() == edit.finds)
        #expect(try fixture.compile().violations == [])
        #expect(try fixture.findings() == [])
    }

    @Test(arguments: localEdits)
    func `find each edit of a local registry, and compiling refuses it`(edit: Mutation) throws {
        let fixture = try GovernedFixture()
        try edit.apply(fixture)
        #expect(try fixture.findings() == edit.finds)
        let before = try fixture.contents()
        let compiled = try fixture.compile()
        #expect(compiled.violations != [])
        #expect(compiled.written == [])
        #expect(try fixture.contents() == before)
    }

    @Test func `take a row that a person writes, with the hash left empty`() throws {
        let fixture = try GovernedFixture()
        fixture.write("docs/new.md", "# New\n")
        let text = try fixture.text("docs/.file_registry.csv")
        fixture.write("docs/.file_registry.csv", text + "new.md,PKG-CODE,package,\r\n")
        #expect(try fixture.findings() == ["integrity.stale-registry docs/new.md"])
        let compiled = try fixture.compile()
        #expect(compiled.violations == [])
        #expect(compiled.accepted == ["docs/new.md"])
        #expect(try fixture.findings() == [])
    }

    @Test(arguments: ["a*b", "[x]", "{a,b}", "what?", "**", "\\", "a\\*"])
    func `name a file exactly, whatever signs its name has`(name: String) throws {
        let fixture = try GovernedFixture()
        try fixture.own("src/" + name + ".txt", "odd\n")
        #expect(try fixture.compile().violations == [])
        #expect(try fixture.findings() == [])
        // It is not one for others that it would match as a pattern.
        fixture.write("src/aXb.txt", "x")
        fixture.write("src/x.txt", "x")
        #expect(
            try fixture.findings() == [
                "integrity.orphan src/aXb.txt", "integrity.orphan src/x.txt",
            ]
        )
        try fixture.remove("src/" + name + ".txt")
        let missing = try fixture.check().violations.filter { $0.code == .missing }
        #expect(missing.count == 1)
        let isLikePattern = name.contains { "*?[]{}".contains($0) }
        #expect(missing[0].reason.contains("mean themselves") == isLikePattern)
    }

    @Test func `take rows in any order and write them in one`() throws {
        let fixture = try GovernedFixture()
        let name = "src/.file_registry.csv"
        let whole = try fixture.text(name)
        var lines = whole.components(separatedBy: "\r\n").filter { !$0.isEmpty }
        lines.swapAt(1, 2)
        fixture.write(name, lines.joined(separator: "\r\n") + "\r\n")
        #expect(try fixture.findings() == ["integrity.tampered \(name)"])
        #expect(try fixture.compile().written == [name])
        #expect(try fixture.text(name) == whole)
    }

    @Test func `do not take a changed file unless somebody says that it is meant`() throws {
        let fixture = try GovernedFixture()
        fixture.write("src/other.txt", "changed\n")
        try fixture.remove("docs/guide.md")
        let refused = try fixture.compile()
        #expect(
            refused.violations.map(GovernedFixture.line) == [
                "integrity.missing docs/guide.md", "integrity.tampered src/other.txt",
            ]
        )
        let planned = try fixture.authoring().plan(accept: true)
        #expect(planned.accepted == ["src/other.txt"])
        #expect(planned.dropped == ["docs/guide.md"])
        #expect(try !fixture.check().isWhole)
        let compiled = try fixture.compile(accept: true)
        #expect(compiled.accepted == planned.accepted)
        #expect(compiled.written == planned.written)
        #expect(try fixture.findings() == [])
    }

    @Test func `do not forget a directory that is gone with its registry`() throws {
        let fixture = try GovernedFixture()
        try fixture.remove("src/deep")
        let refused = try fixture.compile()
        #expect(
            refused.violations.map(GovernedFixture.line)
                == ["integrity.missing src/deep/er/.file_registry.csv"]
        )
        #expect(try fixture.compile(accept: true).dropped == ["src/deep/er/.file_registry.csv"])
        #expect(try fixture.findings() == [])
    }

    @Test func `are refused as a link, and beyond their greatest size`() throws {
        let fixture = try GovernedFixture()
        let name = "src/.file_registry.csv"
        let copy = fixture.home.file("copy")
        try FileManager.default.moveItem(atPath: fixture.file(name), toPath: copy)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file(name),
            withDestinationPath: copy
        )
        #expect(
            try fixture.findings() == [
                "integrity.no-local-registry src", "integrity.forbidden-kind \(name)",
            ]
        )
        try fixture.remove(name)
        // Sparse: it takes no room and no time to make.
        fixture.write(name, "")
        #expect(truncate(fixture, name, 257 << 20))
        #expect(try fixture.findings() == ["integrity.bad-registry \(name)"])
        #expect(truncate(fixture, name, 100 << 20))
        #expect(try fixture.findings() == ["integrity.bad-registry \(name)"])
    }

    @Test func `need an owner that exists for themselves too`() throws {
        let fixture = try GovernedFixture()
        try fixture.replace("PKG-LAW", with: "PKG-NONE", in: RootLayout.rootManifest)
        #expect(
            try fixture.compile(accept: true).violations.map(GovernedFixture.line)
                == ["integrity.unknown-owner \(RootLayout.rootManifest)"]
        )
        try fixture.forge()
        let found = try fixture.findings()
        #expect(found.count == 11 + 7)
        #expect(found.allSatisfy { $0.hasPrefix("integrity.unknown-owner ") })
    }

    private func truncate(_ fixture: GovernedFixture, _ name: String, _ size: UInt64) -> Bool {
        let handle = FileHandle(forWritingAtPath: fixture.file(name))
        return (try? handle?.truncate(atOffset: size)) != nil
    }

    // MARK: - Tables

    private static let ownership = RootLayout.ownershipRegistry
    private static let local = "src/.file_registry.csv"

    private static let compiledEdits = [
        Mutation("a row for nothing", finds: "integrity.missing src/zzz") {
            try edit($0, ownership) { $0 + ["src/zzz,PKG-CODE,package,\(hash)"] }
        },
        Mutation("a row taken out", finds: "integrity.stale-registry src/other.txt") {
            try edit($0, ownership) { $0.filter { !$0.hasPrefix("src/other.txt,") } }
        },
        Mutation("a row twice", finds: "integrity.duplicate src/other.txt") {
            try edit($0, ownership) { lines in
                lines.flatMap { $0.hasPrefix("src/other.txt,") ? [$0, $0] : [$0] }
            }
        },
        Mutation("two rows swapped", finds: "integrity.bad-registry \(ownership)") {
            try edit($0, ownership) { lines in
                var lines = lines
                lines.swapAt(2, 3)
                return lines
            }
        },
        Mutation("another owner", finds: "integrity.stale-registry src/other.txt") {
            try $0.replace("src/other.txt,PKG-CODE", with: "src/other.txt,PKG-LAW", in: ownership)
        },
        Mutation("another hash", finds: "integrity.stale-registry src/other.txt") {
            try edit($0, ownership) { lines in
                lines.map { line in
                    line.hasPrefix("src/other.txt,") ? String(line.dropLast(64)) + hash : line
                }
            }
        },
        Mutation("a hash that is none", finds: "integrity.bad-registry \(ownership)") {
            try edit($0, ownership) { lines in
                lines.map { $0.hasPrefix("src/other.txt,") ? String($0.dropLast()) : $0 }
            }
        },
        Mutation("another header", finds: "integrity.bad-registry \(ownership)") {
            try $0.replace("file_path,", with: "path,", in: ownership)
        },
        Mutation("one more column", finds: "integrity.bad-registry \(ownership)") {
            try edit($0, ownership) { $0.map { $0 + ",x" } }
        },
        Mutation("nothing", finds: "integrity.bad-registry \(ownership)") {
            $0.write(ownership, "")
        },
        Mutation("no bytes of text", finds: "integrity.bad-registry \(ownership)") {
            $0.write(ownership, bytes: [0xFF, 0xFE, 0x00])
        },
        Mutation("a word where a hash belongs", finds: "integrity.stale-registry src/other.txt") {
            try edit($0, ownership) { lines in
                lines.map { line in
                    line.hasPrefix("src/other.txt,") ? String(line.dropLast(64)) + "seal" : line
                }
            }
        },
        Mutation("the packages without a header", finds: "integrity.bad-registry \(packages)") {
            try edit($0, packages) { Array($0.dropFirst()) }
        },
    ]

    private static let packages = RootLayout.packagesRegistry

    private static let localEdits = [
        Mutation("a row for nothing", finds: "integrity.missing src/zzz") {
            try edit($0, local) { $0 + ["zzz,PKG-CODE,package,\(hash)"] }
        },
        Mutation("a row taken out", finds: "integrity.orphan src/other.txt") {
            try edit($0, local) { $0.filter { !$0.hasPrefix("other.txt,") } }
        },
        Mutation("a row twice", finds: "integrity.duplicate src/other.txt") {
            try edit($0, local) { $0 + $0.filter { $0.hasPrefix("other.txt,") } }
        },
        Mutation(
            "an owner that does not exist",
            finds: stale,
            "integrity.unknown-owner src/other.txt"
        ) {
            try $0.replace("other.txt,PKG-CODE", with: "other.txt,PKG-NONE", in: local)
        },
        Mutation("a framework as owner", finds: "integrity.framework-owner src/other.txt", stale) {
            try $0.replace(
                "other.txt,PKG-CODE,package",
                with: "other.txt,FMWK-CODE,framework",
                in: local
            )
        },
        Mutation(
            "a package that is called a spec",
            finds: stale,
            "integrity.unknown-owner src/other.txt"
        ) {
            try $0.replace("other.txt,PKG-CODE,package", with: "other.txt,PKG-CODE,spec", in: local)
        },
        Mutation("an owner of unknown kind", finds: "integrity.bad-registry \(local)") {
            try $0.replace(
                "other.txt,PKG-CODE,package",
                with: "other.txt,PKG-CODE,group",
                in: local
            )
        },
        Mutation("a pattern, which stands for itself", finds: "integrity.missing src/*.txt") {
            try edit($0, local) { $0 + ["*.txt,PKG-CODE,package,"] }
        },
        Mutation("the directory above", finds: "integrity.bad-path \(local)") {
            try edit($0, local) { $0 + ["../empty.txt,PKG-CODE,package,"] }
        },
        Mutation("another directory", finds: "integrity.bad-path \(local)") {
            try edit($0, local) { $0 + ["deep/er/leaf.txt,PKG-CODE,package,"] }
        },
        Mutation("an absolute path", finds: "integrity.bad-path \(local)") {
            try edit($0, local) { $0 + ["/etc/hostname,PKG-CODE,package,"] }
        },
        Mutation("a hash that is none", finds: "integrity.bad-registry \(local)") {
            try edit($0, local) { lines in
                lines.map { $0.hasPrefix("other.txt,") ? String($0.dropLast()) : $0 }
            }
        },
        Mutation("another header", finds: "integrity.bad-registry \(local)") {
            try $0.replace("file_path,", with: "path,", in: local)
        },
        Mutation("one more column", finds: "integrity.bad-registry \(local)") {
            try edit($0, local) { $0.map { $0 + ",x" } }
        },
        Mutation("one column less in one row", finds: "integrity.bad-registry \(local)") {
            try $0.replace("other.txt,PKG-CODE,package,", with: "other.txt,PKG-CODE,", in: local)
        },
        Mutation("itself", finds: "integrity.tampered src/.file_registry.csv") {
            try edit($0, local) { $0 + [".file_registry.csv,PKG-CODE,package,\(hash)"] }
        },
        Mutation("nothing", finds: "integrity.bad-registry \(local)") { $0.write(local, "") },
        Mutation("a byte order mark", finds: "integrity.bad-registry \(local)") {
            $0.write(local, bytes: [0xEF, 0xBB, 0xBF] + (try $0.bytes(local)))
        },
    ]

    private static let stale = "integrity.stale-registry src/other.txt"
    private static let hash = Digest.sha256(of: Array("zzz".utf8)).hex

    private static func edit(
        _ fixture: GovernedFixture,
        _ name: String,
        _ body: ([String]) -> [String]
    ) throws {
        let lines = try fixture.text(name).components(separatedBy: "\r\n").filter { !$0.isEmpty }
        fixture.write(name, body(lines).joined(separator: "\r\n") + "\r\n")
    }
}
