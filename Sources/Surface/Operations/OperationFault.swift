package import Canon
package import Crypto
package import Host
package import Integrity
package import Law
package import Registry

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
    case noRoot(from: String)

    package var code: String {
        switch self {
        case .usage: "operations.usage"
        case .integrity(let fault): fault.code
        case .host(let fault): fault.code
        case .registry(let fault): fault.code
        case .law(let fault): fault.code
        case .crypto(let fault): fault.code
        case .document(_, let fault): fault.code
        case .noRoot: "operations.no-root"
        }
    }

    package var cause: (any Fault)? {
        switch self {
        case .integrity(let fault): fault.cause
        case .registry(let fault): fault.cause
        case .law(let fault): fault.cause
        case .document(_, let fault): fault
        default: nil
        }
    }

    package var description: String {
        switch self {
        case .usage(let text): text
        case .integrity(let fault): fault.description
        case .host(let fault): fault.description
        case .registry(let fault): fault.description
        case .law(let fault): fault.description
        case .crypto(let fault): fault.description
        case .document(let path, _): "\(Printable(path)) cannot be read."
        case .noRoot(let path):
            "Neither \(Printable(path)) nor any directory above it is a governed root. "
                + "Go into one, name one with --root DIR, or make one with 'charter init DIR'."
        }
    }

    /// The exit status: 64 for a call that makes no sense, 2 for a fault.
    package var status: Int32 {
        if case .usage = self { 64 } else { 2 }
    }
}
