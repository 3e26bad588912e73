extension BuiltinTable {
    /// Whole numbers as bits, negative ones in endless two's complement.
    static let bits: [Builtin] = [
        combination("bits.or") { $0 | $1 },
        combination("bits.and") { $0 & $1 },
        combination("bits.xor") { $0 ^ $1 },
        Builtin("bits.negate", [.number], .number) { arguments, _ throws(BuiltinError) in
            .number(RegoNumber(~(try arguments.whole(0))))
        },
        Builtin("bits.lsh", [.number, .number], .number) {
            arguments,
            context throws(BuiltinError) in
            let (number, places) = (try arguments.whole(0), try arguments.places(1))
            try context.charge(bytes: min(places, BigInteger.bitsMax) / 8)
            guard let shifted = number.shiftedLeft(by: places) else {
                throw .failed("the result has more than \(BigInteger.bitsMax) bits")
            }
            return .number(RegoNumber(shifted))
        },
        Builtin("bits.rsh", [.number, .number], .number) { arguments, _ throws(BuiltinError) in
            .number(RegoNumber(try arguments.whole(0).shiftedRight(by: arguments.places(1))))
        },
    ]

    private static func combination(
        _ name: String,
        _ combine: @escaping @Sendable (BigInteger, BigInteger) -> BigInteger
    ) -> Builtin {
        Builtin(name, [.number, .number], .number) { arguments, _ throws(BuiltinError) in
            .number(RegoNumber(combine(try arguments.whole(0), try arguments.whole(1))))
        }
    }
}

extension Span where Element == Value {
    /// How far to shift; a number beyond 64 bits is as good as the greatest within.
    fileprivate func places(_ index: Int) throws(BuiltinError) -> Int {
        let number = try whole(index)
        if number.isNegative {
            throw .operand(
                index + 1,
                must: "an unsigned integer number",
                got: "a negative integer"
            )
        }
        return Int(number.int64 ?? .max)
    }
}
