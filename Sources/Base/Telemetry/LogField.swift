import Canon

/// The value of one field of a log record; its type decides how it is rendered.
package enum LogField: Hashable, Sendable {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case list([String])
    case redacted

    /// A secret: that there was one is logged, and nothing else of it is even kept.
    package static func secret(_: some Sendable) -> LogField { .redacted }

    /// What stands in a record in place of a secret.
    package static let redaction = "[redacted]"

    func value(textBytesMax: Int) -> (value: JSONValue, isCut: Bool) {
        switch self {
        case .text(let text):
            let bounded = BoundedText(text, bytesMax: textBytesMax)
            return (.string(bounded.text), bounded.isCut)
        case .integer(let integer): return (.integer(integer), false)
        case .number(let number):
            // JSON has no infinity and no NaN; their names say more than a null.
            guard let finite = JSONNumber(number) else { return (.string("\(number)"), false) }
            return (.number(finite), false)
        case .flag(let flag): return (.bool(flag), false)
        case .list(let texts): return LogField.list(texts, textBytesMax: textBytesMax)
        case .redacted: return (.string(LogField.redaction), false)
        }
    }

    /// The bound holds for the list as a whole; texts that begin beyond it are left out.
    private static func list(
        _ texts: [String],
        textBytesMax: Int
    ) -> (value: JSONValue, isCut: Bool) {
        var rest = textBytesMax
        var elements: [JSONValue] = []
        for text in texts {
            guard rest > 0 else { return (.array(elements), true) }
            let bounded = BoundedText(text, bytesMax: rest)
            elements.append(.string(bounded.text))
            // An element costs its quotes and its comma too.
            rest -= text.utf8.count + 3
            if bounded.isCut { return (.array(elements), true) }
        }
        return (.array(elements), false)
    }
}

/// A text that fits a bound; where it was cut it says so and by how much.
struct BoundedText {
    let text: String
    let isCut: Bool

    init(_ text: String, bytesMax: Int) {
        guard text.utf8.count > bytesMax else {
            self.text = text
            isCut = false
            return
        }
        var end = text.utf8.index(text.startIndex, offsetBy: bytesMax)
        // Never inside a character's bytes: the line stays valid UTF-8.
        while text.utf8[end] & 0xC0 == 0x80 {
            end = text.utf8.index(before: end)
        }
        let kept = text.unicodeScalars[..<end]
        let left = text.utf8.distance(from: end, to: text.utf8.endIndex)
        self.text = String(kept) + "…[\(left) more bytes]"
        isCut = true
    }
}
