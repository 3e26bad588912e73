/// The secret number that ECDSA needs with each signature, made of key and message (RFC 6979).
///
/// A decision is a function of policy, data and input; a token that a policy signs is too. And a
/// nonce that no random source makes cannot be one that repeats, which would give away the key.
struct DeterministicNonce {
    private let order: [UInt8]
    private let orderBits: Int
    private let hash: ForeignHash

    init(curve: EllipticCurve, hash: ForeignHash) {
        order = curve.order
        orderBits = ForeignPublicKey.bitCount(order)
        self.hash = hash
    }

    /// The nonce for a key and the hash of a message (§3.2).
    func make(key: [UInt8], digest: [UInt8]) -> [UInt8] {
        let seed = filled(key) + reduced(leadingBits(of: digest))
        var k = [UInt8](repeating: 0, count: hash.byteCount)
        var v = [UInt8](repeating: 1, count: hash.byteCount)
        for mark: UInt8 in [0, 1] {
            k = hash.authentication(of: v + [mark] + seed, key: k)
            v = hash.authentication(of: v, key: k)
        }
        while true {
            var candidate: [UInt8] = []
            while candidate.count * 8 < orderBits {
                v = hash.authentication(of: v, key: k)
                candidate += v
            }
            let nonce = leadingBits(of: candidate)
            if nonce.contains(where: { $0 != 0 }), nonce.lexicographicallyPrecedes(order) {
                return nonce
            }
            k = hash.authentication(of: v + [0], key: k)
            v = hash.authentication(of: v, key: k)
        }
    }

    /// As many of the first bits as the order has, as a number of its width (§2.3.2).
    private func leadingBits(of bytes: [UInt8]) -> [UInt8] {
        let taken = Array(bytes.prefix(order.count))
        let surplus = min(bytes.count, order.count) * 8 - orderBits
        guard surplus > 0 else { return filled(taken) }
        var out: [UInt8] = []
        var carry: UInt8 = 0
        for byte in taken {
            out.append(carry << UInt8(8 - surplus) | byte >> UInt8(surplus))
            carry = byte
        }
        return filled(out)
    }

    /// A number below twice the order, brought below the order (§2.3.4).
    private func reduced(_ number: [UInt8]) -> [UInt8] {
        guard !number.lexicographicallyPrecedes(order) else { return number }
        var out = number
        var borrow = 0
        for index in out.indices.reversed() {
            let difference = Int(out[index]) - Int(order[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            out[index] = UInt8(truncatingIfNeeded: difference)
        }
        return out
    }

    private func filled(_ digits: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 0, count: max(0, order.count - digits.count)) + digits
    }
}
