import CSQLite

extension Connection {
    /// Copies a database as it stands at one moment into a file that is not there yet.
    ///
    /// Others may write the original meanwhile. The copy is compact and has no WAL; making it durable
    /// is left to whoever gives it its name.
    package static func copy(_ path: String, to copy: String) throws(SQLiteFault) {
        guard copy.utf8.first == UInt8(ascii: "/"), !copy.utf8.contains(0) else {
            throw SQLiteFault.pathNotAbsolute(path: copy)
        }
        let original = try Connection(path: path, mode: .readOnly)
        // VACUUM INTO only reads the original, but SQLite counts it among what writes.
        _ = try original.rows("PRAGMA query_only=0")
        try original.execute("VACUUM INTO ?1", [.text(copy)])
        try original.close()
    }
}
