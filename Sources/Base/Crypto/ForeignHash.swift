import COpenSSL

/// Hashes that other people's formats demand; nothing that Charter stores is named by them.
package enum ForeignHash: Sendable {
    /// SHA-1, only to recognise keys in an OpenSSH revocation list: there a collision could at
    /// worst revoke one key more.
    case sha1
    case sha256
    case sha512

    /// The hash of these bytes.
    package func of(_ bytes: [UInt8]) -> [UInt8] {
        let method: OpaquePointer? =
            switch self {
            case .sha1: unsafe EVP_sha1()
            case .sha256: unsafe EVP_sha256()
            case .sha512: unsafe EVP_sha512()
            }
        var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard unsafe EVP_Digest(bytes, bytes.count, &out, &count, method, nil) == 1 else {
            preconditionFailure("OpenSSL does not have the hash \(self).")
        }
        return Array(out.prefix(Int(count)))
    }
}
