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
        for text in fields { field(text.utf8) }
        endRow()
    }

    /// Adds one field of the current row.
    package mutating func field(_ text: some Collection<UInt8>) {
        if !isAtRowStart { bytes.append(UInt8(ascii: ",")) }
        isAtRowStart = false
        let needsQuotes = text.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
        }
        guard needsQuotes else {
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

    /// Ends the current row.
    package mutating func endRow() {
        if lineEnd == .crlf { bytes.append(0x0D) }
        bytes.append(0x0A)
        isAtRowStart = true
    }
}
