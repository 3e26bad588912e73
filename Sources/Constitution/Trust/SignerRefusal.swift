package import Canon
package import Crypto

/// Why a signature does not count.
package enum SignerRefusal: Hashable, Sendable, CustomStringConvertible {
    case malformed(CryptoFault)
    case keyWeak(CryptoFault)
    case keyUnsupported(CryptoFault)
    case namespaceWrong(String)
    case principalUnknown(String)
    case keyUnknown(String, principal: String)
    case namespaceNotPermitted(String, line: Int)
    case notYetValid(Timestamp, line: Int)
    case expired(Timestamp, line: Int)
    case revoked(String)
    case messageChanged
    case clientDataWrong(CryptoFault)
    case deviceMissing(String)
    case notTouched
    case notVerified
    case applicationForeign(String)
    case originForeign(String)

    /// Sorts what the primitives found into what a person can act on.
    init(_ fault: CryptoFault) {
        switch fault {
        case .keyWeak: self = .keyWeak(fault)
        case .keyUnsupported: self = .keyUnsupported(fault)
        case .signatureNamespaceWrong(_, let found): self = .namespaceWrong(found)
        case .signatureWrong: self = .messageChanged
        case .clientDataWrong: self = .clientDataWrong(fault)
        default: self = .malformed(fault)
        }
    }

    /// Stable and dotted, as the codes of faults are.
    package var code: String {
        switch self {
        case .malformed: "trust.signer-malformed"
        case .keyWeak: "trust.signer-key-weak"
        case .keyUnsupported: "trust.signer-key-unsupported"
        case .namespaceWrong: "trust.signer-namespace-wrong"
        case .principalUnknown: "trust.signer-principal-unknown"
        case .keyUnknown: "trust.signer-key-unknown"
        case .namespaceNotPermitted: "trust.signer-namespace-not-permitted"
        case .notYetValid: "trust.signer-not-yet-valid"
        case .expired: "trust.signer-expired"
        case .revoked: "trust.signer-revoked"
        case .messageChanged: "trust.signer-message-changed"
        case .clientDataWrong: "trust.signer-client-data-wrong"
        case .deviceMissing: "trust.signer-device-missing"
        case .notTouched: "trust.signer-not-touched"
        case .notVerified: "trust.signer-not-verified"
        case .applicationForeign: "trust.signer-application-foreign"
        case .originForeign: "trust.signer-origin-foreign"
        }
    }

    package var description: String {
        switch self {
        case .malformed(let fault), .keyWeak(let fault), .keyUnsupported(let fault),
            .clientDataWrong(let fault):
            fault.description
        case .namespaceWrong(let found):
            "The signature was made for the namespace \(Printable(found)), which is another purpose."
        case .principalUnknown(let principal):
            "\(Printable(principal)) is not among the allowed signers."
        case .keyUnknown(let fingerprint, let principal):
            "The key \(fingerprint) is not a key of \(Printable(principal))."
        case .namespaceNotPermitted(let namespace, let line):
            "Line \(line) of the allowed signers does not let the key sign for "
                + "\(Printable(namespace))."
        case .notYetValid(let beginning, let line):
            "Line \(line) of the allowed signers is valid only from \(beginning) on."
        case .expired(let end, let line):
            "Line \(line) of the allowed signers was valid only until \(end)."
        case .revoked(let fingerprint): "The key \(fingerprint) is revoked."
        case .messageChanged: "The signature is not of this message: sign what is shown now."
        case .deviceMissing(let kind):
            "A \(Printable(kind)) key cannot show that a person was there: sign with a security key."
        case .notTouched: "Nobody touched the security key for this signature."
        case .notVerified:
            "The security key did not check who touched it: sign with a PIN or a finger."
        case .applicationForeign(let application):
            "The security key was made for \(Printable(application)), which is not allowed here."
        case .originForeign(let origin):
            "The passkey signed at \(Printable(origin)), which is not allowed here."
        }
    }
}
