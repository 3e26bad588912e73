package import Canon

/// What SQLite refused, and what it said about it.
package struct SQLiteAnswer: Hashable, Sendable {
    /// The SQL or the step that was refused, without the text of any literal.
    package let operation: String

    /// SQLite's extended result code, as it gave it.
    package let extendedCode: Int

    /// SQLite's own words.
    ///
    /// They name tables and columns, never bound values.
    package let message: String

    /// The primary code: the low byte of the extended one.
    package var primaryCode: Int { extendedCode & 0xFF }
}

/// What can go wrong between this program and a database file.
package enum SQLiteFault: Fault {
    // The file.
    case pathNotAbsolute(path: String)
    case notFound(path: String)
    case permissionDenied(path: String)
    case cannotOpen(path: String, answer: SQLiteAnswer)
    case notADatabase(path: String, answer: SQLiteAnswer)
    case corrupt(path: String, answer: SQLiteAnswer)
    case integrityBroken(path: String, findings: [String])
    case settingRefused(path: String, setting: String)
    case closed(path: String)

    // A statement.
    case busy(SQLiteAnswer)
    case constraintViolated(SQLiteAnswer)
    case diskFull(SQLiteAnswer)
    case ioFailed(SQLiteAnswer)
    case readOnly(SQLiteAnswer)
    case tooLarge(SQLiteAnswer)
    case notAuthorized(SQLiteAnswer)
    case statementRefused(SQLiteAnswer)
    case failed(SQLiteAnswer)
    case notOneStatement(operation: String)
    case parameterCount(operation: String, expected: Int, given: Int)
    case notANumber(operation: String, position: Int)
    case moreThanOneRow(operation: String)
    case transactionLost(path: String)

    // A row.
    case unknownColumn(column: String)
    case ambiguousColumn(column: String)
    case wrongType(column: String, expected: SQLValue.Kind, found: SQLValue.Kind)
    case textNotUTF8(column: String)

    // A migration.
    case migrationPlanInvalid(reason: String)
    case migrationChanged(version: Int, part: String)
    case migrationHistoryBroken(reason: String)
    case migrationUnknownTarget(target: Int, newest: Int)
    case databaseNewer(found: Int, newest: Int)
    indirect case migrationFailed(version: Int, direction: MigrationDirection, cause: SQLiteFault)

    package var code: String {
        switch self {
        case .pathNotAbsolute: "sqlite.path-not-absolute"
        case .notFound: "sqlite.not-found"
        case .permissionDenied: "sqlite.permission-denied"
        case .cannotOpen: "sqlite.cannot-open"
        case .notADatabase: "sqlite.not-a-database"
        case .corrupt: "sqlite.corrupt"
        case .integrityBroken: "sqlite.integrity-broken"
        case .settingRefused: "sqlite.setting-refused"
        case .closed: "sqlite.closed"
        case .busy: "sqlite.busy"
        case .constraintViolated: "sqlite.constraint-violated"
        case .diskFull: "sqlite.disk-full"
        case .ioFailed: "sqlite.io-failed"
        case .readOnly: "sqlite.read-only"
        case .tooLarge: "sqlite.too-large"
        case .notAuthorized: "sqlite.not-authorized"
        case .statementRefused: "sqlite.statement-refused"
        case .failed: "sqlite.failed"
        case .notOneStatement: "sqlite.not-one-statement"
        case .parameterCount: "sqlite.parameter-count"
        case .notANumber: "sqlite.not-a-number"
        case .moreThanOneRow: "sqlite.more-than-one-row"
        case .transactionLost: "sqlite.transaction-lost"
        case .unknownColumn: "sqlite.unknown-column"
        case .ambiguousColumn: "sqlite.ambiguous-column"
        case .wrongType: "sqlite.wrong-type"
        case .textNotUTF8: "sqlite.text-not-utf8"
        case .migrationPlanInvalid: "sqlite.migration-plan-invalid"
        case .migrationChanged: "sqlite.migration-changed"
        case .migrationHistoryBroken: "sqlite.migration-history-broken"
        case .migrationUnknownTarget: "sqlite.migration-unknown-target"
        case .databaseNewer: "sqlite.database-newer"
        case .migrationFailed: "sqlite.migration-failed"
        }
    }

    package var cause: (any Fault)? {
        if case .migrationFailed(_, _, let cause) = self { cause } else { nil }
    }

    /// What SQLite said, where the fault came from SQLite itself.
    package var answer: SQLiteAnswer? {
        switch self {
        case .cannotOpen(_, let answer), .notADatabase(_, let answer), .corrupt(_, let answer):
            answer
        case .busy(let answer), .constraintViolated(let answer), .diskFull(let answer),
            .ioFailed(let answer), .readOnly(let answer), .tooLarge(let answer),
            .notAuthorized(let answer), .statementRefused(let answer), .failed(let answer):
            answer
        default: nil
        }
    }
}

extension SQLiteFault {
    package var description: String {
        if let answer {
            let said = "SQLite answered \(answer.extendedCode), \"\(answer.message)\","
            return "\(sentence) \(said) to: \(answer.operation)"
        }
        return sentence
    }

    private var sentence: String {
        switch self {
        case .pathNotAbsolute, .notFound, .permissionDenied, .cannotOpen, .notADatabase, .corrupt,
            .integrityBroken, .settingRefused, .closed:
            fileSentence
        case .unknownColumn, .ambiguousColumn, .wrongType, .textNotUTF8:
            rowSentence
        case .migrationPlanInvalid, .migrationChanged, .migrationHistoryBroken,
            .migrationUnknownTarget, .databaseNewer, .migrationFailed:
            migrationSentence
        default:
            statementSentence
        }
    }

    private var fileSentence: String {
        switch self {
        case .pathNotAbsolute(let path):
            "The database path \(path) is not an absolute path of a file; give the whole path."
        case .notFound(let path):
            "There is no database at \(path), and it was not to be made."
        case .permissionDenied(let path):
            "This process may not open the database \(path) in the mode it asked for; check owner"
                + " and mode of the file and its directory."
        case .cannotOpen(let path, _):
            "The database \(path) could not be opened; check its directory and who runs this."
        case .notADatabase(let path, _):
            "The file \(path) is not an SQLite database; keep it as evidence and restore a backup."
        case .corrupt(let path, _):
            "The database \(path) is damaged; keep the file as evidence and restore a backup."
        case .integrityBroken(let path, let findings):
            "The database \(path) failed its integrity check, \(findings.count) findings, first: "
                + (findings.first ?? "none") + "; restore a backup."
        case .settingRefused(let path, let setting):
            "The database \(path) did not accept the setting \(setting), and is not used without."
        case .closed(let path): "The database \(path) has been closed; open it again first."
        default: ""
        }
    }

    private var statementSentence: String {
        switch self {
        case .busy: "Another connection holds the database; try again later."
        case .constraintViolated: "The change breaks a constraint of the schema."
        case .diskFull:
            "The disk is full, or the page limit of the database; the change was undone. Free some "
                + "room, then do it again."
        case .ioFailed:
            "Reading or writing the database file failed, and nothing was changed. Look at the disk, and "
                + "at limits on the size of files, then do it again."
        case .readOnly: "The database may only be read here."
        case .tooLarge: "A value or a statement is larger than SQLite accepts."
        case .notAuthorized: "The statement does something that is not allowed at this place."
        case .statementRefused: "SQLite does not accept the statement."
        case .failed: "The statement failed."
        case .notOneStatement(let operation):
            "Exactly one statement was expected here: \(operation)"
        case .parameterCount(let operation, let expected, let given):
            "The statement takes \(expected) values and was given \(given): \(operation)"
        case .notANumber(let operation, let position):
            "Value \(position) is not a number, and SQLite would store NULL instead: \(operation)"
        case .moreThanOneRow(let operation):
            "At most one row was expected, and there were more: \(operation)"
        case .transactionLost(let path):
            "The transaction on \(path) ended before its body did; nothing more of it is executed."
        default: ""
        }
    }

    private var rowSentence: String {
        switch self {
        case .unknownColumn(let column): "The answer has no column \(column)."
        case .ambiguousColumn(let column): "The answer has more than one column \(column)."
        case .wrongType(let column, let expected, let found):
            "The column \(column) holds \(found.rawValue) where \(expected.rawValue) was expected."
        case .textNotUTF8(let column): "The text in the column \(column) is not valid UTF-8."
        default: ""
        }
    }

    private var migrationSentence: String {
        switch self {
        case .migrationPlanInvalid(let reason): "The migration plan is invalid: \(reason)."
        case .migrationChanged(let version, let part):
            "The \(part) of migration \(version) is not the one that was applied; restore it and"
                + " write a new migration instead."
        case .migrationHistoryBroken(let reason):
            "The database's record of its migrations is broken: \(reason)."
        case .migrationUnknownTarget(let target, let newest):
            "There is no migration \(target); this program knows 0 to \(newest)."
        case .databaseNewer(let found, let newest):
            "The database is at version \(found) and this program knows only \(newest); use a"
                + " newer program."
        case .migrationFailed(let version, let direction, _):
            "Migration \(version) failed on its way \(direction.rawValue), and the whole run was"
                + " rolled back."
        default: ""
        }
    }
}
