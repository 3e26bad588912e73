/// Reads the wire form of SSH (RFC 4251 §5) from the front; `nil` where the bytes do not have it.
///
/// A length is compared with what is left before anything is taken, so no length in hostile bytes
/// can make it read or allocate beyond them.
package struct SSHReader {
    private var rest: ArraySlice<UInt8>

    /// Reads these bytes from their first one on.
    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// Whether everything has been read.
    package var isAtEnd: Bool { rest.isEmpty }

    /// The next `count` bytes.
    package mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// One byte.
    package mutating func byte() -> UInt8? { rest.popFirst() }

    /// Four bytes, most significant first.
    package mutating func uint32() -> UInt32? {
        bytes(4)?.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Eight bytes, most significant first.
    package mutating func uint64() -> UInt64? {
        bytes(8)?.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A string: a length and that many bytes.
    package mutating func string() -> [UInt8]? {
        guard let count = uint32() else { return nil }
        return bytes(Int(count))
    }

    /// A string that is text.
    package mutating func text() -> String? {
        string().flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// A positive number in its one shortest form.
    package mutating func positiveNumber() -> [UInt8]? {
        guard let bytes = string(), let first = bytes.first, first < 0x80 else { return nil }
        if first == 0 {
            guard bytes.count > 1, bytes[1] >= 0x80 else { return nil }
        }
        return bytes
    }
}

extension [UInt8] {
    /// Appends an SSH string: the length and the bytes.
    mutating func appendSSHString(_ bytes: [UInt8]) {
        self += UInt32(bytes.count).bigEndianBytes + bytes
    }
}
