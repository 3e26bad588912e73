extension BuiltinTable {
    /// `sprintf`, with the verbs of Go.
    static let formatting: [Builtin] = [
        Builtin("sprintf", [.string, .anyArray], .string) {
            arguments,
            context throws(BuiltinError) in
            let format = try arguments.text(0)
            let values = try arguments.array(1).elements
            var formatter = Formatter(values)
            return .string(try formatter.format(format.bytes, &context))
        }
    ]
}

/// Fills values into a format, as Go's `fmt` does with the values that OPA gives it.
///
/// Whole numbers are integers to it, other numbers floats, strings are strings, and all else is
/// the text that a policy would write for it.
private struct Formatter {
    private let values: [Value]
    private var next = 0
    private var isReordered = false
    private var out: [UInt8] = []

    /// Widths and precisions beyond this are refused by Go too.
    private static let numberMax = 1_000_000

    init(_ values: [Value]) { self.values = values }

    mutating func format(
        _ format: [UInt8],
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Text {
        try context.charge(bytes: format.count)
        var at = 0
        while at < format.count {
            let percent = format[at...].firstIndex(of: UInt8(ascii: "%")) ?? format.count
            out += format[at..<percent]
            guard percent < format.count else { break }
            at = percent + 1
            try directive(format, &at, &context)
        }
        if !isReordered, next < values.count {
            let extra = values[next...].map { Operand($0).shownWithType() }.joined(separator: ", ")
            try context.charge(bytes: extra.utf8.count)
            append("%!(EXTRA \(extra))")
        }
        return Text(out)
    }

    /// One directive: flags, an index, width, precision, and the verb.
    private mutating func directive(
        _ format: [UInt8],
        _ at: inout Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) {
        var layout = FormatLayout()
        while at < format.count, layout.takeFlag(format[at]) { at += 1 }
        var isIndexBad = !takeIndex(format, &at)
        if at < format.count, format[at] == UInt8(ascii: "*") {
            at += 1
            guard let width = takeNumberArgument() else { return append("%!(BADWIDTH)") }
            layout.setWidth(width)
        } else {
            layout.width = number(format, &at)
        }
        if at < format.count, format[at] == UInt8(ascii: ".") {
            at += 1
            isIndexBad = !takeIndex(format, &at) || isIndexBad
            if at < format.count, format[at] == UInt8(ascii: "*") {
                at += 1
                guard let precision = takeNumberArgument() else { return append("%!(BADPREC)") }
                layout.precision = precision < 0 ? nil : precision
            } else {
                layout.precision = number(format, &at) ?? 0
            }
        }
        isIndexBad = !takeIndex(format, &at) || isIndexBad
        guard at < format.count else { return append("%!(NOVERB)") }
        let length = max(1, Text.scalarLength(format.span, at))
        let verb = format[at..<at + length]
        at += length
        try context.charge(bytes: (layout.width ?? 0) + (layout.precision ?? 0) + 16)
        let name = String(decoding: verb, as: UTF8.self)
        if name == "%" { return append("%") }
        if isIndexBad { return append("%!\(name)(BADINDEX)") }
        guard next < values.count else { return append("%!\(name)(MISSING)") }
        let operand = Operand(values[next])
        next += 1
        let text = operand.formatted(name, layout)
        try context.charge(bytes: text.count)
        out += text
    }

    /// An explicit index as in `%[2]d`; false when there is a bad one.
    private mutating func takeIndex(_ format: [UInt8], _ at: inout Int) -> Bool {
        guard at < format.count, format[at] == UInt8(ascii: "[") else { return true }
        isReordered = true
        guard let end = format[at...].firstIndex(of: UInt8(ascii: "]")) else {
            at += 1
            return false
        }
        let index = Int(String(decoding: format[(at + 1)..<end], as: UTF8.self))
        at = end + 1
        guard let index, index >= 1, index <= values.count else { return false }
        next = index - 1
        return true
    }

    private mutating func takeNumberArgument() -> Int? {
        guard next < values.count else { return nil }
        next += 1
        guard case .number(let number) = values[next - 1], let value = number.int64Value,
            abs(value) <= Formatter.numberMax
        else { return nil }
        return Int(value)
    }

    private func number(_ format: [UInt8], _ at: inout Int) -> Int? {
        var value: Int?
        while at < format.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(format[at]) {
            let digit = Int(format[at] - UInt8(ascii: "0"))
            value = min((value ?? 0) * 10 + digit, Formatter.numberMax)
            at += 1
        }
        return value
    }

    private mutating func append(_ text: String) { out += text.utf8 }
}
