/// The lines that a formatter has written, the one it is writing, and the comments still to come.
struct FormattedPage {
    private var lines: [String] = []
    private var line = ""
    private var indent = 0
    /// How far the line at hand is indented: as the block was when it began.
    private var lineIndent = 0
    /// Whether the line at hand begins with the mark that closes a block.
    private var closesBlock = false

    private let text: [UInt8]
    private let lineStarts: [Int]
    private let comments: [Comment]
    private var nextComment = 0

    /// The line of the source that was written last.
    private var lastLine = 0
    /// Whether nothing stands yet in the block at hand, so that no blank line may come.
    private var isAtBlockStart = true
    /// Whether a blank line must come before whatever comes next.
    private var needsBlank = false

    /// Set at the start of a literal: a negative number there would be taken for a subtraction from
    /// the line above.
    var guardsMinus = false
    /// Set at the start of a body in braces: a union there would be taken for a comprehension.
    var guardsBar = false

    init(_ text: [UInt8], comments: [Comment]) {
        self.text = text
        self.comments = comments
        var starts = [0, 0]
        for (place, byte) in text.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(place + 1)
        }
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { starts[1] = 3 }
        lineStarts = starts
    }

    mutating func finished() -> String {
        lines.joined(separator: "\n") + "\n"
    }

    // MARK: The source

    /// The text of a node as it was written.
    func source(_ range: SourceRange) -> String {
        String(decoding: text[offset(range.start)..<offset(range.end)], as: UTF8.self)
    }

    private func offset(_ position: SourcePosition) -> Int {
        min(lineStarts[position.line] + position.column - 1, text.count)
    }

    func byte(at position: SourcePosition) -> UInt8? {
        let place = offset(position)
        return place < text.count ? text[place] : nil
    }

    /// Whether a comment stands in a stretch of text.
    func hasComment(in range: SourceRange) -> Bool {
        var low = 0
        var high = comments.count
        while low < high {
            let middle = (low + high) / 2
            if comments[middle].position < range.start { low = middle + 1 } else { high = middle }
        }
        return low < comments.count && comments[low].position < range.end
    }

    /// Leaves out the comments in a stretch that is copied with everything in it.
    mutating func dropComments(in range: SourceRange) {
        while nextComment < comments.count, comments[nextComment].position < range.end {
            guard comments[nextComment].position >= range.start else {
                above.append(comments[nextComment])
                nextComment += 1
                continue
            }
            nextComment += 1
        }
    }

    /// Comments that were met in the middle of the line at hand.
    private var above: [Comment] = []

    // MARK: Lines

    mutating func put(_ text: String) {
        if line.isEmpty { lineIndent = indent }
        line += text
    }

    /// Asks for a blank line before whatever comes next.
    mutating func separate(_ isApart: Bool) { needsBlank = needsBlank || isApart }

    /// Writes the comments that stand before an item which begins a line.
    mutating func begin(at position: SourcePosition) {
        while nextComment < comments.count, comments[nextComment].position < position {
            let comment = comments[nextComment]
            nextComment += 1
            blank(before: comment.position.line)
            emit(written(comment), indent: indent)
            lastLine = comment.position.line
            isAtBlockStart = false
        }
        if position < .farthest { blank(before: position.line) }
        isAtBlockStart = false
    }

    private mutating func blank(before line: Int) {
        let isApart = needsBlank || line > lastLine + 1
        if isApart, !isAtBlockStart, lines.last != "" { lines.append("") }
        needsBlank = false
    }

    private func written(_ comment: Comment) -> String {
        var text = comment.text
        while let last = text.last, last == " " || last == "\t" || last == "\r" {
            text.removeLast()
        }
        return "#" + text
    }

    private mutating func emit(_ text: String, indent: Int) {
        lines.append(String(repeating: "\t", count: indent) + text)
    }

    /// Ends the line at hand, which holds everything up to `end`; a comment may stand behind it
    /// that comes before what follows.
    mutating func endLine(behind end: SourcePosition, before next: SourcePosition) {
        while nextComment < comments.count, comments[nextComment].position < end {
            above.append(comments[nextComment])
            nextComment += 1
        }
        // Above a closing mark they stand inside of its block.
        let aboveIndent = closesBlock ? lineIndent + 1 : lineIndent
        for comment in above { emit(written(comment), indent: aboveIndent) }
        above = []
        if nextComment < comments.count, comments[nextComment].position < next,
            comments[nextComment].position.line == end.line
        {
            line += " " + written(comments[nextComment])
            nextComment += 1
        }
        emit(line, indent: lineIndent)
        line = ""
        closesBlock = false
        lastLine = end.line
        isAtBlockStart = false
    }

    /// Begins a block of lines that are indented further.
    mutating func openBlock() {
        indent += 1
        isAtBlockStart = true
    }

    /// Ends a block; comments before its closing mark belong to it.
    mutating func closeBlock(at end: SourcePosition) {
        while nextComment < comments.count, comments[nextComment].position < end {
            let comment = comments[nextComment]
            nextComment += 1
            blank(before: comment.position.line)
            emit(written(comment), indent: indent)
            lastLine = comment.position.line
            isAtBlockStart = false
        }
        indent -= 1
        closesBlock = line.isEmpty
    }

    // MARK: Names

    /// Whether a name can stand behind a dot, in old policies as well.
    static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, Lexer.isLetter(first) else { return false }
        return bytes.allSatisfy { Lexer.isLetter($0) || Lexer.isDigit($0) }
            && Keyword(rawValue: name) == nil
    }

    /// A string with its escapes.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
