package import Canon
package import Crypto
package import Host
package import Keys
package import Policy

/// Why the shelf of policies, or the list of gates, could not be used.
package enum GatesFault: Fault {
    case host(HostFault)
    case crypto(CryptoFault)
    /// The bundle is not taken; this is an answer, and not a fault of the machine.
    case refused(BundleRefusal)
    case badShelf(path: String, reason: String)
    case unknownBundle(name: String)
    case nothingBefore(name: String)
    case keys(KeysFault)
    case badList(reason: String)

    package var code: String {
        switch self {
        case .host(let fault): fault.code
        case .crypto(let fault): fault.code
        case .refused(let refusal): refusal.code
        case .badShelf: "gates.shelf.damaged"
        case .unknownBundle: "gates.shelf.unknown-bundle"
        case .nothingBefore: "gates.shelf.nothing-before"
        case .keys(let fault): fault.code
        case .badList: "gates.enforcement.unreadable"
        }
    }

    package var description: String {
        switch self {
        case .host(let fault): fault.description
        case .crypto(let fault): fault.description
        case .refused(let refusal): refusal.description
        case .badShelf(let path, let reason):
            "\(Printable(path)) does not say which policies are active: \(Printable(reason)) "
                + "Remove it and activate a bundle again."
        case .unknownBundle(let name):
            "No bundle \(Printable(name)) was ever activated here; 'charter policy list' shows "
                + "those that were."
        case .nothingBefore(let name):
            "There is nothing to go back to for the bundle \(Printable(name)); activate the "
                + "bundle that you want."
        case .keys(let fault): fault.description
        case .badList(let reason):
            "The list of enforcement gates cannot be used: \(Printable(reason))"
        }
    }

    package var cause: (any Fault)? {
        if case .refused(let refusal) = self { refusal.cause } else { nil }
    }

    /// Whether this is an answer by the law rather than a fault.
    package var isRefusal: Bool {
        switch self {
        case .refused, .nothingBefore, .unknownBundle: true
        default: false
        }
    }
}
