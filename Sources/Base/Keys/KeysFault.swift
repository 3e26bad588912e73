import Canon
package import Crypto
package import Host

/// Why a key of this machine could not be used.
package enum KeysFault: Fault {
    case host(HostFault)
    case crypto(CryptoFault)
    case unusable(path: String)

    package var code: String {
        switch self {
        case .host(let fault): fault.code
        case .crypto(let fault): fault.code
        case .unusable: "keys.unusable"
        }
    }

    package var description: String {
        switch self {
        case .host(let fault): fault.description
        case .crypto(let fault): fault.description
        case .unusable(let path):
            "The key \(Printable(path)) cannot be used; it must be a file that only its owner can "
                + "read, with the key in it whole."
        }
    }

    /// The fault of what went wrong while the key at a path was used.
    package init(_ error: any Error, key path: String) {
        switch error {
        case let fault as KeysFault: self = fault
        case let fault as HostFault: self = .host(fault)
        case let fault as CryptoFault: self = .crypto(fault)
        default: self = .unusable(path: path)
        }
    }
}
