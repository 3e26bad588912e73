import Canon
import Foundation
import SQLite
import Support

/// The code of the fault that the body throws; `nil` if it throws none.
func code(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let fault as any Fault {
        return fault.code
    } catch {
        return "not a fault: \(error)"
    }
}

/// A database file in a folder of its own, and connections to it.
struct Fixture {
    let folder = TemporaryDirectory()
    var path: String { folder.file("test.db") }

    func open(
        _ mode: Connection.Mode = .readWriteCreate,
        busyTimeoutMilliseconds: Int = 0
    ) throws -> Connection {
        try Connection(path: path, mode: mode, busyTimeoutMilliseconds: busyTimeoutMilliseconds)
    }

    /// A connection to a table `note (id, body)` with the bodies given.
    func notes(_ bodies: String...) throws -> Connection {
        let connection = try open()
        try connection.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT) STRICT")
        for body in bodies {
            try connection.execute("INSERT INTO note (body) VALUES (?1)", [.text(body)])
        }
        return connection
    }
}

extension Connection {
    func bodies() throws -> [String] {
        try rows("SELECT body FROM note ORDER BY id").map { try $0.text("body") }
    }

    func write(_ body: String) throws(SQLiteFault) {
        try execute("INSERT INTO note (body) VALUES (?1)", [.text(body)])
    }
}
