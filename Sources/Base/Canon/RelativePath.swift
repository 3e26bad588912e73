/// A path below a governed root that cannot lead out of it.
///
/// It is plain: no leading slash, no empty, `.` or `..` segment, no control character, valid UTF-8,
/// at most 4,096 bytes and 255 a segment. Paths compare by their bytes, so that the order is the
/// same in every locale and two spellings of one accent are two paths.
package struct RelativePath: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The UTF-8 bytes.
    package let bytes: [UInt8]

    package static let byteCountMax = 4096
    package static let segmentByteCountMax = 255

    /// Checks and takes the bytes of a path.
    package init(bytes: [UInt8]) throws(PathFault) {
        if let problem = RelativePath.problem(in: bytes[...]) {
            throw PathFault(path: Printable(bytes: bytes).description, problem: problem)
        }
        self.bytes = bytes
    }

    /// Checks and takes the bytes of a path.
    package init(bytes: ArraySlice<UInt8>) throws(PathFault) {
        if let problem = RelativePath.problem(in: bytes) {
            throw PathFault(path: Printable(bytes: bytes).description, problem: problem)
        }
        self.bytes = Array(bytes)
    }

    /// Checks and takes a path.
    package init(_ text: String) throws(PathFault) {
        try self.init(bytes: Array(text.utf8))
    }

    /// The path as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var description: String { text }

    /// The last segment.
    package var name: String {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return text }
        return String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    }

    /// The path without its last segment; `nil` at the top.
    package var parent: RelativePath? {
        bytes.lastIndex(of: UInt8(ascii: "/")).map { RelativePath(trusted: Array(bytes[..<$0])) }
    }

    /// This path continued by another.
    package func appending(_ other: RelativePath) throws(PathFault) -> RelativePath {
        try RelativePath(bytes: bytes + [UInt8(ascii: "/")] + other.bytes)
    }

    /// Whether this is the other path or lies below it.
    package func isWithin(_ other: RelativePath) -> Bool {
        bytes.starts(with: other.bytes)
            && (bytes.count == other.bytes.count || bytes[other.bytes.count] == UInt8(ascii: "/"))
    }

    package static func < (left: RelativePath, right: RelativePath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    private init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// What is wrong with a path, if anything.
    package static func problem(in bytes: [UInt8]) -> PathFault.Problem? {
        problem(in: bytes[...])
    }

    /// What is wrong with a path, if anything.
    package static func problem(in slice: ArraySlice<UInt8>) -> PathFault.Problem? {
        let bytes = slice.span
        if bytes.isEmpty { return .empty }
        if bytes.count > byteCountMax { return .tooLong }
        var segment = 0
        var dots = 0
        var isASCII = true
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == UInt8(ascii: "/") {
                if segment == 0 { return .emptySegment }
                if dots == segment && dots <= 2 { return .dotSegment }
                segment = 0
                dots = 0
                continue
            }
            if byte < 0x20 || byte == 0x7F { return .controlCharacter }
            if byte >= 0x80 { isASCII = false }
            if byte == UInt8(ascii: ".") { dots += 1 }
            segment += 1
            if segment > segmentByteCountMax { return .tooLong }
        }
        if segment == 0 { return .emptySegment }
        if dots == segment && dots <= 2 { return .dotSegment }
        if !isASCII, String(validating: slice, as: UTF8.self) == nil { return .invalidUTF8 }
        return nil
    }
}

/// Why a text is no path below a root.
package struct PathFault: Fault, Equatable {
    /// What is wrong with it.
    package enum Problem: String, Sendable {
        case empty
        case tooLong = "too-long"
        case emptySegment = "empty-segment"
        case dotSegment = "dot-segment"
        case controlCharacter = "control-character"
        case invalidUTF8 = "invalid-utf8"
    }

    /// The text, made safe to print.
    package let path: String
    package let problem: Problem

    /// A problem of a path that is safe to print.
    package init(path: String, problem: Problem) {
        self.path = path
        self.problem = problem
    }

    package var code: String { "canon.path.\(problem.rawValue)" }

    package var description: String {
        switch problem {
        case .empty: "A path is empty; write it relative to the root, such as docs/guide.md."
        case .tooLong: "The path \(path) is longer than the file system allows."
        case .emptySegment:
            "The path \(path) begins or ends with a slash or has two in a row; "
                + "write it relative to the root."
        case .dotSegment: "The path \(path) contains . or ..; write the plain path."
        case .controlCharacter: "The path \(path) contains a control character."
        case .invalidUTF8: "The path \(path) is not valid UTF-8."
        }
    }
}
