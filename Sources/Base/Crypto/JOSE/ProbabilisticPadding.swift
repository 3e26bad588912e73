/// The encoding of a message for RSA that is named PSS (RFC 8017 §9.1.1), with a salt that is given.
///
/// OpenSSL would take its salt from a random source; the salt of a policy's token is made of key
/// and message, so that the same decision makes the same token.
struct ProbabilisticPadding {
    let hash: ForeignHash

    /// The encoded message, as long as the modulus, ready for the raw operation of the key.
    func encode(digest: [UInt8], salt: [UInt8], modulusBits: Int) -> [UInt8] {
        let bits = modulusBits - 1
        let count = (bits + 7) / 8
        let witness = hash.of([UInt8](repeating: 0, count: 8) + digest + salt)
        let room = count - hash.byteCount - 1
        let zeros = [UInt8](repeating: 0, count: room - salt.count - 1)
        var block = zeros + [1] + salt
        for (index, byte) in mask(seed: witness, count: room).enumerated() { block[index] ^= byte }
        block[0] &= 0xFF >> UInt8(8 * count - bits)
        let encoded = block + witness + [0xBC]
        let width = (modulusBits + 7) / 8
        return [UInt8](repeating: 0, count: width - encoded.count) + encoded
    }

    /// MGF1 (RFC 8017 §B.2.1).
    private func mask(seed: [UInt8], count: Int) -> [UInt8] {
        var out: [UInt8] = []
        var counter: UInt32 = 0
        while out.count < count {
            out += hash.of(seed + counter.bigEndianBytes)
            counter += 1
        }
        return Array(out.prefix(count))
    }
}
