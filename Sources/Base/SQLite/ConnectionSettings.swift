import CSQLite

// How a connection is set up, and what a failure to open means.
extension Connection {
    /// Puts the settings in force, and reads each back: a setting that SQLite ignored is a fault.
    ///
    /// The size of pages is that of a file to be made; one that is there keeps its own.
    func configure(pageBytes: Int?) throws(SQLiteFault) {
        // No statement can damage the file on purpose, and "x" is a column and never a text.
        try setFlag(SQLITE_DBCONFIG_DEFENSIVE, true, named: "defensive")
        try setFlag(SQLITE_DBCONFIG_TRUSTED_SCHEMA, false, named: "trusted_schema")
        try setFlag(SQLITE_DBCONFIG_DQS_DML, false, named: "dqs_dml")
        try setFlag(SQLITE_DBCONFIG_DQS_DDL, false, named: "dqs_ddl")
        try watchForeignKeys(true)
        try setFlag(SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false, named: "load_extension")
        try set("mmap_size", to: .integer(0))
        try set("cell_size_check", to: .integer(1))
        switch mode {
        case .readWrite, .readWriteCreate:
            // SQLite opens a file that it may not write for reading, and does not say so.
            guard unsafe sqlite3_db_readonly(try open(), "main") == 0 else {
                throw SQLiteFault.permissionDenied(path: path)
            }
            if let pageBytes { _ = try rows("PRAGMA page_size=\(pageBytes)") }
            try set("journal_mode", to: .text("wal"))
            try set("synchronous", to: .integer(2))
        case .readOnly, .immutable:
            try setFlag(SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true, named: "no_ckpt_on_close")
            try set("wal_autocheckpoint", to: .integer(0))
            try set("query_only", to: .integer(1))
        }
        // Only reading shows whether the file is a database at all, and its schema whole.
        _ = try row("SELECT count(*) AS objects FROM sqlite_schema")
    }

    /// Why the file could not be opened, told from the error number of the system call.
    func faultOnOpening(_ code: Int32) -> SQLiteFault {
        guard let handle = unsafe try? open() else {
            let answer = SQLiteAnswer(
                operation: "open",
                extendedCode: Int(code),
                message: "out of memory"
            )
            return .cannotOpen(path: path, answer: answer)
        }
        if code & 0xFF == SQLITE_CANTOPEN || code & 0xFF == SQLITE_PERM {
            // EPERM, ENOENT, EACCES and EROFS have these numbers on every Linux.
            switch unsafe sqlite3_system_errno(handle) {
            case 1, 13, 30: return .permissionDenied(path: path)
            case 2 where mode != .readWriteCreate: return .notFound(path: path)
            default: break
            }
        }
        return unsafe SQLiteFault.after(code, handle, doing: "open", path: path)
    }

    /// Switches the watch over foreign keys.
    func watchForeignKeys(_ on: Bool) throws(SQLiteFault) {
        try setFlag(SQLITE_DBCONFIG_ENABLE_FKEY, on, named: "foreign_keys")
    }

    private func setFlag(_ option: Int32, _ on: Bool, named name: String) throws(SQLiteFault) {
        var inForce: Int32 = -1
        let code = unsafe charter_sqlite_db_flag(try open(), option, on ? 1 : 0, &inForce)
        guard code == SQLITE_OK, inForce == (on ? 1 : 0) else {
            throw SQLiteFault.settingRefused(path: path, setting: name)
        }
    }

    private func set(_ pragma: String, to value: SQLValue) throws(SQLiteFault) {
        let text =
            switch value {
            case .integer(let number): String(number)
            case .text(let word): word
            default: preconditionFailure("A setting is a number or a word.")
            }
        _ = try rows("PRAGMA \(pragma)=\(text)")
        let inForce = try row("PRAGMA \(pragma)")
        // Without memory mapping compiled in, mmap_size answers nothing, and that is as good as 0.
        guard let inForce, let name = inForce.names.first else {
            guard pragma == "mmap_size" else {
                throw SQLiteFault.settingRefused(path: path, setting: pragma)
            }
            return
        }
        guard try inForce.value(name) == value else {
            throw SQLiteFault.settingRefused(path: path, setting: pragma)
        }
    }
}
