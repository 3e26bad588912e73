/// Writes tables of RFC 4180: CRLF, and quotes only around fields that need them.
package struct CSVWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    private let lineEnd: CSVTable.LineEnd
    private var isAtRowStart = true

    /// A table that begins with this header.
    package init(header: [String], lineEnd: CSVTable.LineEnd = .crlf) {
        self.lineEnd = lineEnd
        row(header)
    }

    /// Adds a row.
    package mutating func row(_ fields: [String]) {
        for text in fields { field(text) }
        endRow()
    }

    /// Makes room for a table of about this many bytes.
    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Adds one field of the current row.
    package mutating func field(_ text: String) { field(Array(text.utf8)) }

    /// Adds one field of the current row.
    package mutating func field(_ text: [UInt8]) {
        if !isAtRowStart { bytes.append(UInt8(ascii: ",")) }
        isAtRowStart = false
        guard CSVWriter.needsQuotes(text.span) else {
            bytes.append(contentsOf: text)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: return true
            default: break
            }
        }
        return false
    }

    /// Ends the current row.
    package mutating func endRow() {
        if lineEnd == .crlf { bytes.append(0x0D) }
        bytes.append(0x0A)
        isAtRowStart = true
    }
}
