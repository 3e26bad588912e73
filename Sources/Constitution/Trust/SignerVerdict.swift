package import Crypto

/// What came of checking a signature: a value, never an error, because a no is an answer.
package enum SignerVerdict: Hashable, Sendable {
    /// The principal signed the message and may.
    case accepted(SSHVerification, principal: String)

    /// The signature does not count.
    case refused(SignerRefusal)

    /// Why the signature does not count; `nil` if it does.
    package var refusal: SignerRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}
