/// What a valid SSH signature proves; whether that is enough is for a policy to say.
package struct SSHVerification: Hashable, Sendable {
    /// The key that signed.
    package let key: SSHPublicKey

    /// The namespace that was signed along with the message.
    package let namespace: String

    /// What the FIDO device said, or `nil` for a key that lies in no device.
    package let device: Device?

    /// What a FIDO device signs along with the message.
    package struct Device: Hashable, Sendable {
        /// Somebody touched the device.
        package let userPresent: Bool

        /// The device recognised its owner, by a PIN or a finger.
        package let userVerified: Bool

        /// How often the device has signed; synced passkeys always say zero.
        package let counter: UInt32

        /// The web page that asked, for a passkey in a browser.
        package let origin: String?
    }

    /// The kind of key that signed.
    package var keyKind: SSHPublicKey.Kind { key.kind }

    /// What a security key was made for.
    package var application: String? { key.application }

    /// Whether somebody is proven to have touched a device.
    package var userPresent: Bool { device?.userPresent ?? false }

    /// Whether a device is proven to have recognised its owner.
    package var userVerified: Bool { device?.userVerified ?? false }

    /// How often the device has signed.
    package var counter: UInt32? { device?.counter }

    /// The web page that asked.
    package var origin: String? { device?.origin }
}
