package import Canon
import Crypto

/// Who may sign: an OpenSSH `allowed_signers` file, the one list of human keys that counts.
///
/// The file is read whole or not at all. OpenSSH passes over a line that it cannot read; here such a
/// line could be the one that was meant to narrow, so it fails the file.
package struct AllowedSigners: Hashable, Sendable {
    /// A line holds one key; the largest needs a twentieth of this.
    package static let bytesMax = 4 << 20

    /// The lines that name a key, in the order of the file.
    package let signers: [AllowedSigner]

    /// Reads the file.
    package init(parsing bytes: [UInt8]) throws(TrustFault) {
        guard bytes.count <= AllowedSigners.bytesMax else {
            throw .signersMalformed(line: 1, reason: "the file is longer than 4 MiB")
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var signers: [AllowedSigner] = []
        for (index, line) in lines.enumerated() {
            let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
            guard text.allSatisfy({ $0 >= 0x20 || $0 == UInt8(ascii: "\t") }) else {
                throw .signersMalformed(line: index + 1, reason: "it holds a control character")
            }
            signers.append(try AllowedSigner(line: index + 1, text))
        }
        self.signers = signers
    }

    /// Whether this is the principal's signature of the message, and whether it may be.
    ///
    /// The order is: form, list, revocation, cryptography, presence. The first that says no gives
    /// the reason. Flags, origin and counter are only looked at once the signature over them holds.
    package func check(
        _ signature: [UInt8],
        of message: [UInt8],
        by principal: String,
        at time: Timestamp,
        revocations: RevocationList,
        policy: SignerPolicy
    ) -> SignerVerdict {
        let parsed: SSHSignature
        let verification: SSHVerification
        do throws(CryptoFault) {
            parsed = try SSHSignature(armored: signature)
        } catch {
            return .refused(SignerRefusal(error))
        }
        guard parsed.namespace.hasSameBytes(as: policy.namespace) else {
            return .refused(.namespaceWrong(parsed.namespace))
        }
        if let refusal = refusal(of: parsed.publicKey, principal, policy.namespace, time) {
            return .refused(refusal)
        }
        if revocations.contains(parsed.publicKey) {
            return .refused(.revoked(parsed.publicKey.fingerprint))
        }
        do throws(CryptoFault) {
            verification = try parsed.verify(message: message, namespace: policy.namespace)
        } catch {
            return .refused(SignerRefusal(error))
        }
        if let refusal = policy.refusal(of: verification) { return .refused(refusal) }
        return .accepted(verification, principal: principal)
    }

    /// Why no line lets the principal use this key now; `nil` if one does.
    ///
    /// Of several lines that do not, the one that came closest gives the reason.
    private func refusal(
        of key: SSHPublicKey,
        _ principal: String,
        _ namespace: String,
        _ time: Timestamp
    ) -> SignerRefusal? {
        var closest: (rank: Int, refusal: SignerRefusal) = (0, .principalUnknown(principal))
        for signer in signers where signer.names(principal) {
            let found: (rank: Int, refusal: SignerRefusal)
            if signer.key != key {
                found = (1, .keyUnknown(key.fingerprint, principal: principal))
            } else if !signer.permits(namespace: namespace) {
                found = (2, .namespaceNotPermitted(namespace, line: signer.line))
            } else if let beginning = signer.validAfter, time < beginning {
                found = (3, .notYetValid(beginning, line: signer.line))
            } else if let end = signer.validBefore, time > end {
                found = (4, .expired(end, line: signer.line))
            } else {
                return nil
            }
            if found.rank > closest.rank { closest = found }
        }
        return closest.refusal
    }
}
