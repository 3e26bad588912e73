import Canon
import Foundation
import SQLite
import Support
import Testing

struct `A statement` {
    let fixture = Fixture()

    @Test(arguments: [
        SQLValue.null, .integer(.min), .integer(.max), .integer(0), .real(.infinity),
        .real(-.infinity), .real(.leastNonzeroMagnitude), .real(.greatestFiniteMagnitude),
        .real(0.1), .text(""), .text("a\0b"), .text("e\u{301}"), .text("\u{E9}"), .text("🦉"),
        .blob([]), .blob([0]), .blob(Array(0...255)),
    ])
    func `gives back what it was given`(value: SQLValue) throws {
        let connection = try fixture.open()
        let row = try #require(try connection.row("SELECT ?1 AS v, typeof(?1) AS t", [value]))
        #expect(try row.value("v") == value)
        #expect(try row.text("t").uppercased() == value.kind.rawValue)
    }

    @Test func `for any row, gives back what was stored`() throws {
        let seed =
            ProcessInfo.processInfo.environment["CHARTER_TEST_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0...UInt64.max)
        var generator = Generator(seed: seed)
        let connection = try fixture.open()
        try connection.execute("CREATE TABLE t (a, b, c)")
        var stored: [[SQLValue]] = []
        try connection.transaction { () throws(SQLiteFault) in
            for _ in 0..<300 {
                let values = (0..<3).map { _ in anyValue(&generator) }
                try connection.execute("INSERT INTO t VALUES (?1, ?2, ?3)", values)
                stored.append(values)
            }
        }
        try connection.close()
        let rows = try fixture.open(.readOnly).rows("SELECT a, b, c FROM t ORDER BY rowid")
        #expect(rows.count == stored.count, "seed \(seed)")
        for (row, values) in zip(rows, stored) {
            let read = try ["a", "b", "c"].map { try row.value($0) }
            #expect(read == values, "seed \(seed)")
        }
    }

    private func anyValue(_ generator: inout Generator) -> SQLValue {
        switch generator.int(0...4) {
        case 0: return .null
        case 1: return .integer(Int64(bitPattern: generator.next()))
        case 2:
            let number = Double(bitPattern: generator.next())
            return number.isNaN || number == 0 ? .real(0.5) : .real(number)
        case 3:
            let scalars = (0..<generator.int(0...40)).compactMap { _ in
                Unicode.Scalar(UInt32(generator.int(0...0x10FFFF)))
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            return .text(text)
        default:
            return .blob((0..<generator.int(0...5000)).map { _ in UInt8(generator.int(0...255)) })
        }
    }

    @Test func `refuses a number that is none`() throws {
        let connection = try fixture.open()
        let fault = code { _ = try connection.row("SELECT ?1", [.real(.nan)]) }
        #expect(fault == "sqlite.not-a-number")
    }

    @Test func `takes exactly its number of values`() throws {
        let connection = try fixture.open()
        let sql = "SELECT ?1 AS a, ?2 AS b"
        #expect(code { _ = try connection.rows(sql, [.int(1)]) } == "sqlite.parameter-count")
        let three = code { _ = try connection.rows(sql, [.int(1), .int(2), .int(3)]) }
        #expect(three == "sqlite.parameter-count")
        #expect(try connection.row(sql, [.int(1), .int(2)])?.int("b") == 2)
    }

    @Test(arguments: ["", "  -- nothing", "SELECT 1; SELECT 2", "SELECT 1\0; SELECT 2"])
    func `is exactly one`(sql: String) throws {
        let connection = try fixture.open()
        #expect(code { _ = try connection.rows(sql) } == "sqlite.not-one-statement")
        _ = try connection.rows("SELECT 1; -- and no more\n ")
    }

    @Test func `counts the rows it changed`() throws {
        let connection = try fixture.notes("a", "b", "c")
        #expect(try connection.execute("UPDATE note SET body = 'x' WHERE id > 1") == 2)
        #expect(try connection.execute("UPDATE note SET body = 'x' WHERE id > 7") == 0)
        #expect(try connection.execute("CREATE TABLE other (a)") == 0)
        #expect(try connection.lastInsertedRow == 3)
    }

    @Test func `may be executed inside itself`() throws {
        let connection = try fixture.notes("a", "b")
        var pairs: [String] = []
        let sql = "SELECT body FROM note ORDER BY id"
        // From now on the statement is kept, and the outer loop uses the kept one.
        _ = try connection.rows(sql)
        try connection.forEach(sql) { (outer: Row) throws(SQLiteFault) in
            try connection.forEach(sql) { (inner: Row) throws(SQLiteFault) in
                pairs.append(try outer.text("body") + inner.text("body"))
            }
        }
        #expect(pairs == ["aa", "ab", "ba", "bb"])
    }

    @Test func `is prepared anew after the schema changed`() throws {
        let connection = try fixture.notes("a")
        #expect(try connection.row("SELECT * FROM note")?.names == ["id", "body"])
        try connection.execute("ALTER TABLE note ADD COLUMN author TEXT")
        #expect(try connection.row("SELECT * FROM note")?.names == ["id", "body", "author"])
    }

    @Test func `keeps working when many are in use`() throws {
        let connection = try fixture.open()
        for round in 0..<2 {
            for number in 0..<200 {
                let row = try connection.row("SELECT \(number) AS n, ?1 AS r", [.int(round)])
                #expect(try row?.int("n") == number)
                #expect(try row?.int("r") == round)
            }
        }
    }

    @Test func `answers with at most one row where one is asked for`() throws {
        let connection = try fixture.notes("a", "b")
        let fault = code { _ = try connection.row("SELECT body FROM note") }
        #expect(fault == "sqlite.more-than-one-row")
        #expect(try connection.row("SELECT body FROM note WHERE id = 9") == nil)
        #expect(try connection.row("SELECT body FROM note WHERE id = 1")?.text("body") == "a")
    }

    @Test func `lets a body throw faults of its own`() throws {
        struct Stop: Error {}
        let connection = try fixture.notes("a", "b")
        #expect(throws: Stop.self) {
            try connection.forEach("SELECT body FROM note", faults: { _ in Stop() }) {
                (_: Row) throws(Stop) in
                throw Stop()
            }
        }
        #expect(throws: Stop.self) {
            try connection.forEach("SELECT nothing", faults: { _ in Stop() }) {
                (_: Row) throws(Stop) in
            }
        }
    }
}

struct `A row` {
    let fixture = Fixture()

    private func row() throws -> Row {
        let connection = try fixture.open()
        let sql = "SELECT 1 AS i, 0.5 AS d, 'x' AS t, x'00ff' AS b, NULL AS n, 1 AS two, 2 AS two"
        return try #require(try connection.row(sql))
    }

    @Test func `reads each type`() throws {
        let row = try row()
        #expect(try row.int("i") == 1)
        #expect(try row.double("d") == 0.5)
        #expect(try row.text("t") == "x")
        #expect(try row.bytes("b") == [0, 255])
        #expect(try row.optionalInt("i") == 1)
        #expect(try row.optionalDouble("d") == 0.5)
        #expect(try row.optionalText("t") == "x")
        #expect(try row.optionalBytes("b") == [0, 255])
    }

    @Test func `reads NULL only as nothing`() throws {
        let row = try row()
        #expect(try row.optionalInt("n") == nil)
        #expect(try row.optionalDouble("n") == nil)
        #expect(try row.optionalText("n") == nil)
        #expect(try row.optionalBytes("n") == nil)
        #expect(code { _ = try row.int("n") } == "sqlite.wrong-type")
        #expect(code { _ = try row.double("n") } == "sqlite.wrong-type")
        #expect(code { _ = try row.text("n") } == "sqlite.wrong-type")
        #expect(code { _ = try row.bytes("n") } == "sqlite.wrong-type")
    }

    @Test(arguments: ["i", "d", "t", "b"])
    func `refuses every other type`(column: String) throws {
        let row = try row()
        let reads: [(String, () throws -> Void)] = [
            ("i", { _ = try row.int(column) }), ("d", { _ = try row.double(column) }),
            ("t", { _ = try row.text(column) }), ("b", { _ = try row.bytes(column) }),
            ("i", { _ = try row.optionalInt(column) }),
            ("d", { _ = try row.optionalDouble(column) }),
            ("t", { _ = try row.optionalText(column) }),
            ("b", { _ = try row.optionalBytes(column) }),
        ]
        for (kind, read) in reads {
            #expect(code(read) == (kind == column ? nil : "sqlite.wrong-type"))
        }
    }

    @Test func `refuses unknown and repeated columns`() throws {
        let row = try row()
        #expect(code { _ = try row.int("x") } == "sqlite.unknown-column")
        #expect(code { _ = try row.optionalInt("x") } == "sqlite.unknown-column")
        #expect(code { _ = try row.int("two") } == "sqlite.ambiguous-column")
    }

    @Test func `refuses text that is not UTF-8`() throws {
        let connection = try fixture.open()
        let fault = code { _ = try connection.row("SELECT CAST(x'C328' AS TEXT) AS t") }
        #expect(fault == "sqlite.text-not-utf8")
        #expect(try connection.row("SELECT CAST(x'C3A9' AS TEXT) AS t")?.text("t") == "é")
    }
}

struct `Two values` {
    @Test func `are equal only if their bytes are`() {
        #expect(SQLValue.text("e\u{301}") != .text("\u{E9}"))
        #expect(SQLValue.text("a") == .text("a"))
        #expect(Set([SQLValue.text("e\u{301}"), .text("\u{E9}"), .text("\u{E9}")]).count == 2)
        #expect(SQLValue.integer(1) != .real(1))
        #expect(SQLValue.blob([97]) != .text("a"))
        #expect(SQLValue.optional(nil as String?) == .null)
        #expect(SQLValue.optional(7) == .integer(7))
        #expect(SQLValue.optional([1] as [UInt8]?) == .blob([1]))
    }
}
