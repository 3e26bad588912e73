/// Takes lines off the front of bytes, as the text formats of C2SP are read.
package struct LineReader {
    /// What was not taken yet.
    package private(set) var rest: ArraySlice<UInt8>

    /// Begins at the first line.
    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next line without its line break; `nil` where no line ends any more.
    package mutating func next() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }
}
