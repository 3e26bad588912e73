/// The flags, the width and the precision of one directive of a format.
struct FormatLayout {
    var width: Int?
    var precision: Int?
    private(set) var hasPlus = false
    private(set) var hasMinus = false
    private(set) var hasSharp = false
    private(set) var hasSpace = false
    private(set) var hasZero = false

    /// Takes a flag; false when the byte is none.
    mutating func takeFlag(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "+"): hasPlus = true
        case UInt8(ascii: "-"): hasMinus = true
        case UInt8(ascii: "#"): hasSharp = true
        case UInt8(ascii: " "): hasSpace = true
        case UInt8(ascii: "0"): hasZero = true
        default: return false
        }
        return true
    }

    /// Takes a width from an argument; below zero it means to the left.
    mutating func setWidth(_ width: Int) {
        if width < 0 { hasMinus = true }
        self.width = abs(width)
    }

    /// Fills text up to the width with spaces, before it unless a minus asked otherwise.
    func padded(_ text: [UInt8]) -> [UInt8] {
        let missing = (width ?? 0) - Text(text).scalarCount
        guard missing > 0 else { return text }
        // Zeros would be read as digits of a text, so only numbers get them.
        let filling = [UInt8](repeating: UInt8(ascii: " "), count: missing)
        return hasMinus ? text + filling : filling + text
    }

    /// Lays out a number: its sign, what marks the base, its digits.
    func number(isNegative: Bool, mark: String, digits: [UInt8]) -> [UInt8] {
        let sign = isNegative ? "-" : hasPlus ? "+" : hasSpace ? " " : ""
        let head = Array((sign + mark).utf8)
        var body = digits
        let missing = (width ?? 0) - head.count - body.count
        if hasZero, !hasMinus, missing > 0 {
            body = [UInt8](repeating: UInt8(ascii: "0"), count: missing) + body
        }
        return padded(head + body)
    }
}
