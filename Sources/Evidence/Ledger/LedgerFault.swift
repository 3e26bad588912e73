package import Canon
package import Crypto
package import Host
package import SQLite

/// Why a log could not be written or read.
///
/// What a verification finds wrong is no fault but a `LedgerFinding`.
package enum LedgerFault: Fault {
    case sqlite(SQLiteFault)
    case host(HostFault)
    case crypto(CryptoFault)

    // The law of ledgers.
    case parameters(reason: String)
    case eventMap(reason: String)
    case otherLog(path: String, found: String, expected: String)
    case otherChain(path: String)
    /// The log was signed by a key that this machine does not have.
    case otherKey(path: String)

    // An entry that shall be written.
    case eventUnregistered(event: String)
    case eventNotAnAct(event: String)
    case entryInvalid(event: String, reason: String)
    case entryTooLarge(event: String, bytes: Int, limit: Int)
    case bodyTooLarge(event: String, bytes: Int, limit: Int)
    case noSuchLedger(ledger: String)
    case ledgerExists(ledger: String)
    case ledgerNotOpen(ledger: String, state: LedgerState)
    case attemptNotOpen(digest: Digest)
    case clockWentBack(milliseconds: Int, tolerated: Int)
    case stopped(origin: String)
    case noSigner(origin: String)

    // What is there already.
    case entryMalformed(index: Int, reason: String)
    case noSuchEntry(index: Int, size: Int)
    case damaged(path: String, reason: String)
    case noCheckpoint(origin: String)
    case archiveDamaged(path: String, reason: String)
    case witnessPolicy(line: Int, reason: String)
    case witnessRequest(reason: String)
    case cursor(text: String)

    package var code: String {
        switch self {
        case .sqlite(let fault): fault.code
        case .host(let fault): fault.code
        case .crypto(let fault): fault.code
        case .parameters: "ledger.chain-parameters"
        case .eventMap: "ledger.event-map"
        case .otherLog: "ledger.other-log"
        case .otherChain: "ledger.other-chain"
        case .otherKey: "ledger.other-key"
        case .eventUnregistered: "ledger.event-unregistered"
        case .eventNotAnAct: "ledger.event-not-an-act"
        case .entryInvalid: "ledger.entry-invalid"
        case .entryTooLarge: "ledger.entry-too-large"
        case .bodyTooLarge: "ledger.body-too-large"
        case .noSuchLedger: "ledger.no-such-ledger"
        case .ledgerExists: "ledger.ledger-exists"
        case .ledgerNotOpen: "ledger.ledger-not-open"
        case .attemptNotOpen: "ledger.attempt-not-open"
        case .clockWentBack: "ledger.clock-went-back"
        case .stopped: "ledger.stopped"
        case .noSigner: "ledger.no-signer"
        case .entryMalformed: "ledger.entry-malformed"
        case .noSuchEntry: "ledger.no-such-entry"
        case .damaged: "ledger.damaged"
        case .noCheckpoint: "ledger.no-checkpoint"
        case .archiveDamaged: "ledger.archive-damaged"
        case .witnessPolicy: "ledger.witness-policy"
        case .witnessRequest: "ledger.witness-request"
        case .cursor: "ledger.cursor"
        }
    }

    package var cause: (any Fault)? {
        switch self {
        case .sqlite(let fault): fault.cause
        case .host(let fault): fault.cause
        case .crypto(let fault): fault.cause
        default: nil
        }
    }

    package var description: String {
        switch self {
        case .sqlite(let fault): fault.description
        case .host(let fault): fault.description
        case .crypto(let fault): fault.description
        case .parameters, .eventMap, .otherLog, .otherChain, .otherKey: lawSentence
        case .entryMalformed, .noSuchEntry, .damaged, .noCheckpoint, .archiveDamaged,
            .witnessPolicy, .witnessRequest, .cursor:
            readingSentence
        default: writingSentence
        }
    }

    private var lawSentence: String {
        switch self {
        case .parameters(let reason):
            "\(ChainParameters.path) cannot be used: \(Printable(reason)); restore it."
        case .eventMap(let reason):
            "\(EventMap.path) cannot be used: \(Printable(reason)); restore it."
        case .otherLog(let path, let found, let expected):
            "\(Printable(path)) holds the log \(Printable(found)) where \(Printable(expected)) was "
                + "expected; put the right file back, or move this one away."
        case .otherChain(let path):
            "\(Printable(path)) was begun under other parameters than \(ChainParameters.path) has "
                + "now; a log never changes its parameters, so restore them, or move the log away "
                + "to begin a new one."
        case .otherKey(let path):
            "The log \(Printable(path)) was signed by a key that is not at hand; go on as who began "
                + "it, in whose state directory the key lies, or move the log away, and keep it, to "
                + "begin a new one."
        default: ""
        }
    }

    private var writingSentence: String {
        switch self {
        case .eventUnregistered(let event):
            "The event \(Printable(event)) is not registered, so it cannot be recorded and the act "
                + "does not happen; register it in \(EventMap.path)."
        case .eventNotAnAct(let event):
            "The event \(Printable(event)) is a fact in \(EventMap.path) and has no attempt and "
                + "outcome, or the other way round."
        case .entryInvalid(let event, let reason):
            "An entry of the event \(Printable(event)) cannot be written: \(Printable(reason))."
        case .entryTooLarge(let event, let bytes, let limit):
            "An entry of the event \(Printable(event)) would have \(bytes) bytes, and \(limit) are "
                + "the most; put what is long into its body."
        case .bodyTooLarge(let event, let bytes, let limit):
            "The body of an entry of the event \(Printable(event)) has \(bytes) bytes, and "
                + "\(limit) are the most; record its digest instead."
        case .noSuchLedger(let ledger):
            "There is no ledger \(Printable(ledger)) in this log; open it first."
        case .ledgerExists(let ledger):
            "There is a ledger \(Printable(ledger)) already; a ledger has one genesis."
        case .ledgerNotOpen(let ledger, let state):
            "The ledger \(Printable(ledger)) is \(state.rawValue) and takes no entries; "
                + (state == .parked ? "resume it first." : "open another one.")
        case .attemptNotOpen(let digest):
            "No attempt \(digest) waits for an outcome; each attempt has exactly one."
        case .clockWentBack(let milliseconds, let tolerated):
            "The clock of this machine stands \(milliseconds) ms before the last entry, and "
                + "\(tolerated) are tolerated; nothing is done until it is set right."
        case .stopped(let origin):
            "The log \(Printable(origin)) takes no entries any more: its process is ending."
        case .noSigner(let origin):
            "The log \(Printable(origin)) was opened without its key, so it cannot be signed."
        default: ""
        }
    }

    private var readingSentence: String {
        switch self {
        case .entryMalformed(let index, let reason):
            "The entry \(index) cannot be read: \(Printable(reason)); 'charter ledger verify' says "
                + "what is wrong with the log."
        case .noSuchEntry(let index, let size):
            "There is no entry \(index); the log has \(size), counted from 0."
        case .damaged(let path, let reason):
            "The log \(Printable(path)) is not what was written: \(Printable(reason)). Nothing is "
                + "added to it; 'charter ledger verify' names the first bad entry, and 'charter "
                + "ledger repair' cuts a torn end."
        case .noCheckpoint(let origin):
            "The log \(Printable(origin)) has no signed checkpoint yet; make one with 'charter "
                + "ledger checkpoint'."
        case .archiveDamaged(let path, let reason):
            "\(Printable(path)) is no archive of a log, or not whole: \(Printable(reason))."
        case .witnessPolicy(let line, let reason):
            "Line \(line) of the policy for witnesses cannot be used: \(Printable(reason))."
        case .witnessRequest(let reason):
            "The request to a witness cannot be used: \(Printable(reason))."
        case .cursor(let text):
            "\"\(Printable(text))\" is no cursor; take the one that the last page gave."
        default: ""
        }
    }
}
