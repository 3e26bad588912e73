import CSQLite

/// A row where SQLite holds it: nothing of it is copied, and nothing of it outlives the body that it
/// is lent to.
///
/// For tables that are read by the million; everywhere else a `Row` is safer and says more.
@safe package struct BorrowedRow: ~Copyable {
    private let handle: OpaquePointer

    fileprivate init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    /// The integer in a column; columns are counted from 0.
    package func int(_ column: Int) -> Int {
        Int(unsafe sqlite3_column_int64(handle, Int32(column)))
    }

    /// Whether a column holds NULL.
    package func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    /// Lends the bytes in a column.
    package func withBytes<Value, Failure: Error>(
        _ column: Int,
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let start = unsafe sqlite3_column_blob(handle, Int32(column))
        let count = Int(unsafe sqlite3_column_bytes(handle, Int32(column)))
        let bytes = unsafe UnsafeBufferPointer(
            start: start?.assumingMemoryBound(to: UInt8.self),
            count: start == nil ? 0 : count
        )
        return try body(unsafe Span(_unsafeElements: bytes))
    }
}

extension Connection {
    /// Lends the rows one by one, uncopied.
    package func forEachBorrowed<Failure: Error>(
        _ sql: String,
        _ values: [SQLValue] = [],
        faults: (SQLiteFault) -> Failure,
        _ body: (borrowing BorrowedRow) throws(Failure) -> Void
    ) throws(Failure) {
        let statement: Statement
        do { statement = try borrow(sql) } catch { throw faults(error) }
        defer { giveBack(statement) }
        do { try statement.bind(values, path: path) } catch { throw faults(error) }
        while true {
            let code = unsafe sqlite3_step(statement.handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw faults(statement.fault(code, path: path)) }
            try body(unsafe BorrowedRow(statement.handle))
        }
    }

    /// Executes a statement of an integer and two blobs, which SQLite reads where they lie.
    ///
    /// For what is written by the hundred thousand a second; a second blob of `nil` is NULL.
    package func executeBorrowing(
        _ sql: String,
        _ key: Int,
        _ first: [UInt8],
        _ second: [UInt8]?
    ) throws(SQLiteFault) {
        let statement = try borrow(sql)
        defer { giveBack(statement) }
        let handle = unsafe statement.handle
        let code = unsafe first.withUnsafeBytes { first in
            unsafe (second ?? []).withUnsafeBytes { bytes in
                var code = unsafe sqlite3_bind_int64(handle, 1, Int64(key))
                if code == SQLITE_OK {
                    code = unsafe Connection.bind(first, 2, handle)
                }
                if code == SQLITE_OK {
                    code =
                        unsafe second == nil
                        ? sqlite3_bind_null(handle, 3) : Connection.bind(bytes, 3, handle)
                }
                // The bytes are lent for this step, and SQLite lets go of them in `giveBack`.
                return code == SQLITE_OK ? unsafe sqlite3_step(handle) : code
            }
        }
        guard code == SQLITE_DONE else { throw statement.fault(code, path: path) }
    }

    private static func bind(
        _ bytes: UnsafeRawBufferPointer,
        _ position: Int32,
        _ handle: OpaquePointer
    ) -> Int32 {
        // The empty blob has no address.
        guard let start = bytes.baseAddress, bytes.count > 0 else {
            return unsafe sqlite3_bind_zeroblob(handle, position, 0)
        }
        return unsafe sqlite3_bind_blob64(handle, position, start, UInt64(bytes.count), nil)
    }
}
