import Canon
import Crypto

/// What a signature has to show beyond being valid: for what it was made, and who was there.
///
/// `ssh-keygen -Y verify` calls a signature good that nobody touched a device for, and it takes the
/// web page from the signature itself. Both are decided here.
package struct SignerPolicy: Hashable, Sendable {
    /// What must be proven of the person.
    package enum Presence: Hashable, Sendable {
        /// A key in a file is enough; a security key must still have been touched.
        case touchOfDevices

        /// Only a security key that was touched.
        case touch

        /// Only a security key that was touched and recognised its owner.
        case verification
    }

    /// What signatures must have been made for.
    package let namespace: String

    package let presence: Presence

    /// What security keys must have been made for: `ssh:`, or relying parties of passkeys.
    package let applications: [String]

    /// The web pages at which a passkey may have signed, exactly as a browser names them.
    package let origins: [String]

    /// What a signer must fulfil; without `applications` named, those of OpenSSH.
    package init(
        namespace: String,
        presence: Presence,
        applications: [String] = ["ssh:"],
        origins: [String] = []
    ) {
        precondition(!namespace.isEmpty, "A signature is always made for something.")
        self.namespace = namespace
        self.presence = presence
        self.applications = applications
        self.origins = origins
    }

    /// Why a signature that is valid is still not enough; `nil` if it is.
    func refusal(of verification: SSHVerification) -> SignerRefusal? {
        guard let device = verification.device else {
            return presence == .touchOfDevices ? nil : .deviceMissing(verification.keyKind.rawValue)
        }
        let application = verification.application ?? ""
        guard applications.contains(where: { $0.hasSameBytes(as: application) }) else {
            return .applicationForeign(application)
        }
        if let origin = device.origin, !origins.contains(where: { $0.hasSameBytes(as: origin) }) {
            return .originForeign(origin)
        }
        guard device.userPresent else { return .notTouched }
        guard presence != .verification || device.userVerified else { return .notVerified }
        return nil
    }
}
