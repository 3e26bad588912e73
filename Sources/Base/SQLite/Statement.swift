import CSQLite

/// One prepared statement: owns its `sqlite3_stmt` and finalizes it.
///
/// It stays inside this module: `Connection` lends it, takes it back and lets none outlive itself.
@safe final class Statement {
    let sql: String
    private var columns: Columns
    /// How often SQLite prepared it anew because the schema had changed.
    private var preparations: Int32 = 0
    private let connection: OpaquePointer
    let handle: OpaquePointer

    /// Takes over a statement that `sqlite3_prepare_v3` has just made.
    init(taking handle: OpaquePointer, of connection: OpaquePointer, sql: String) {
        unsafe self.handle = handle
        unsafe self.connection = connection
        self.sql = sql
        columns = unsafe Statement.columns(of: handle)
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    /// Gives every parameter its value; there must be exactly as many.
    func bind(_ values: [SQLValue], path: String) throws(SQLiteFault) {
        let expected = Int(unsafe sqlite3_bind_parameter_count(handle))
        guard expected == values.count else {
            throw SQLiteFault.parameterCount(
                operation: Operation.text(sql),
                expected: expected,
                given: values.count
            )
        }
        for (index, value) in values.enumerated() {
            let position = Int32(index + 1)
            let code =
                switch value {
                case .null: unsafe sqlite3_bind_null(handle, position)
                case .integer(let number): unsafe sqlite3_bind_int64(handle, position, number)
                case .real(let number): try bind(number, at: position)
                case .text(let text): bind(text, at: position)
                case .blob(let bytes): bind(bytes, at: position)
                }
            guard code == SQLITE_OK else { throw fault(code, path: path) }
        }
    }

    /// Executes up to the next row; `nil` when the statement is done.
    func step(path: String) throws(SQLiteFault) -> Row? {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_DONE: return nil
        case SQLITE_ROW:
            let preparations = unsafe sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0)
            if preparations != self.preparations {
                self.preparations = preparations
                columns = unsafe Statement.columns(of: handle)
            }
            var values: [SQLValue] = []
            values.reserveCapacity(columns.names.count)
            for position in columns.names.indices { values.append(try value(at: position)) }
            return Row(columns: columns, values: values)
        default: throw fault(code, path: path)
        }
    }

    /// Ends the execution and lets go of the bound values, so the statement can be used again.
    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    private func bind(_ number: Double, at position: Int32) throws(SQLiteFault) -> Int32 {
        // SQLite turns a NaN into NULL without a word.
        guard !number.isNaN else {
            throw SQLiteFault.notANumber(operation: Operation.text(sql), position: Int(position))
        }
        return unsafe sqlite3_bind_double(handle, position, number)
    }

    private func bind(_ text: String, at position: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            // A buffer of no bytes may have no address, and SQLite takes that as NULL.
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                return unsafe sqlite3_bind_text(handle, position, "", 0, charter_sqlite_transient())
            }
            return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                characters in
                unsafe sqlite3_bind_text64(
                    handle,
                    position,
                    characters,
                    UInt64(bytes.count),
                    charter_sqlite_transient(),
                    UInt8(SQLITE_UTF8)
                )
            }
        }
    }

    private func bind(_ bytes: [UInt8], at position: Int32) -> Int32 {
        // The empty blob has no address either.
        guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, position, 0) }
        return unsafe bytes.withUnsafeBytes { buffer in
            unsafe sqlite3_bind_blob64(
                handle,
                position,
                buffer.baseAddress,
                UInt64(buffer.count),
                charter_sqlite_transient()
            )
        }
    }

    private func value(at position: Int) throws(SQLiteFault) -> SQLValue {
        let column = Int32(position)
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            // The order matters: asking for the text first fixes the encoding that is counted.
            let start = unsafe sqlite3_column_text(handle, column)
            let count = Int(unsafe sqlite3_column_bytes(handle, column))
            let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
            guard let text = unsafe String(validating: bytes, as: UTF8.self) else {
                throw SQLiteFault.textNotUTF8(column: columns.names[position])
            }
            return .text(text)
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(handle, column)
            let count = Int(unsafe sqlite3_column_bytes(handle, column))
            return .blob(unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }

    private static func columns(of handle: OpaquePointer) -> Columns {
        var names: [String] = []
        for position in 0..<(unsafe sqlite3_column_count(handle)) {
            let name = unsafe sqlite3_column_name(handle, position)
            names.append(unsafe name.map { unsafe String(cString: $0) } ?? "")
        }
        return Columns(names)
    }

    func fault(_ code: Int32, path: String) -> SQLiteFault {
        unsafe SQLiteFault.after(code, connection, doing: Operation.text(sql), path: path)
    }
}
