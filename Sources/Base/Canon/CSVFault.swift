/// Why bytes are no table that Charter accepts.
///
/// Rows are counted as an editor shows them, from 1.
package enum CSVFault: Fault, Equatable {
    case empty
    case tooLarge(bytes: Int, limit: Int)
    case byteOrderMark
    case width(row: Int, found: Int, expected: Int)
    case header(found: [String], expected: [String])
    case strayQuote(row: Int)
    case openQuote(row: Int)
    case bareCarriageReturn(row: Int)
    case mixedLineEnds(row: Int)
    case nul(row: Int)
    case invalidUTF8(row: Int)

    package var code: String {
        switch self {
        case .empty: "canon.csv.empty"
        case .tooLarge: "canon.csv.too-large"
        case .byteOrderMark: "canon.csv.byte-order-mark"
        case .width: "canon.csv.row-width"
        case .header: "canon.csv.header"
        case .strayQuote: "canon.csv.stray-quote"
        case .openQuote: "canon.csv.open-quote"
        case .bareCarriageReturn: "canon.csv.bare-carriage-return"
        case .mixedLineEnds: "canon.csv.mixed-line-ends"
        case .nul: "canon.csv.nul"
        case .invalidUTF8: "canon.csv.invalid-utf8"
        }
    }

    package var description: String {
        switch self {
        case .empty: "The table is empty; it needs at least its header row."
        case .tooLarge(let bytes, let limit):
            "The table has \(bytes) bytes; at most \(limit) are read."
        case .byteOrderMark: "The table begins with a byte order mark; save it as plain UTF-8."
        case .width(let row, let found, let expected):
            "Row \(row) has \(found) fields where the header has \(expected); "
                + "a field that contains a comma needs quotes."
        case .header(let found, let expected):
            "The header is \"\(Printable(found.joined(separator: ",")))\"; it must be exactly "
                + "\"\(expected.joined(separator: ","))\"."
        case .strayQuote(let row):
            "Row \(row) has a quote inside a field; quote the whole field and double the quote."
        case .openQuote(let row): "Row \(row) opens a quote that never closes."
        case .bareCarriageReturn(let row):
            "Row \(row) has a carriage return without a line feed after it."
        case .mixedLineEnds(let row):
            "Row \(row) ends otherwise than the rows before it; use CRLF throughout."
        case .nul(let row): "Row \(row) contains a NUL byte."
        case .invalidUTF8(let row): "Row \(row) is not valid UTF-8."
        }
    }
}
