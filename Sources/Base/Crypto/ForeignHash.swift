import COpenSSL

/// Hashes that other people's formats demand; nothing that Charter stores is named by them.
package enum ForeignHash: Sendable, CaseIterable {
    /// MD5, only because policies ask for it by name: two texts with one MD5 are easily made.
    case md5

    /// SHA-1, to recognise keys in an OpenSSH revocation list, where a collision could at worst
    /// revoke one key more, and because policies ask for it by name.
    case sha1
    case sha256
    case sha384
    case sha512

    /// How many bytes a hash has.
    package var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// Whether OpenSSL offers the hash: where it is bound to FIPS, there is no MD5.
    package var isOffered: Bool {
        guard let found = unsafe EVP_MD_fetch(nil, EVP_MD_get0_name(method), nil) else {
            ERR_clear_error()
            return false
        }
        unsafe EVP_MD_free(found)
        return true
    }

    /// The hash of these bytes; OpenSSL must offer it.
    package func of(_ bytes: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard unsafe EVP_Digest(bytes, bytes.count, &out, &count, method, nil) == 1 else {
            preconditionFailure("OpenSSL does not have the hash \(self).")
        }
        return Array(out.prefix(Int(count)))
    }

    /// The HMAC of these bytes under a key (RFC 2104); OpenSSL must offer the hash.
    package func authentication(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        // OpenSSL takes no null pointer for a key, and an empty array may have one.
        let padded = key.isEmpty ? [0] : key
        var out = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let made = unsafe HMAC(
            method,
            padded,
            Int32(key.count),
            bytes,
            bytes.count,
            &out,
            &count
        )
        guard unsafe made != nil else {
            preconditionFailure("OpenSSL does not have the hash \(self).")
        }
        return Array(out.prefix(Int(count)))
    }

    /// The hash as OpenSSL names it; it lives as long as the process.
    var method: OpaquePointer? {
        switch self {
        case .md5: unsafe EVP_md5()
        case .sha1: unsafe EVP_sha1()
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}
