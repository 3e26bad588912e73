package import Archives
package import Canon
package import Crypto
package import Host
package import Keys
package import Ledger
import Registry

/// Why a check could not be made, or an operation on a root not be done.
///
/// Not a verdict.
package enum IntegrityFault: Fault {
    case notARoot(path: String)
    case rootManifest(path: String, reason: String)
    case host(HostFault)
    case crypto(CryptoFault)
    case alreadyARoot(path: String)
    case notEmpty(path: String)
    case stateInside(path: String)
    case unfinished(path: String, stage: String)
    case keys(KeysFault)
    case ledger(LedgerFault)
    case archive(ArchiveFault)
    /// A fault of whoever asked for the operation, carried through the door.
    case package(any Fault)
    /// A log that this machine wrote is gone.
    case logGone(path: String, memory: String)
    /// A log is not the one that this machine signed last, or an older copy of it.
    case logRolledBack(path: String, memory: String, size: Int)
    /// What the machine remembers of a log cannot be read.
    case logMemory(path: String)
    /// Something was done, and the record of how it ended could not be made.
    case outcomeUnrecorded(event: String, cause: LedgerFault)
    case wouldOverwrite(path: String)
    /// A directory has `registries/` and no manifest in it that is a file.
    case manifestLost(path: String)
    /// What the machine remembers of sealed roots cannot be read.
    case sealMemory(path: String)
    /// A genesis where a sealed root lies or lay.
    case sealedHere(path: String)
    /// An operation was decided and could not be put in place to its end.
    case cutShort(purpose: String, root: String, cause: any Fault)
    /// What waits to be completed was decided for another root.
    case otherRoot(path: String, stage: String)

    /// The fault that carries what a layer below threw, for a `do` in which several layers throw.
    ///
    /// Every one of them throws typed; an error of another type is a broken invariant.
    init(carrying error: any Error) {
        switch error {
        case let fault as IntegrityFault: self = fault
        case let fault as HostFault: self = .host(fault)
        case let fault as CryptoFault: self = .crypto(fault)
        case let fault as KeysFault: self = .keys(fault)
        case let fault as LedgerFault: self = .ledger(fault)
        case let fault as ArchiveFault: self = .archive(fault)
        default: preconditionFailure("Every error here has a type: \(error)")
        }
    }

    /// What a layer below said, where this only carries it.
    var underlying: (any Fault)? {
        switch self {
        case .host(let fault): fault
        case .archive(let fault): fault
        default: nil
        }
    }

    package var code: String {
        switch self {
        case .notARoot: "integrity.not-a-root"
        case .rootManifest: "integrity.root-manifest"
        case .host(let fault): fault.code
        case .crypto(let fault): fault.code
        case .alreadyARoot: "integrity.already-a-root"
        case .notEmpty: "integrity.not-empty"
        case .stateInside: "integrity.state-inside-root"
        case .unfinished: "integrity.unfinished-operation"
        case .keys(let fault): fault.code
        case .ledger(let fault): fault.code
        case .archive(let fault): fault.code
        case .package(let fault): fault.code
        case .logGone: "integrity.log-gone"
        case .logRolledBack: "integrity.log-rolled-back"
        case .logMemory: "integrity.log-memory"
        case .outcomeUnrecorded: "integrity.outcome-unrecorded"
        case .wouldOverwrite: "integrity.would-overwrite"
        case .manifestLost: "integrity.manifest-lost"
        case .sealMemory: "integrity.seal-memory"
        case .sealedHere: "integrity.sealed-here"
        case .cutShort: "integrity.cut-short"
        case .otherRoot: "integrity.other-root"
        }
    }

    package var cause: (any Fault)? {
        switch self {
        case .cutShort(_, _, let cause): cause
        case .ledger(let fault): fault.cause
        case .archive(let fault): fault.cause
        case .package(let fault): fault.cause
        case .outcomeUnrecorded(_, let cause): cause
        default: nil
        }
    }

    package var description: String {
        switch self {
        case .notARoot(let path):
            "\(Printable(path)) is no governed root: it has no \(RootLayout.rootManifest). "
                + "Make one with 'charter init DIR', or name one with --root DIR."
        case .rootManifest(let path, let reason):
            "\(Printable(path))/\(RootLayout.rootManifest) cannot be used. \(reason)"
        case .host(let fault): fault.description
        case .crypto(let fault): fault.description
        case .alreadyARoot(let path):
            "\(Printable(path)) is a governed root already; a second genesis is refused."
        case .notEmpty(let path):
            "\(Printable(path)) is not empty; genesis needs an empty or a new directory."
        case .stateInside(let path):
            "The state directory \(Printable(path)) lies inside the root that it guards; "
                + "set XDG_STATE_HOME to a directory outside."
        case .unfinished(let path, let stage):
            "An operation was cut short, and \(Printable(path)) has changed since, so it cannot be "
                + "completed; restore that file, or remove \(Printable(stage)) to forget the "
                + "operation."
        case .keys(let fault): fault.description
        case .ledger(let fault): fault.description
        case .archive(let fault): fault.description
        case .package(let fault): fault.description
        case .logGone(let path, let memory):
            "This machine wrote a log in \(Printable(path)), and it is gone; restore it ('charter "
                + "ledger restore DIR'). Whoever means to begin another one removes "
                + "\(Printable(memory)), and so forgets the one that was."
        case .logRolledBack(let path, let memory, let size):
            "The log in \(Printable(path)) does not lead to the head over \(size) entries that this "
                + "machine signed: it is an older copy, or another log. Put the right one back. Whoever "
                + "accepts what is lost removes \(Printable(memory)), and so forgets that head."
        case .logMemory(let path):
            "\(Printable(path)) should say which log this machine wrote, and cannot be read; restore "
                + "it, or remove it to forget that log."
        case .outcomeUnrecorded(let event, _):
            "'\(Printable(event))' was done, and the record of how it ended could not be made; the "
                + "next operation records it as unknown. Remove the cause before you go on, then "
                + "check with 'charter ledger query --open'."
        case .wouldOverwrite(let path):
            "\(Printable(path)) exists already and would be overwritten; move it away first."
        case .manifestLost(let path):
            "\(Printable(path)) has registries/ like a governed root, and no "
                + "\(RootLayout.rootManifest) that is a file; restore it, or name the root that is "
                + "meant with --root DIR."
        case .sealMemory(let path):
            "\(Printable(path)) should say which roots were sealed on this machine, and cannot be "
                + "read; restore it. Whoever removes it forgets every seal that it speaks of."
        case .sealedHere(let path):
            "\(Printable(path)) is where a root was sealed on this machine, and the seal was never "
                + "opened; restore that root, or say with 'charter seal open --root DIR' that it "
                + "is gone for good."
        case .cutShort(let purpose, let root, _):
            "'\(Printable(purpose))' was decided and is only partly in place in \(Printable(root)); "
                + "remove the cause, and the next operation completes it first, such as "
                + "'charter registry compile'."
        case .otherRoot(let path, let stage):
            "An operation that was cut short waits in \(Printable(stage)), and it was meant for "
                + "another root than \(Printable(path)) as it lies now; put that root back, or "
                + "remove the directory to forget the operation."
        }
    }
}
