import Glibc

extension Span<UInt8> {
    /// Whether exactly these ASCII bytes stand at a place.
    ///
    /// A verifier asks this two dozen times for each entry of a log, so it is one `memcmp`.
    package func holds(_ text: StaticString, at place: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard place >= 0, count - place >= length else { return false }
        return unsafe withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return length == 0 }
            return unsafe memcmp(start + place, text.utf8Start, length) == 0
        }
    }

    /// Whether exactly these bytes stand in a range.
    package func holds(_ wanted: [UInt8], in range: Range<Int>) -> Bool {
        guard range.count == wanted.count, range.lowerBound >= 0, range.upperBound <= count
        else { return false }
        return unsafe withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return true }
            return unsafe wanted.withUnsafeBufferPointer { wanted in
                guard let other = wanted.baseAddress else { return true }
                return unsafe memcmp(start + range.lowerBound, other, wanted.count) == 0
            }
        }
    }
}
