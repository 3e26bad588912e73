import CSQLite

// SQLite's result codes, as the faults of this module.
extension SQLiteFault {
    /// The fault for a result code that the connection has just given.
    ///
    /// SQLite's message for this very error is used only where it cannot hold a bound value:
    /// for a refused statement (nothing is bound yet) and for a constraint (names only).
    static func after(
        _ code: Int32,
        _ connection: OpaquePointer?,
        doing operation: String,
        path: String
    ) -> SQLiteFault {
        let primary = code & 0xFF
        let message =
            switch primary {
            case SQLITE_ERROR, SQLITE_CONSTRAINT: unsafe sqlite3_errmsg(connection)
            default: unsafe sqlite3_errstr(code)
            }
        let answer = SQLiteAnswer(
            operation: operation,
            extendedCode: Int(code),
            message: unsafe message.map { unsafe String(cString: $0) } ?? ""
        )
        switch primary {
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy(answer)
        case SQLITE_CONSTRAINT, SQLITE_MISMATCH: return .constraintViolated(answer)
        case SQLITE_FULL: return .diskFull(answer)
        case SQLITE_IOERR, SQLITE_PROTOCOL: return .ioFailed(answer)
        case SQLITE_READONLY: return .readOnly(answer)
        case SQLITE_TOOBIG: return .tooLarge(answer)
        case SQLITE_AUTH: return .notAuthorized(answer)
        case SQLITE_ERROR: return .statementRefused(answer)
        case SQLITE_NOTADB: return .notADatabase(path: path, answer: answer)
        case SQLITE_CORRUPT: return .corrupt(path: path, answer: answer)
        case SQLITE_CANTOPEN: return .cannotOpen(path: path, answer: answer)
        case SQLITE_PERM: return .permissionDenied(path: path)
        default: return .failed(answer)
        }
    }
}
