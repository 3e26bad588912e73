import Canon

/// A value as a sentence names it: short, on one line, safe to print.
struct Shown: CustomStringConvertible {
    let text: String

    private static let charactersMax = 60

    init(_ value: JSONValue) {
        switch value {
        case .null: text = "null"
        case .bool(let isTrue): text = isTrue ? "true" : "false"
        case .number(let number): text = Shown.cut(number.text, Shown.charactersMax)
        case .string(let string):
            text = "the string \"\(Printable(Shown.cut(string, Shown.charactersMax)))\""
        case .array(let items):
            text = items.count == 1 ? "an array of 1 item" : "an array of \(items.count) items"
        case .object(let object):
            let count = object.count
            text = count == 1 ? "an object of 1 member" : "an object of \(count) members"
        }
    }

    var description: String { text }

    /// A name as a sentence quotes it: short and safe to print.
    static func name(_ text: String) -> String { Printable(cut(text, 120)).description }

    /// The text, or its beginning and an ellipsis where it is longer.
    static func cut(_ text: String, _ countMax: Int) -> String {
        guard text.utf8.count > countMax else { return text }
        let head = text.unicodeScalars.prefix(countMax)
        let isCut = head.endIndex < text.unicodeScalars.endIndex
        return String(String.UnicodeScalarView(head)) + (isCut ? "…" : "")
    }

    /// A range of counts in words.
    static func range(_ range: ClosedRange<Int>) -> String {
        range.upperBound == Int.max ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
    }

    /// The code of a keyword: `minLength` is `min-length`.
    static func code(_ keyword: String) -> String {
        var code = ""
        for character in keyword {
            if character.isUppercase { code += "-" }
            code += character.lowercased()
        }
        return code
    }
}
