/// What a number in a policy may look like.
enum NumberText {
    /// What is wrong with a number, as a sentence; nil where nothing is.
    ///
    /// The grammar is that of JSON. Length and exponent are bounded, because exact arithmetic takes
    /// as many digits as the exponent says.
    static func problem(with text: String, digitsMax: Int) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count <= digitsMax else {
            return "This number has more than \(digitsMax) digits."
        }
        var place = 0
        func skipDigits() -> Int {
            let start = place
            while place < bytes.count, Lexer.isDigit(bytes[place]) { place += 1 }
            return place - start
        }
        if bytes.first == UInt8(ascii: "-") { place += 1 }
        let first = place
        let whole = skipDigits()
        guard whole > 0 else { return malformed(text) }
        if whole > 1, bytes[first] == UInt8(ascii: "0") {
            return "The number \(SourceText.quoted(text)) begins with a needless zero."
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            place += 1
            guard skipDigits() > 0 else { return malformed(text) }
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            let isSigned = place < bytes.count && (bytes[place] == 0x2B || bytes[place] == 0x2D)
            if isSigned { place += 1 }
            let start = place
            guard skipDigits() > 0 else { return malformed(text) }
            let exponent = Int(String(decoding: bytes[start..<place], as: UTF8.self)) ?? .max
            if exponent > exponentMax {
                return "The exponent of the number \(SourceText.quoted(text)) is larger than"
                    + " \(exponentMax)."
            }
        }
        return place == bytes.count ? nil : malformed(text)
    }

    /// OPA refuses numbers beyond 2 to the power of 100,000, which is about this.
    private static let exponentMax = 30_000

    private static func malformed(_ text: String) -> String {
        "\(SourceText.quoted(text)) is no number; numbers are written as in JSON: 1, -2.5, 1e9."
    }
}
