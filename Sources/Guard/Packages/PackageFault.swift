package import Archives
package import Canon
package import Crypto
package import Host
package import Integrity
package import Keys
package import Trust

/// What kept a package from being packed, read or installed: no verdict about it.
package enum PackageFault: Fault {
    case host(HostFault)
    case archive(ArchiveFault)
    case crypto(CryptoFault)
    case keys(KeysFault)
    case trust(TrustFault)
    case integrity(IntegrityFault)
    /// The law says nothing about who may do it.
    case noInstallPolicy(path: String, reason: String)

    /// The fault that carries what a layer below threw.
    init(carrying error: any Error) {
        switch error {
        case let fault as PackageFault: self = fault
        case let fault as HostFault: self = .host(fault)
        case let fault as ArchiveFault: self = .archive(fault)
        case let fault as CryptoFault: self = .crypto(fault)
        case let fault as KeysFault: self = .keys(fault)
        case let fault as TrustFault: self = .trust(fault)
        case let fault as IntegrityFault: self = .integrity(fault)
        default: preconditionFailure("Every error here has a type: \(error)")
        }
    }

    private var carried: (any Fault)? {
        switch self {
        case .host(let fault): fault
        case .archive(let fault): fault
        case .crypto(let fault): fault
        case .keys(let fault): fault
        case .trust(let fault): fault
        case .integrity(let fault): fault
        case .noInstallPolicy: nil
        }
    }

    package var code: String { carried?.code ?? "packages.no-install-policy" }

    package var description: String {
        if let carried { return carried.description }
        guard case .noInstallPolicy(let path, let reason) = self else { return "" }
        return "\(Printable(path)) should say who may install what, and cannot be used: "
            + "\(Printable(reason)). Restore it; without it nobody installs anything."
    }

    package var cause: (any Fault)? { carried?.cause }
}
