import Rego

/// The text of one policy, cut by the places that its tree has.
struct PolicyText {
    private let bytes: [UInt8]
    /// The offset at which each line begins.
    private let starts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        starts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    /// A line with blanks in place of its tabs.
    func line(_ number: Int) -> String {
        guard starts.indices.contains(number - 1) else { return "" }
        let line = bytes[starts[number - 1]...].prefix { $0 != 0x0A && $0 != 0x0D }
        return String(decoding: line, as: UTF8.self).replacing("\t", with: "    ")
    }

    /// What stands between two places.
    subscript(range: SourceRange) -> String {
        let (start, end) = (offset(range.start), offset(range.end))
        return start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : ""
    }

    private func offset(_ position: SourcePosition) -> Int {
        guard starts.indices.contains(position.line - 1) else { return bytes.count }
        return min(starts[position.line - 1] + position.column - 1, bytes.count)
    }
}
