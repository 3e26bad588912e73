/// Exact arithmetic; `nil` where the result would need more digits than a number may have.
extension RegoNumber {
    /// The sum.
    package func adding(_ other: RegoNumber) -> RegoNumber? {
        if case .integer(let a) = self, case .integer(let b) = other {
            let (sum, overflow) = a.addingReportingOverflow(b)
            if !overflow { return .integer(sum) }
        }
        return aligned(with: other) { $0 + $1 }
    }

    /// The difference.
    package func subtracting(_ other: RegoNumber) -> RegoNumber? {
        if case .integer(let a) = self, case .integer(let b) = other {
            let (rest, overflow) = a.subtractingReportingOverflow(b)
            if !overflow { return .integer(rest) }
        }
        return aligned(with: other) { $0 - $1 }
    }

    /// The product.
    package func multiplied(by other: RegoNumber) -> RegoNumber? {
        if case .integer(let a) = self, case .integer(let b) = other {
            let (product, overflow) = a.multipliedReportingOverflow(by: b)
            if !overflow { return .integer(product) }
        }
        let (one, two) = (parts, other.parts)
        guard one.mantissa.bitWidth + two.mantissa.bitWidth <= BigInteger.bitsMax else {
            return nil
        }
        return RegoNumber.bounded(one.mantissa * two.mantissa, one.exponent + two.exponent)
    }

    /// The quotient by anything but zero: exact where it ends within twenty digits.
    ///
    /// Where it does not end so soon it is rounded to 64 bits and written with as few digits as
    /// tell it from its neighbours, as other engines do.
    package func divided(by other: RegoNumber) -> RegoNumber? {
        if case .integer(let a) = self, case .integer(let b) = other, b != -1 {
            let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
            if rest == 0 { return .integer(quotient) }
        }
        let (one, two) = (parts, other.parts)
        let exponent = one.exponent - two.exponent
        guard abs(exponent) <= RegoNumber.digitsMax else { return nil }
        let scale = 21 + max(0, two.mantissa.digitCount - one.mantissa.digitCount)
        let scaled = one.mantissa * BigInteger.powerOfTen(scale)
        let (quotient, rest) = scaled.quotientAndRemainder(dividingBy: two.mantissa)
        let exact = RegoNumber(quotient, exponent: exponent - scale).normalized
        if rest.isZero, exact.parts.mantissa.digitCount <= 20 { return exact }
        let rounded = RoundedQuotient(one.mantissa.magnitude, two.mantissa.magnitude, exponent)
        let isNegative = one.mantissa.isNegative != two.mantissa.isNegative
        let digits = rounded.shortest
        return isNegative ? digits.negated : digits
    }

    /// The remainder with the sign of this number; both are whole, the other is not zero.
    package func remainder(dividingBy other: RegoNumber) -> RegoNumber? {
        if case .integer(let a) = self, case .integer(let b) = other {
            return .integer(b == -1 ? 0 : a % b)
        }
        guard let a = normalized.wholeValue, let b = other.normalized.wholeValue else { return nil }
        return RegoNumber(a.quotientAndRemainder(dividingBy: b).1)
    }

    /// The number with the other sign.
    var negated: RegoNumber {
        let (mantissa, exponent) = parts
        return RegoNumber(-mantissa, exponent: exponent)
    }

    /// The number without its sign.
    var magnitude: RegoNumber { sign < 0 ? negated : self }

    /// Which whole number a fraction becomes.
    enum Rounding {
        case down
        case up
        case towardsZero
        /// Halves away from zero.
        case nearest
    }

    /// The whole number beside this one; `nil` when it would have too many digits.
    func rounded(_ rounding: Rounding) -> RegoNumber? {
        if case .integer = self { return self }
        let (mantissa, exponent) = normalized.parts
        if exponent >= 0 { return RegoNumber.whole(mantissa, exponent) }
        let one = BigInteger(Int64(1))
        guard mantissa.digitCount + exponent >= 0 else {
            // Less than a tenth: no power of ten is needed to see where that goes.
            switch rounding {
            case .down: return mantissa.isNegative ? .integer(-1) : .integer(0)
            case .up: return mantissa.isNegative ? .integer(0) : .integer(1)
            case .towardsZero, .nearest: return .integer(0)
            }
        }
        let unit = BigInteger.powerOfTen(-exponent)
        let (whole, rest) = mantissa.quotientAndRemainder(dividingBy: unit)
        switch rounding {
        case .down: return RegoNumber(rest.isNegative ? whole - one : whole)
        case .up: return RegoNumber(rest.isNegative || rest.isZero ? whole : whole + one)
        case .towardsZero: return RegoNumber(whole)
        case .nearest:
            let isHalf = BigInteger.compare((rest + rest).limbs, unit.limbs) >= 0
            guard isHalf else { return RegoNumber(whole) }
            return RegoNumber(mantissa.isNegative ? whole - one : whole + one)
        }
    }

    private static func whole(_ mantissa: BigInteger, _ exponent: Int) -> RegoNumber? {
        guard mantissa.digitCount + exponent <= digitsMax else { return nil }
        return RegoNumber(mantissa * BigInteger.powerOfTen(exponent))
    }

    private func aligned(
        with other: RegoNumber,
        _ combine: (BigInteger, BigInteger) -> BigInteger
    ) -> RegoNumber? {
        let (one, two) = (parts, other.parts)
        let least = min(one.exponent, two.exponent)
        let places = max(
            one.mantissa.digitCount + one.exponent,
            two.mantissa.digitCount + two.exponent
        )
        guard places - least <= RegoNumber.digitsMax else { return nil }
        let left = one.mantissa * BigInteger.powerOfTen(one.exponent - least)
        let right = two.mantissa * BigInteger.powerOfTen(two.exponent - least)
        return RegoNumber.bounded(combine(left, right), least)
    }

    private static func bounded(_ mantissa: BigInteger, _ exponent: Int) -> RegoNumber? {
        guard mantissa.digitCount <= digitsMax, abs(exponent) <= exponentMax else { return nil }
        return RegoNumber(mantissa, exponent: exponent).normalized
    }
}

/// A quotient of positive numbers rounded to 64 bits: `mantissa` times two to the power `shift`.
private struct RoundedQuotient {
    var mantissa: BigInteger
    var shift: Int

    /// Rounds `dividend / divisor * 10^exponent`, halves to even.
    init(_ dividend: BigInteger, _ divisor: BigInteger, _ exponent: Int) {
        let power = BigInteger.powerOfTen(abs(exponent))
        var top = exponent > 0 ? dividend * power : dividend
        var bottom = exponent < 0 ? divisor * power : divisor
        // With this shift the quotient has 64 or 65 bits.
        let places = 65 - (top.bitWidth - bottom.bitWidth)
        top = places > 0 ? top * BigInteger(Int64(2)).power(places) : top
        bottom = places < 0 ? bottom * BigInteger(Int64(2)).power(-places) : bottom
        let (quotient, rest) = top.quotientAndRemainder(dividingBy: bottom)
        let extra = quotient.bitWidth - 64
        let kept = quotient.shiftedRight(by: extra)
        let lost = quotient - kept * BigInteger(Int64(2)).power(extra)
        let half = BigInteger(Int64(2)).power(extra - 1)
        let isOdd = kept.limbs[0] & 1 == 1
        let goesUp = lost == half ? !rest.isZero || isOdd : half < lost
        mantissa = goesUp ? kept + BigInteger(Int64(1)) : kept
        shift = extra - places
    }

    /// The fewest decimal digits that no neighbour of 64 bits is nearer to.
    var shortest: RegoNumber {
        // Everything is doubled, so that half of the last bit is a whole number.
        let doubled = mantissa + mantissa
        let two = BigInteger(Int64(2))
        let scale = max(0, 1 - shift)
        // value = digits / 10^scale exactly, because a power of two divides one of ten.
        let factor =
            shift >= 1
            ? two.power(shift - 1) : BigInteger(Int64(5)).power(scale)
        let value = doubled * factor
        let half = factor
        let count = value.digitCount
        for kept in 17..<22 where kept < count {
            let unit = BigInteger.powerOfTen(count - kept)
            let (whole, rest) = value.quotientAndRemainder(dividingBy: unit)
            let isUp = BigInteger.compare((rest + rest).limbs, unit.limbs) >= 0
            let distance = isUp ? unit - rest : rest
            if distance < half {
                let digits = isUp ? whole + BigInteger(Int64(1)) : whole
                return RegoNumber(digits, exponent: count - kept - scale).normalized
            }
        }
        return RegoNumber(value, exponent: -scale).normalized
    }
}
