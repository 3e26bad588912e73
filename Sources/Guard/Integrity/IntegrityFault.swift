import Canon
package import Crypto
package import Host
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
    case badKey(path: String)
    case wouldOverwrite(path: String)

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
        case .badKey: "integrity.bad-key"
        case .wouldOverwrite: "integrity.would-overwrite"
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
        case .badKey(let path):
            "The key \(Printable(path)) cannot be used; it must be a file of its owner only."
        case .wouldOverwrite(let path):
            "\(Printable(path)) exists already and would be overwritten; move it away first."
        }
    }
}
