package import Canon
import Crypto

/// Why a trust file cannot be used at all; a file with one bad line trusts nobody.
package enum TrustFault: Fault {
    case signersMalformed(line: Int, reason: String)
    case signersAuthorityUnsupported(line: Int)
    case signersKeyRefused(line: Int, cause: any Fault)
    case revocationsMalformed(reason: String)
    case revocationsUnsupported(what: String)
    case packageSignersMalformed(reason: String)

    package var code: String {
        switch self {
        case .signersMalformed: "trust.allowed-signers-malformed"
        case .signersAuthorityUnsupported: "trust.allowed-signers-authority-unsupported"
        case .signersKeyRefused: "trust.allowed-signers-key-refused"
        case .revocationsMalformed: "trust.revocations-malformed"
        case .revocationsUnsupported: "trust.revocations-unsupported"
        case .packageSignersMalformed: "trust.package-signers-malformed"
        }
    }

    package var description: String {
        switch self {
        case .signersMalformed(let line, let reason):
            "Line \(line) of the allowed signers cannot be read: \(Printable(reason))."
        case .signersAuthorityUnsupported(let line):
            "Line \(line) of the allowed signers names a certificate authority; "
                + "list the key of each signer instead."
        case .signersKeyRefused(let line, _):
            "The key in line \(line) of the allowed signers may not sign anything here."
        case .revocationsMalformed(let reason):
            "The revocation list cannot be read: \(Printable(reason)). "
                + "Make it with ssh-keygen -k -f FILE KEY.pub."
        case .revocationsUnsupported(let what):
            "The revocation list holds \(what), which is not supported; "
                + "revoke the keys themselves or their SHA-256 fingerprints."
        case .packageSignersMalformed(let reason):
            "\(PackageSigners.path) cannot be used: \(Printable(reason)). A list with one bad line "
                + "trusts nobody; correct it."
        }
    }

    package var cause: (any Fault)? {
        if case .signersKeyRefused(_, let cause) = self { cause } else { nil }
    }
}
