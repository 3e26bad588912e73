import Canon
import Crypto
import Registry
import Support
import Testing

@Suite(.covers("C08"))
struct `A local registry` {
    private let hash = Digest.sha256(of: [])

    @Test func `is written in one way, and read back the same`() {
        var local = LocalRegistry(directory: Array("a/b".utf8))
        local.put([row("z"), row("a,\"b\""), row("é")])
        #expect(String(decoding: local.path, as: UTF8.self) == "a/b/.file_registry.csv")
        let text = String(decoding: local.bytes, as: UTF8.self)
        #expect(
            text == """
                file_path,owner_id,owner_registry,content_hash\r
                "a,""b\""",PKG-A,package,\(hash.hex)\r
                z,PKG-A,package,\(hash.hex)\r
                é,PKG-A,package,\(hash.hex)\r\n
                """
        )
        var violations: [Violation] = []
        let again = LocalRegistry(
            parsing: local.bytes,
            directory: local.directory,
            violations: &violations
        )
        #expect(violations == [])
        #expect(again.rows == local.rows)
        #expect(again.bytes == local.bytes)
    }

    @Test func `at the top has no directory in its path`() {
        let local = LocalRegistry(directory: [])
        #expect(String(decoding: local.path, as: UTF8.self) == ".file_registry.csv")
        #expect(LocalRegistry.join([], Array("x".utf8)) == Array("x".utf8))
    }

    @Test func `keeps one row for a name, the last that was put`() {
        var local = LocalRegistry(directory: [], rows: [row("b"), row("a")])
        local.put([row("a", owner: "PKG-B"), row("c"), row("a", owner: "PKG-C")])
        #expect(local.rows.map { String(decoding: $0.name, as: UTF8.self) } == ["a", "b", "c"])
        #expect(local.row(named: "a".utf8)?.owner == "PKG-C")
        #expect(local.row(named: "b".utf8)?.owner == "PKG-A")
        #expect(local.row(named: "d".utf8) == nil)
        #expect(local.row(named: "".utf8) == nil)
    }

    @Test func `takes twenty thousand rows at once`() {
        var local = LocalRegistry(directory: [])
        local.put((0..<20_000).reversed().map { row("file\($0)") })
        #expect(local.rows.count == 20_000)
        #expect(local.row(named: "file19999".utf8) != nil)
    }

    @Test func `finds a name that stands twice, wherever the rows stand`() {
        var violations: [Violation] = []
        let text =
            "file_path,owner_id,owner_registry,content_hash\n"
            + "a,PKG-A,package,\nb,PKG-A,package,\na,PKG-B,package,\n"
        _ = LocalRegistry(
            parsing: Array(text.utf8),
            directory: Array("d".utf8),
            violations: &violations
        )
        #expect(violations.map(\.code) == [.duplicate])
        #expect(violations.first?.path == "d/a")
    }

    @Test func `takes no row without an owner and its registry, not even as the first`() {
        for cells in [",", "PKG-A,", ",package"] {
            var violations: [Violation] = []
            let text = "file_path,owner_id,owner_registry,content_hash\na,\(cells),\n"
            let local = LocalRegistry(
                parsing: Array(text.utf8),
                directory: [],
                violations: &violations
            )
            // An owner without a name is named all the same, and does not exist.
            let isRow = cells == ",package"
            #expect(violations.map(\.code) == (isRow ? [] : [.badRegistry]), "\(cells)")
            #expect(local.rows.map(\.owner) == (isRow ? [""] : []))
        }
    }

    private func row(_ name: String, owner: String = "PKG-A") -> LocalRegistry.Row {
        LocalRegistry.Row(name: Array(name.utf8), owner: owner, registry: .package, digest: hash)
    }
}

@Suite(.covers("C07"))
struct `The ownership table` {
    @Test func `is written in one way, whatever the order of its rows`() throws {
        let rows = try ["b", "a/b", "a", "a.txt"].map { name in
            OwnershipRow(
                path: try RelativePath(name),
                owner: "PKG-A",
                registry: .package,
                content: .controlPlane
            )
        }
        let table = OwnershipTable(rows: rows)
        #expect(table.bytes == OwnershipTable(rows: rows.reversed()).bytes)
        #expect(table.rows.map(\.path.text) == ["a", "a.txt", "a/b", "b"])
        var violations: [Violation] = []
        let again = OwnershipTable(parsing: table.bytes, violations: &violations)
        #expect(violations == [])
        #expect(again.rows == table.rows)
        #expect(!again.isPartial)
        #expect(again.row(of: try RelativePath("a/b"))?.owner == "PKG-A")
        #expect(again.row(of: try RelativePath("c")) == nil)
    }

    @Test func `that is damaged says where, and keeps what can be read`() throws {
        let text = """
            file_path,owner_id,owner_registry,content_hash
            b,PKG-A,package,seal
            a,PKG-A,package,seal
            ../x,PKG-A,package,seal
            a,PKG-B,package,seal
            c,PKG-A,package,SEAL
            d,PKG-A,nobody,seal

            """
        var violations: [Violation] = []
        let table = OwnershipTable(parsing: Array(text.utf8), violations: &violations)
        #expect(table.isPartial)
        #expect(table.rows.map(\.path.text) == ["a", "b"])
        #expect(table.rows.map(\.owner) == ["PKG-A", "PKG-A"])
        let codes = violations.map(\.code)
        #expect(codes.filter { $0 == .badRegistry }.count == 4)
        #expect(codes.filter { $0 == .duplicate }.count == 1)
    }

    @Test func `knows the words that stand for a hash`() {
        let digest = Digest.sha256(of: [])
        for content in [OwnershipRow.Content.digest(digest), .controlPlane, .seal] {
            #expect(OwnershipRow.Content(content.bytes[...]) == content)
        }
        #expect(OwnershipRow.Content([]) == nil)
        #expect(OwnershipRow.Content(Array(digest.hex.uppercased().utf8)[...]) == nil)
    }
}

@Suite
struct `A violation` {
    @Test func `has a code of its own, a rule and a next step`() {
        #expect(Set(ViolationCode.allCases.map(\.rawValue)).count == ViolationCode.allCases.count)
        for code in ViolationCode.allCases {
            #expect(code.rawValue.hasPrefix("integrity."))
            #expect(code.rule.hasPrefix("FMWK-"))
            #expect(code.next.hasSuffix("."))
        }
    }

    @Test func `stands in one order: stage, path, code, reason`() {
        let ordered = [
            Violation(.ownership, .missing, path: "b", reason: "1"),
            Violation(.ownership, .orphan, path: "b", reason: "0"),
            Violation(.ownership, .orphan, path: "b", reason: "1"),
            Violation(.ownership, .duplicate, path: "c", reason: "1"),
            Violation(.hashes, .tampered, path: "a", reason: "1"),
        ]
        #expect(ordered.reversed().sorted() == ordered)
        #expect(Violation(.links, .cycle, rule: "R", reason: "x", next: "N").next == "N")
        #expect(Violation(.links, .cycle, rule: "R", reason: "x").rule == "R")
    }
}
