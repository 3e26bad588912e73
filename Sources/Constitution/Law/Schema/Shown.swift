import Canon

/// A value as a sentence names it: short, on one line, safe to print.
struct Shown: CustomStringConvertible {
    let text: String

    private static let charactersMax = 60

    init(_ value: JSONValue) {
        switch value {
        case .null: text = "null"
        case .bool(let isTrue): text = isTrue ? "true" : "false"
        case .number(let number): text = number.text
        case .string(let string):
            let head = string.unicodeScalars.prefix(Shown.charactersMax)
            let isCut = head.endIndex < string.unicodeScalars.endIndex
            let shown = Printable(String(String.UnicodeScalarView(head)))
            text = "the string \"\(shown)\(isCut ? "…" : "")\""
        case .array(let items):
            text = items.count == 1 ? "an array of 1 item" : "an array of \(items.count) items"
        case .object(let object):
            let count = object.count
            text = count == 1 ? "an object of 1 member" : "an object of \(count) members"
        }
    }

    var description: String { text }

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
