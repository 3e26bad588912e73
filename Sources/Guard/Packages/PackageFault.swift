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
    case noSuchVersion(id: String)
    /// A state is kept once a second at most.
    case versionExists(id: String)
    case versionDamaged(path: String)

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
        case .noInstallPolicy, .noSuchVersion, .versionExists, .versionDamaged: nil
        }
    }

    package var code: String {
        switch self {
        case .noInstallPolicy: "packages.no-install-policy"
        case .noSuchVersion: "packages.no-such-version"
        case .versionExists: "packages.version-exists"
        case .versionDamaged: "packages.version-damaged"
        default: carried?.code ?? ""
        }
    }

    package var description: String {
        switch self {
        case .noInstallPolicy(let path, let reason):
            "\(Printable(path)) should say who may install what, and cannot be used: "
                + "\(Printable(reason)). Restore it; without it nobody installs anything."
        case .noSuchVersion(let id):
            "No state \(Printable(id)) of this root is kept on this machine; "
                + "'charter version list' shows those that are."
        case .versionExists(let id):
            "A state of this second is kept already, as \(id); try again."
        case .versionDamaged(let path):
            "\(Printable(path)) should hold a state of this root and was changed; choose another one "
                + "with 'charter version list'."
        default: carried?.description ?? ""
        }
    }

    package var cause: (any Fault)? { carried?.cause }
}
