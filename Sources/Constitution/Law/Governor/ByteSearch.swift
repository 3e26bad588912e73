/// Finding things in a file's bytes.
enum ByteSearch {
    /// Where a literal first occurs.
    static func first(_ literal: [UInt8], in bytes: [UInt8]) -> Int? {
        guard let head = literal.first else { return 0 }
        guard literal.count <= bytes.count else { return nil }
        for start in 0...bytes.count - literal.count where bytes[start] == head {
            var length = 1
            while length < literal.count, bytes[start + length] == literal[length] { length += 1 }
            if length == literal.count { return start }
        }
        return nil
    }

    /// How many lines there are; a last one without its line feed counts.
    static func lineCount(_ bytes: [UInt8]) -> Int {
        var feeds = 0
        // Plain enough for the compiler to look at many bytes at once.
        for byte in bytes { feeds &+= byte == 0x0A ? 1 : 0 }
        guard let last = bytes.last else { return 0 }
        return last == 0x0A ? feeds : feeds + 1
    }

    /// The lines without their ends.
    static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    }

    /// A line without the space at its end.
    static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0D {
            line.removeLast()
        }
        return line
    }
}
