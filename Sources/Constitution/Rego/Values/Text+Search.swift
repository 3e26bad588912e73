extension Text {
    /// Whether the text begins with another.
    package func hasPrefix(_ prefix: Text) -> Bool {
        let count = prefix.count
        guard count <= self.count else { return false }
        return withBytes { bytes in
            prefix.withBytes { bytes.extracting(first: count).isEqual(to: $0) }
        }
    }

    /// Whether the text ends with another.
    package func hasSuffix(_ suffix: Text) -> Bool {
        let count = suffix.count
        guard count <= self.count else { return false }
        return withBytes { bytes in
            suffix.withBytes { bytes.extracting(last: count).isEqual(to: $0) }
        }
    }

    /// Whether another text stands somewhere in this one.
    package func contains(_ part: Text) -> Bool {
        withBytes { $0.offset(of: part, from: 0) != nil }
    }

    /// Some of the bytes as a text.
    package func slice(_ range: Range<Int>) -> Text {
        if range.count == count { return self }
        return withBytes { Text($0.extracting(range)) }
    }

    /// How many characters there are, as Unicode scalars; a byte that is no UTF-8 counts as one.
    var scalarCount: Int {
        withBytes { bytes in
            var (count, at) = (0, 0)
            while at < bytes.count {
                at += max(1, Text.scalarLength(bytes, at))
                count += 1
            }
            return count
        }
    }

    /// The offset of each character, and the count of bytes at the end.
    var scalarOffsets: [Int] {
        withBytes { bytes in
            var offsets: [Int] = []
            offsets.reserveCapacity(bytes.count + 1)
            var at = 0
            while at < bytes.count {
                offsets.append(at)
                at += max(1, Text.scalarLength(bytes, at))
            }
            offsets.append(at)
            return offsets
        }
    }

    /// Whether every byte is a character of its own.
    var isASCII: Bool {
        switch storage {
        case .words(let high, let low): (high | low & ~0xFF) & 0x8080_8080_8080_8080 == 0
        case .bytes(let bytes, _): bytes.allSatisfy { $0 < 0x80 }
        }
    }

    /// The offsets at which another text stands, none within another.
    func offsets(of part: Text) -> [Int] {
        withBytes { bytes in
            var offsets: [Int] = []
            var at = 0
            while let found = bytes.offset(of: part, from: at) {
                offsets.append(found)
                at = found + max(1, part.count)
            }
            return offsets
        }
    }
}

extension Span where Element == UInt8 {
    /// Whether both hold the same bytes.
    func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// The first offset from a place on at which a text stands.
    ///
    /// The first byte is sought alone. At worst, with a text of one byte repeated, this costs the
    /// product of the lengths: callers charge for what they let it seek.
    func offset(of part: Text, from start: Int) -> Int? {
        let length = part.count
        guard start + length <= count else { return nil }
        guard length > 0 else { return start }
        let first = part[0]
        return part.withBytes { wanted in
            for at in start...(count - length) where self[at] == first {
                var matched = 1
                while matched < length, self[at + matched] == wanted[matched] { matched += 1 }
                if matched == length { return at }
            }
            return nil
        }
    }
}
