import Canon

/// The text of a policy, as error messages quote it.
package enum SourceText {
    /// The line with a caret under the column, on two lines that are set in from the left.
    ///
    /// A long line is shown around the place only, and never with control characters.
    package static func pointing(at column: Int, in line: String) -> String {
        let shown = excerpt(line, around: column)
        return "    \(shown.text)\n    \(shown.indent)^"
    }

    /// The bytes of a line, counted from one, without its end.
    package static func line(_ number: Int, of text: [UInt8]) -> String? {
        var line = 1
        var start = 0
        while line < number {
            guard let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            start = end + 1
            line += 1
        }
        var end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
        if end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return String(decoding: text[start..<end], as: UTF8.self)
    }

    /// A short piece of text as a sentence names it: in quotes, shortened, on one line.
    static func quoted(_ text: String) -> String {
        let short = text.count > 40 ? "\(text.prefix(37))..." : text
        return "'\(Printable(short))'"
    }

    /// A part of a line of at most 100 characters around a column, and the blanks in front of a
    /// caret that shall stand under the column.
    static func excerpt(_ line: String, around column: Int) -> (text: String, indent: String) {
        let before = String(decoding: line.utf8.prefix(max(0, column - 1)), as: UTF8.self)
        let behind = String(decoding: line.utf8.dropFirst(max(0, column - 1)), as: UTF8.self)
        let lead = before.suffix(60)
        let rest = behind.prefix(100 - lead.count)
        let indent = lead.map { $0 == "\t" ? "\t" : " " }.joined()
        let text = (lead + rest).map { $0 == "\t" ? "\t" : "\(Printable(String($0)))" }.joined()
        return (text, indent)
    }
}
