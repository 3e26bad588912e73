package import Canon
package import Crypto
package import Gates
package import Host
package import Integrity
package import Law
package import Ledger
package import Packages
package import Planes
package import Policy
package import Registry
package import Rego

/// Why an operation could not be carried out.
///
/// Not a refusal: those are answers.
package enum OperationFault: Fault {
    case usage(String)
    case integrity(IntegrityFault)
    case host(HostFault)
    case registry(RegistryFault)
    case law(LawFault)
    case crypto(CryptoFault)
    case document(path: String, DocumentFault)
    /// Policies that cannot be taken.
    case bundle(BundleRefusal)
    /// Active policies, or keys for them, that cannot be used.
    case gates(GatesFault)
    case ledger(LedgerFault)
    case package(PackageFault)
    case planes(PlanesFault)
    /// An input that policies are not asked about, because two readers might disagree about it.
    case input(path: String, InputFault)
    /// A question that policies do not understand.
    case query(PolicyErrors)
    /// A question that policies could not answer.
    case evaluation(EvaluationError)
    case noRoot(from: String)
    /// The law of this root lacks what a check judges by.
    case notInLaw(String)
    /// The list of ids that were handed out cannot be read.
    case idsDamaged(path: String)

    /// The fault that an error of a module below is here.
    ///
    /// For bodies that call several modules; the error is one of theirs, or the program is wrong.
    init(_ error: any Error) {
        switch error {
        case let fault as OperationFault: self = fault
        case let fault as IntegrityFault: self = .integrity(fault)
        case let fault as LedgerFault: self = .ledger(fault)
        case let fault as PackageFault: self = .package(fault)
        case let fault as PlanesFault: self = .planes(fault)
        case let fault as HostFault: self = .host(fault)
        case let fault as CryptoFault: self = .crypto(fault)
        case let fault as RegistryFault: self = .registry(fault)
        case let fault as GatesFault: self = .gates(fault)
        default: preconditionFailure("Every error of these modules has a type: \(error)")
        }
    }

    package var code: String {
        switch self {
        case .usage: "operations.usage"
        case .integrity(let fault): fault.code
        case .host(let fault): fault.code
        case .registry(let fault): fault.code
        case .law(let fault): fault.code
        case .crypto(let fault): fault.code
        case .document(_, let fault): fault.code
        case .bundle(let fault): fault.code
        case .gates(let fault): fault.code
        case .ledger(let fault): fault.code
        case .package(let fault): fault.code
        case .planes(let fault): fault.code
        case .input(_, let fault): fault.code
        case .query(let fault): fault.code
        case .evaluation(let fault): fault.code
        case .noRoot: "operations.no-root"
        case .notInLaw: "operations.not-in-law"
        case .idsDamaged: "operations.ids-damaged"
        }
    }

    package var cause: (any Fault)? {
        switch self {
        case .integrity(let fault): fault.cause
        case .registry(let fault): fault.cause
        case .law(let fault): fault.cause
        case .document(_, let fault): fault
        case .bundle(let fault): fault.cause
        case .gates(let fault): fault.cause
        case .ledger(let fault): fault.cause
        case .package(let fault): fault.cause
        case .planes(let fault): fault.cause
        case .input(_, let fault): fault
        default: nil
        }
    }

    package var description: String {
        switch self {
        case .usage(let text): text
        case .integrity(let fault): fault.description
        case .host(let fault): fault.description
        case .ledger(let fault): fault.description
        case .package(let fault): fault.description
        case .planes(let fault): fault.description
        case .registry(let fault): fault.description
        case .law(let fault): fault.description
        case .crypto(let fault): fault.description
        case .document(let path, _), .input(let path, _): "\(Printable(path)) cannot be read."
        case .bundle(.policies(let errors)): "The policies do not compile.\n" + errors.shown
        case .bundle(let fault): fault.description
        case .gates(let fault): fault.description
        case .query(let errors): "The query cannot be understood.\n" + errors.shown
        case .evaluation(let fault): fault.description
        case .noRoot(let path):
            "Neither \(Printable(path)) nor any directory above it is a governed root. "
                + "Go into one, name one with --root DIR, or make one with 'charter init DIR'."
        case .notInLaw(let what):
            "The law of this root has no \(what), and this check judges by it; add it, or name "
                + "another root with --root DIR."
        case .idsDamaged(let path):
            "\(Printable(path)) is damaged, and without it an id could be handed out twice; "
                + "restore it, or remove it if no id is in flight."
        }
    }

    /// The exit status: 64 for a call that makes no sense, 2 for a fault.
    package var status: Int32 {
        switch self {
        case .usage, .query, .registry(.noSuchRegistry), .registry(.noSuchKind), .registry(.badID):
            64
        default: 2
        }
    }
}
