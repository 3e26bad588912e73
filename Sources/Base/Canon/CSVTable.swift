/// A table of RFC 4180: a header and rows, kept as the bytes that were read.
///
/// Fields are ranges into those bytes, so a registry of 100,000 rows costs one array and no string
/// until somebody asks for one. Line ends are CRLF; a file that a person saved with LF is read too,
/// and says so in `lineEnd`. Mixing both is refused.
package struct CSVTable: Sendable {
    /// How rows end.
    package enum LineEnd: Sendable {
        case crlf
        case lf
    }

    /// The exact bytes that were read.
    package let bytes: [UInt8]
    package let lineEnd: LineEnd
    /// Whether `CSVWriter` gives these very bytes for sure: no quotes, and CRLF after every row.
    package let isAsWritten: Bool
    /// The names in the first row.
    package let header: [String]
    /// How many rows there are beside the header.
    package let rowCount: Int

    /// All fields in order, the header's first.
    ///
    /// A field that had quotes has the high bit set.
    private let fields: [Field]

    fileprivate struct Field: Sendable {
        var start: UInt32
        var lengthAndQuote: UInt32
        var isQuoted: Bool { lengthAndQuote & 0x8000_0000 != 0 }
        var range: Range<Int> {
            Int(start)..<(Int(start) + Int(lengthAndQuote & 0x7FFF_FFFF))
        }
    }

    /// Tables beyond this are refused before they are read.
    package static let bytesMax = 256 << 20

    /// Reads a table, strictly.
    ///
    /// Every row has as many fields as the header; quotes stand around a whole field or nowhere;
    /// the text is UTF-8 without a byte order mark and without NUL.
    package init(
        parsing bytes: [UInt8],
        bytesMax: Int = CSVTable.bytesMax
    ) throws(CSVFault) {
        precondition(bytesMax <= CSVTable.bytesMax, "A field's length has 31 bits.")
        guard bytes.count <= bytesMax else {
            throw .tooLarge(bytes: bytes.count, limit: bytesMax)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw .byteOrderMark }
        var scanner = CSVScanner(bytes: bytes)
        let width = try scanner.firstRow()
        guard width > 0 else { throw .empty }
        var rows = 0
        while !scanner.isAtEnd {
            try scanner.row(width: width, number: rows + 2)
            rows += 1
        }
        fields = scanner.fields
        lineEnd = scanner.usesLF ? .lf : .crlf
        isAsWritten =
            !scanner.usesLF && !scanner.usesQuotes && bytes.suffix(2).elementsEqual([0x0D, 0x0A])
        rowCount = rows
        self.bytes = bytes
        var names: [String] = []
        for field in fields[0..<width] {
            guard let name = CSVTable.text(of: field, in: bytes) else {
                throw .invalidUTF8(row: 1)
            }
            names.append(name)
        }
        header = names
    }

    /// A field's text; faults when it is not UTF-8.
    package func text(row: Int, column: Int) throws(CSVFault) -> String {
        guard let text = CSVTable.text(of: fields[(row + 1) * header.count + column], in: bytes)
        else { throw .invalidUTF8(row: row + 2) }
        return text
    }

    /// A field's raw bytes, when it stands without quotes: no copy and no check.
    package func plainBytes(row: Int, column: Int) -> ArraySlice<UInt8>? {
        let field = fields[(row + 1) * header.count + column]
        return field.isQuoted ? nil : bytes[field.range]
    }

    /// A field's bytes with quotes undone.
    package func fieldBytes(row: Int, column: Int) -> [UInt8] {
        let field = fields[(row + 1) * header.count + column]
        return field.isQuoted
            ? CSVTable.unquoted(bytes[field.range]) : Array(bytes[field.range])
    }

    /// All fields of a row as text.
    package func row(_ row: Int) throws(CSVFault) -> [String] {
        var out: [String] = []
        out.reserveCapacity(header.count)
        for column in header.indices { out.append(try text(row: row, column: column)) }
        return out
    }

    /// Faults unless the header is exactly this.
    package func requireHeader(_ expected: [String]) throws(CSVFault) {
        guard header == expected else { throw .header(found: header, expected: expected) }
    }

    private static func text(of field: Field, in bytes: [UInt8]) -> String? {
        field.isQuoted
            ? String(validating: unquoted(bytes[field.range]), as: UTF8.self)
            : String(validating: bytes[field.range], as: UTF8.self)
    }

    /// Undoes doubled quotes.
    private static func unquoted(_ slice: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(slice.count)
        var skip = false
        for byte in slice {
            if skip {
                skip = false
                continue
            }
            out.append(byte)
            skip = byte == UInt8(ascii: "\"")
        }
        return out
    }
}

/// One pass over the bytes of a table.
private struct CSVScanner {
    let bytes: [UInt8]
    var fields: [CSVTable.Field] = []
    var at = 0
    var usesLF = false
    var usesQuotes = false
    private var usesCRLF = false

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at >= bytes.count }

    mutating func firstRow() throws(CSVFault) -> Int {
        guard !bytes.isEmpty else { return 0 }
        try readRow(number: 1)
        let width = fields.count
        // Rows are mostly as long as the header at least: one growth instead of twenty.
        fields.reserveCapacity(width * (1 + bytes.count / max(at, 1)))
        return width
    }

    mutating func row(width: Int, number: Int) throws(CSVFault) {
        let before = fields.count
        try readRow(number: number)
        let found = fields.count - before
        guard found == width else { throw .width(row: number, found: found, expected: width) }
    }

    private mutating func readRow(number: Int) throws(CSVFault) {
        while true {
            try readField(number)
            guard at < bytes.count else { return }
            switch bytes[at] {
            case UInt8(ascii: ","): at += 1
            case 0x0A:
                at += 1
                usesLF = true
                if usesCRLF { throw .mixedLineEnds(row: number) }
                return
            default:
                guard at + 1 < bytes.count, bytes[at + 1] == 0x0A else {
                    throw .bareCarriageReturn(row: number)
                }
                at += 2
                usesCRLF = true
                if usesLF { throw .mixedLineEnds(row: number) }
                return
            }
        }
    }

    private mutating func readField(_ number: Int) throws(CSVFault) {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
            let start = at
            scanning: while at < bytes.count {
                switch bytes[at] {
                case UInt8(ascii: ","), 0x0A, 0x0D: break scanning
                case UInt8(ascii: "\""): throw .strayQuote(row: number)
                case 0: throw .nul(row: number)
                default: at += 1
                }
            }
            fields.append(
                CSVTable.Field(start: UInt32(start), lengthAndQuote: UInt32(at - start))
            )
            return
        }
        try readQuotedField(number)
    }

    private mutating func readQuotedField(_ number: Int) throws(CSVFault) {
        usesQuotes = true
        at += 1
        let start = at
        while true {
            guard at < bytes.count else { throw .openQuote(row: number) }
            if bytes[at] == 0 { throw .nul(row: number) }
            if bytes[at] == UInt8(ascii: "\"") {
                guard at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") else { break }
                at += 1
            }
            at += 1
        }
        fields.append(
            CSVTable.Field(
                start: UInt32(start),
                lengthAndQuote: UInt32(at - start) | 0x8000_0000
            )
        )
        at += 1
        if at < bytes.count, ![UInt8(ascii: ","), 0x0A, 0x0D].contains(bytes[at]) {
            throw .strayQuote(row: number)
        }
    }
}
