import Canon

/// What can be wrong with a key, a signature or a proof.
///
/// Every case whose name ends in `Malformed` says that bytes do not have their form; the others say
/// that well-formed bytes do not hold. Both are refusals: nothing here is ever a warning.
package enum CryptoFault: Fault, Hashable {
    case keyMalformed(reason: String)
    case keyUnsupported(kind: String)
    case keyWeak(reason: String)

    case certificateMalformed(reason: String)
    case certificateUntrusted(reason: String)

    case noteMalformed(reason: String)
    case noteSignatureWrong(signer: String)
    case noteUnverified

    case checkpointMalformed(reason: String)
    case checkpointForeign(origin: String, log: String)
    case checkpointUnsigned(log: String)
    case checkpointQuorumMissed(witnesses: Int, needed: Int)

    case proofMalformed(reason: String)
    case proofWrong

    case envelopeMalformed(reason: String)
    case envelopeTypeWrong(expected: String, found: String)
    case envelopeUnverified

    case signatureMalformed(reason: String)
    case signatureNamespaceWrong(expected: String, found: String)
    case signatureWrong
    case clientDataWrong(reason: String)

    package var code: String {
        switch self {
        case .keyMalformed: "crypto.key-malformed"
        case .keyUnsupported: "crypto.key-unsupported"
        case .keyWeak: "crypto.key-weak"
        case .certificateMalformed: "crypto.certificate-malformed"
        case .certificateUntrusted: "crypto.certificate-untrusted"
        case .noteMalformed: "crypto.note-malformed"
        case .noteSignatureWrong: "crypto.note-signature-wrong"
        case .noteUnverified: "crypto.note-unverified"
        case .checkpointMalformed: "crypto.checkpoint-malformed"
        case .checkpointForeign: "crypto.checkpoint-foreign"
        case .checkpointUnsigned: "crypto.checkpoint-unsigned"
        case .checkpointQuorumMissed: "crypto.checkpoint-quorum-missed"
        case .proofMalformed: "crypto.proof-malformed"
        case .proofWrong: "crypto.proof-wrong"
        case .envelopeMalformed: "crypto.envelope-malformed"
        case .envelopeTypeWrong: "crypto.envelope-type-wrong"
        case .envelopeUnverified: "crypto.envelope-unverified"
        case .signatureMalformed: "crypto.signature-malformed"
        case .signatureNamespaceWrong: "crypto.signature-namespace-wrong"
        case .signatureWrong: "crypto.signature-wrong"
        case .clientDataWrong: "crypto.client-data-wrong"
        }
    }

    package var description: String {
        switch self {
        case .keyMalformed(let reason): "The key cannot be read: \(Printable(reason))."
        case .keyUnsupported(let kind): "A key of the kind \(Printable(kind)) is not supported."
        case .keyWeak(let reason): "The key is too weak to be trusted: \(Printable(reason))."
        case .certificateMalformed(let reason):
            "The certificate cannot be read: \(Printable(reason))."
        case .certificateUntrusted(let reason):
            "The certificate is not to be trusted: \(Printable(reason))."
        case .noteMalformed(let reason): "The signed note cannot be read: \(Printable(reason))."
        case .noteSignatureWrong(let signer):
            "The note carries a signature of \(Printable(signer)) that does not match its text."
        case .noteUnverified: "The note carries no signature of a known key."
        case .checkpointMalformed(let reason):
            "The checkpoint cannot be read: \(Printable(reason))."
        case .checkpointForeign(let origin, let log):
            "The checkpoint is of the log \(Printable(origin)), not of \(Printable(log))."
        case .checkpointUnsigned(let log):
            "The checkpoint is not signed by its log, \(Printable(log))."
        case .checkpointQuorumMissed(let witnesses, let needed):
            "The checkpoint is cosigned by \(witnesses) known witnesses; \(needed) are needed."
        case .proofMalformed(let reason):
            "The inclusion proof cannot be read: \(Printable(reason))."
        case .proofWrong: "The proof does not lead from the entry to the root of the checkpoint."
        case .envelopeMalformed(let reason):
            "The attestation envelope cannot be read: \(Printable(reason))."
        case .envelopeTypeWrong(let expected, let found):
            "The envelope holds a payload of the type \(Printable(found)); \(Printable(expected)) was expected."
        case .envelopeUnverified: "The envelope carries no valid signature of a known key."
        case .signatureMalformed(let reason):
            "The SSH signature cannot be read: \(Printable(reason))."
        case .signatureNamespaceWrong(let expected, let found):
            "The signature was made for the namespace \(Printable(found)), not for \(Printable(expected))."
        case .signatureWrong: "The signature does not match the message."
        case .clientDataWrong(let reason):
            "The browser's client data does not belong to this message: \(Printable(reason))."
        }
    }
}
