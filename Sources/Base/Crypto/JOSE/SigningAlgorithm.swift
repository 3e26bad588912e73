/// How a JSON Web Token is signed (RFC 7518 §3.1, RFC 8037 §3.1), by its name there.
///
/// `none` is not among them.
package enum SigningAlgorithm: String, CaseIterable, Hashable, Sendable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// What kind of key signs.
    package enum Family: Hashable, Sendable {
        /// Whoever can verify can also sign.
        case secret
        case rsa
        case rsaProbabilistic
        case ecdsa(EllipticCurve)
        case ed25519
    }

    /// What kind of key signs.
    package var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .secret
        case .rs256, .rs384, .rs512: .rsa
        case .ps256, .ps384, .ps512: .rsaProbabilistic
        case .es256: .ecdsa(.p256)
        case .es384: .ecdsa(.p384)
        case .es512: .ecdsa(.p521)
        case .edDSA: .ed25519
        }
    }

    /// The hash that is signed; Ed25519 signs the message itself and is not asked.
    package var hash: ForeignHash {
        switch self {
        case .hs256, .rs256, .ps256, .es256: .sha256
        case .hs384, .rs384, .ps384, .es384: .sha384
        case .hs512, .rs512, .ps512, .es512, .edDSA: .sha512
        }
    }
}
