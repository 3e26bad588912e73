/// Bit operations as if the number had endless two's complement.
extension BigInteger {
    static func & (left: BigInteger, right: BigInteger) -> BigInteger {
        combined(left, right) { $0 & $1 }
    }

    static func | (left: BigInteger, right: BigInteger) -> BigInteger {
        combined(left, right) { $0 | $1 }
    }

    static func ^ (left: BigInteger, right: BigInteger) -> BigInteger {
        combined(left, right) { $0 ^ $1 }
    }

    static prefix func ~ (value: BigInteger) -> BigInteger {
        -value - BigInteger(Int64(1))
    }

    /// Multiplies by a power of two; `nil` when the result would be beyond `bitsMax`.
    func shiftedLeft(by count: Int) -> BigInteger? {
        guard !isZero else { return self }
        guard count <= BigInteger.bitsMax, bitWidth + count <= BigInteger.bitsMax else {
            return nil
        }
        let (whole, part) = (count / 64, UInt64(count % 64))
        var out = [UInt64](repeating: 0, count: whole)
        var carry: UInt64 = 0
        for limb in limbs {
            out.append(limb << part | carry)
            carry = part == 0 ? 0 : limb >> (64 - part)
        }
        out.append(carry)
        return BigInteger(magnitude: out, isNegative: isNegative)
    }

    /// Divides by a power of two, towards negative infinity.
    func shiftedRight(by count: Int) -> BigInteger {
        guard count < bitWidth else { return isNegative ? BigInteger(Int64(-1)) : BigInteger.zero }
        if isNegative { return ~(~self).shiftedRight(by: count) }
        let (whole, part) = (count / 64, UInt64(count % 64))
        var out: [UInt64] = []
        for index in whole..<limbs.count {
            let above = index + 1 < limbs.count && part > 0 ? limbs[index + 1] << (64 - part) : 0
            out.append(limbs[index] >> part | above)
        }
        return BigInteger(magnitude: out, isNegative: false)
    }

    private static func combined(
        _ left: BigInteger,
        _ right: BigInteger,
        _ combine: (UInt64, UInt64) -> UInt64
    ) -> BigInteger {
        // One limb more than either has, so that the highest bit is the sign.
        let size = max(left.limbs.count, right.limbs.count) + 1
        let (a, b) = (left.twosComplement(size), right.twosComplement(size))
        let out = (0..<size).map { combine(a[$0], b[$0]) }
        guard out[size - 1] >> 63 == 1 else { return BigInteger(magnitude: out, isNegative: false) }
        return BigInteger(magnitude: negated(out), isNegative: true)
    }

    private func twosComplement(_ size: Int) -> [UInt64] {
        let padded = limbs + [UInt64](repeating: 0, count: size - limbs.count)
        return isNegative ? BigInteger.negated(padded) : padded
    }

    private static func negated(_ limbs: [UInt64]) -> [UInt64] {
        var carry = true
        return limbs.map { limb in
            let (sum, overflow) = (~limb).addingReportingOverflow(carry ? 1 : 0)
            carry = overflow
            return sum
        }
    }
}
