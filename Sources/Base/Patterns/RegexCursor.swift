/// A place in the text of a regular expression.
struct RegexCursor {
    let pattern: String
    let dialect: RegularExpression.Dialect
    let scalars: [UInt32]
    var position = 0

    init(_ pattern: String, _ dialect: RegularExpression.Dialect) {
        self.pattern = pattern
        self.dialect = dialect
        scalars = pattern.unicodeScalars.map(\.value)
    }

    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? Unicode.Scalar(scalars[position + ahead]) : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }

    mutating func takeAll(_ text: String) -> Bool {
        let wanted = text.unicodeScalars
        for (index, scalar) in wanted.enumerated() where peek(index) != scalar { return false }
        position += wanted.count
        return true
    }

    func offset(_ position: Int) -> Int {
        pattern.unicodeScalars.prefix(position).reduce(0) { $0 + UTF8.width($1) }
    }

    func wrong(_ expected: String) -> PatternFault {
        .syntax(pattern: pattern, offset: offset(position), expected: expected)
    }

    func lookaround(_ start: Int) -> PatternFault {
        .lookaround(pattern: pattern, offset: offset(start))
    }
}
