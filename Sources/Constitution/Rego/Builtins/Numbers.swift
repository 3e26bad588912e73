extension BuiltinTable {
    /// Ranges, bits, units of measure are elsewhere; here is what makes numbers of other things.
    static let numbers: [Builtin] = [
        Builtin("numbers.range", [.number, .number], .array(of: .number)) {
            arguments,
            context throws(BuiltinError) in
            let (first, last) = (try arguments.whole(0), try arguments.whole(1))
            return try range(first, last, step: BigInteger(Int64(1)), &context)
        },
        Builtin("numbers.range_step", [.number, .number, .number], .array(of: .number)) {
            arguments,
            context throws(BuiltinError) in
            let (first, last) = (try arguments.whole(0), try arguments.whole(1))
            let step = try arguments.whole(2)
            if step.isNegative || step.isZero {
                throw .failed("step must be a positive integer")
            }
            return try range(first, last, step: step, &context)
        },
        Builtin("rand.intn", [.string, .number], .number, isDeterministic: false) {
            arguments,
            context throws(BuiltinError) in
            let (key, bound) = (try arguments.text(0), try arguments.int(1))
            if bound == 0 { return .integer(0) }
            var source = context.chance(of: key, bound)
            return .integer(Int(source.next(below: UInt64(bound.magnitude))))
        },
        Builtin("to_number", [toNumberArgument], .number) {
            arguments,
            context throws(BuiltinError) in
            switch arguments[0] {
            case .null, .bool(false): return .integer(0)
            case .bool(true): return .integer(1)
            case .number: return arguments[0]
            case .string(let text):
                try context.charge(bytes: text.count)
                return .number(try number(text))
            default: throw arguments.wrong(0, "one of {null, boolean, number, string}")
            }
        },
    ]

    private static let toNumberArgument = TypeSchema.oneOf([.number, .string, .boolean, .null])

    private static func range(
        _ first: BigInteger,
        _ last: BigInteger,
        step: BigInteger,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let span = (last - first).magnitude
        // Nobody has the budget for more, and one more than the count must still be a number.
        guard let steps = span.quotientAndRemainder(dividingBy: step).0.int64, steps < 1 << 40
        else { throw .exhausted(.bytes) }
        try context.charge(values: Int(steps) + 1)
        var elements: [Value] = []
        elements.reserveCapacity(Int(steps) + 1)
        if let low = first.int64, last.int64 != nil, let stride = step.int64 {
            // Both ends fit, so everything between does, though a product on the way may not: taken
            // modulo 2^64 the sum is right.
            let signed = last < first ? -stride : stride
            for index in 0...steps { elements.append(.number(.integer(low &+ index &* signed))) }
        } else {
            var current = first
            let signed = last < first ? -step : step
            for index in 0...steps {
                elements.append(.number(RegoNumber(current)))
                if index < steps { current = current + signed }
            }
        }
        return .array(ArrayValue(elements))
    }

    /// Reads a number as Go reads floats, which is more than JSON allows, but no infinity.
    private static func number(_ text: Text) throws(BuiltinError) -> RegoNumber {
        let string = text.string
        let lowered = string.lowercased()
        let bare =
            lowered.hasPrefix("-") || lowered.hasPrefix("+") ? lowered.dropFirst() : lowered[...]
        if ["nan", "inf", "infinity"].contains(bare) {
            throw .operand(1, must: "valid number", got: "\"\(string)\"")
        }
        guard let number = RegoNumber(loosely: text) else {
            throw .failed("strconv.ParseFloat: parsing \"\(string)\": invalid syntax")
        }
        return number
    }
}

extension RegoNumber {
    /// Reads a number that may begin with a plus, or begin or end with its point.
    init?(loosely text: Text) {
        var bytes = text.bytes
        if bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        let sign = bytes.first == UInt8(ascii: "-") ? 1 : 0
        // Zeros in front are fine here, and JSON does not know them.
        while bytes.count > sign + 1, bytes[sign] == UInt8(ascii: "0"),
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[sign + 1])
        {
            bytes.remove(at: sign)
        }
        if let point = bytes.firstIndex(of: UInt8(ascii: ".")) {
            func isDigit(_ index: Int) -> Bool {
                bytes.indices.contains(index)
                    && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
            }
            guard isDigit(point - 1) || isDigit(point + 1) else { return nil }
            if !isDigit(point + 1) { bytes.insert(UInt8(ascii: "0"), at: point + 1) }
            if !isDigit(point - 1) { bytes.insert(UInt8(ascii: "0"), at: point) }
        }
        self.init(reading: bytes.span)
    }
}
