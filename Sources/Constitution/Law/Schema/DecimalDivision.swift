import Canon

/// Exact division of decimals: floating point would call 0.07 no multiple of 0.01.
enum DecimalDivision {
    typealias Decimal = JSONNumber.Decimal

    /// What asking costs: a step for each digit that the division brings down.
    static func cost(_ value: Decimal, _ divisor: Decimal) -> Int {
        let limbs = max(1, divisor.digits.count / 9)
        let digits = value.digits.count + max(0, value.exponent - divisor.exponent)
        return (digits + divisor.digits.count) * limbs / 8
    }

    /// Whether the value is a whole multiple of the divisor, which is above zero.
    static func isMultiple(_ value: Decimal, of divisor: Decimal) -> Bool {
        guard !value.digits.isEmpty else { return true }
        // Digits never end with a zero, so a value with finer places than its divisor, whose
        // scaled form does, cannot be a multiple of it.
        guard value.exponent >= divisor.exponent else { return false }
        let zeros = value.exponent - divisor.exponent
        var remainder = Limbs(divisor)
        for digit in value.digits { remainder.bringDown(digit) }
        for _ in 0..<zeros {
            if remainder.isZero { return true }
            remainder.bringDown(0)
        }
        return remainder.isZero
    }

    /// A remainder of long division, kept below its divisor; least significant limb first.
    private struct Limbs {
        private var remainder: [UInt32]
        private let divisor: [UInt32]

        init(_ divisor: Decimal) {
            var limbs: [UInt32] = [0]
            for digit in divisor.digits { Limbs.shift(&limbs, digit) }
            // One limb more than the divisor holds ten times the remainder.
            self.divisor = limbs + [0]
            remainder = Array(repeating: 0, count: limbs.count + 1)
        }

        var isZero: Bool { remainder.allSatisfy { $0 == 0 } }

        mutating func bringDown(_ digit: UInt8) {
            var carry = UInt64(digit)
            for index in remainder.indices {
                let sum = UInt64(remainder[index]) * 10 + carry
                remainder[index] = UInt32(truncatingIfNeeded: sum)
                carry = sum >> 32
            }
            while isAtLeastDivisor { subtractDivisor() }
        }

        private var isAtLeastDivisor: Bool {
            var index = remainder.count - 1
            while index >= 0 {
                if remainder[index] != divisor[index] { return remainder[index] > divisor[index] }
                index -= 1
            }
            return true
        }

        private mutating func subtractDivisor() {
            var borrow: UInt64 = 0
            for index in remainder.indices {
                let taken = UInt64(divisor[index]) + borrow
                let limb = UInt64(remainder[index])
                borrow = limb < taken ? 1 : 0
                remainder[index] = UInt32(truncatingIfNeeded: limb &- taken)
            }
        }

        private static func shift(_ limbs: inout [UInt32], _ digit: UInt8) {
            var carry = UInt64(digit)
            for index in limbs.indices {
                let sum = UInt64(limbs[index]) * 10 + carry
                limbs[index] = UInt32(truncatingIfNeeded: sum)
                carry = sum >> 32
            }
            if carry > 0 { limbs.append(UInt32(carry)) }
        }
    }
}
