package import Canon
package import Host

/// What can be wrong with an archive, or with making one.
package enum ArchiveFault: Fault {
    /// The bytes are no tar file in one zstd stream, or end too early.
    case damaged(name: String, reason: String)
    /// A member that no archive of ours has: a link, a device, a path that leads out.
    case memberRefused(name: String, member: String, reason: String)
    /// More than was allowed.
    case tooLarge(name: String, reason: String)
    case host(HostFault)

    package var code: String {
        switch self {
        case .damaged: "archives.damaged"
        case .memberRefused: "archives.member-refused"
        case .tooLarge: "archives.too-large"
        case .host: "archives.host"
        }
    }

    package var description: String {
        switch self {
        case .damaged(let name, let reason):
            "\(name) is no whole archive: \(reason). Fetch it again, or pack it again."
        case .memberRefused(let name, let member, let reason):
            "\(name) holds \(member), \(reason); nothing of it was taken. "
                + "Pack it again with 'charter package pack'."
        case .tooLarge(let name, let reason):
            "\(name) is larger than allowed: \(reason); nothing of it was taken."
        case .host: "An archive could not be read or written."
        }
    }

    package var cause: (any Fault)? {
        if case .host(let fault) = self { fault } else { nil }
    }
}
