/// Spans of time as Go writes them: `1h15m30.918s`.
enum Durations {
    private static let units: [(name: String, nanoseconds: Int128)] = [
        ("ns", 1), ("us", 1000), ("\u{B5}s", 1000), ("\u{3BC}s", 1000), ("ms", 1_000_000),
        ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// The span in nanoseconds.
    static func nanoseconds(_ text: Text) throws(BuiltinError) -> Int64 {
        let invalid = BuiltinError.failed("time: invalid duration \"\(text.string)\"")
        var rest = text.bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { throw invalid }
        var total: Int128 = 0
        while !rest.isEmpty {
            let whole = digits(&rest)
            var fraction = ArraySlice<UInt8>()
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                fraction = digits(&rest)
            }
            guard whole.count + fraction.count > 0, whole.count <= 19 else { throw invalid }
            let name = rest.prefix { !(48...57).contains($0) && $0 != UInt8(ascii: ".") }
            guard !name.isEmpty else {
                throw .failed("time: missing unit in duration \"\(text.string)\"")
            }
            let unit = units.first { $0.name.utf8.elementsEqual(name) }
            guard let unit else {
                let shown = String(decoding: name, as: UTF8.self)
                throw .failed("time: unknown unit \"\(shown)\" in duration \"\(text.string)\"")
            }
            rest = rest.dropFirst(name.count)
            total += number(whole) * unit.nanoseconds
            // Behind the fifteenth digit there is not even a nanosecond of an hour.
            let kept = fraction.prefix(15)
            let divisor = (0..<kept.count).reduce(Int128(1)) { power, _ in power * 10 }
            total += number(kept) * unit.nanoseconds / divisor
            guard total <= Int128(Int64.max) + 1 else { throw invalid }
        }
        guard let value = Int64(exactly: isNegative ? -total : total) else { throw invalid }
        return value
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = rest.prefix { (48...57).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int128 {
        digits.reduce(0) { $0 * 10 + Int128($1 - 48) }
    }
}
