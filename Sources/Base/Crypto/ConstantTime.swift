import COpenSSL

/// Comparison of secrets that takes as long for a near miss as for a far one.
package enum ConstantTime {
    /// Whether both hold the same bytes; only their lengths show in the time this takes.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}
