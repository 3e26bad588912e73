import Canon
import SQLite
import Support
import Testing

struct `A transaction` {
    let fixture = Fixture()
    private struct Stop: Error {}

    @Test func `keeps all of its body, or none of it`() throws {
        let connection = try fixture.notes()
        let value = try connection.transaction { () throws(SQLiteFault) in
            try connection.write("a")
            try connection.write("b")
            return 7
        }
        #expect(value == 7)
        #expect(throws: Stop.self) {
            try connection.transaction(faults: { $0 }) { () throws(any Error) in
                try connection.write("c")
                throw Stop()
            }
        }
        #expect(try connection.bodies() == ["a", "b"])
    }

    @Test func `is a savepoint inside another`() throws {
        let connection = try fixture.notes()
        try connection.transaction(faults: { $0 }) { () throws(any Error) in
            try connection.write("outer")
            for fails in [true, false, true] {
                _ = try? connection.transaction(faults: { $0 }) { () throws(any Error) in
                    try connection.write("inner \(fails)")
                    try connection.transaction { () throws(SQLiteFault) in
                        try connection.write("innermost \(fails)")
                    }
                    if fails { throw Stop() }
                }
            }
            try connection.write("end")
        }
        let kept = ["outer", "inner false", "innermost false", "end"]
        #expect(try connection.bodies() == kept)
        #expect(try fixture.open(.readOnly).bodies() == kept)
    }

    @Test func `undoes what its savepoints kept when it fails itself`() throws {
        let connection = try fixture.notes()
        #expect(throws: Stop.self) {
            try connection.transaction(faults: { $0 }) { () throws(any Error) in
                try connection.transaction { () throws(SQLiteFault) in try connection.write("a") }
                throw Stop()
            }
        }
        #expect(try connection.bodies().isEmpty)
        try connection.write("b")
        #expect(try connection.bodies() == ["b"])
    }

    @Test func `does not go on when SQLite ended it`() throws {
        let connection = try fixture.notes("a")
        let insert = "INSERT OR ROLLBACK INTO note (id, body) VALUES (1, 'again')"
        func insertDirectly() throws { try connection.execute(insert) }
        func insertNested() throws {
            try connection.transaction { () throws(SQLiteFault) in
                _ = try connection.execute(insert)
            }
        }
        for nested in [false, true] {
            var seen: [String?] = []
            let fault = code {
                try connection.transaction { () throws(SQLiteFault) in
                    try connection.write("lost")
                    seen.append(code { try nested ? insertNested() : insertDirectly() })
                    // Outside of any transaction this would stay.
                    seen.append(code { try connection.write("stray") })
                }
            }
            #expect(seen == ["sqlite.constraint-violated", "sqlite.transaction-lost"])
            #expect(fault == "sqlite.transaction-lost")
            #expect(try connection.bodies() == ["a"])
        }
        try connection.transaction { () throws(SQLiteFault) in try connection.write("b") }
        #expect(try connection.bodies() == ["a", "b"])
    }

    @Test func `keeps nothing when one of its savepoints cannot be undone`() throws {
        let connection = try fixture.notes()
        func releaseAndFail() throws {
            try connection.transaction { () throws(SQLiteFault) in
                try connection.write("inner")
                // Now there is nothing left to which it could be rolled back.
                _ = try connection.execute("RELEASE charter_1")
                _ = try connection.execute("nonsense")
            }
        }
        var seen: [String?] = []
        let fault = code {
            try connection.transaction { () throws(SQLiteFault) in
                try connection.write("outer")
                seen.append(code(releaseAndFail))
                seen.append(code { try connection.write("stray") })
            }
        }
        #expect(seen == ["sqlite.statement-refused", "sqlite.transaction-lost"])
        #expect(fault == "sqlite.transaction-lost")
        #expect(try connection.bodies().isEmpty)
        try connection.write("after")
        #expect(try connection.bodies() == ["after"])
    }

    @Test func `cannot be ended or begun by hand`() throws {
        let connection = try fixture.notes()
        let fault = code {
            try connection.transaction { () throws(SQLiteFault) in
                try connection.write("a")
                try connection.execute("COMMIT")
                try connection.write("b")
            }
        }
        #expect(fault == "sqlite.transaction-lost")
        let other = try fixture.open()
        try other.execute("BEGIN")
        #expect(code { try other.write("c") } == "sqlite.transaction-lost")
        #expect(try connection.bodies() == ["a"])
    }

    @Test func `refuses to write when it only reads`() throws {
        let connection = try fixture.notes("a")
        let fault = code {
            try connection.reading(faults: { $0 }) { () throws(SQLiteFault) in
                try connection.write("b")
            }
        }
        #expect(fault == "sqlite.read-only")
        try connection.write("c")
        #expect(try connection.bodies() == ["a", "c"])
    }

    @Test func `sees one point in time`() throws {
        let writer = try fixture.notes("a")
        let reader = try fixture.open(.readOnly)
        try reader.reading(faults: { $0 }) { () throws(any Error) in
            #expect(try reader.bodies() == ["a"])
            try writer.write("b")
            #expect(try reader.bodies() == ["a"])
        }
        #expect(try reader.bodies() == ["a", "b"])
    }

    @Test func `reports its own faults in the caller's words`() throws {
        struct Wrapped: Error {
            let code: String
        }
        let first = try fixture.notes()
        let second = try fixture.open()
        try first.transaction { () throws(SQLiteFault) in
            do throws(Wrapped) {
                try second.transaction(faults: { Wrapped(code: $0.code) }) { () throws(Wrapped) in }
                Issue.record("the second writer must be refused")
            } catch {
                #expect(error.code == "sqlite.busy")
            }
        }
    }
}
