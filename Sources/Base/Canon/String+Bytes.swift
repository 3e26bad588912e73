/// Comparisons of text by its bytes.
///
/// Swift's own `==` and `<` call composed and decomposed forms of a character equal. A registry, a
/// policy or a digest must tell them apart, so every comparison that matters uses these.
extension String {
    /// Whether both hold the same UTF-8 bytes.
    package func hasSameBytes(as other: String) -> Bool {
        let (left, right) = (utf8Span.span, other.utf8Span.span)
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    /// Whether this stands before the other by UTF-8 bytes.
    package func precedesInBytes(_ other: String) -> Bool {
        let (left, right) = (utf8Span.span, other.utf8Span.span)
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }

    /// Whether this stands before the other by UTF-16 code units, the order of RFC 8785.
    ///
    /// The orders of UTF-8 and UTF-16 differ in one place: characters beyond U+FFFF, which begin
    /// with a byte from F0 on, stand before U+E000…U+FFFF, which begin with EE or EF.
    package func canonicallyPrecedes(_ other: String) -> Bool {
        let (left, right) = (utf8Span.span, other.utf8Span.span)
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            let (a, b) = (left[index], right[index])
            if a >= 0xEE && b >= 0xEE && (a >= 0xF0) != (b >= 0xF0) { return a >= 0xF0 }
            return a < b
        }
        return left.count < right.count
    }

    /// Feeds the UTF-8 bytes to a hasher, in agreement with `hasSameBytes(as:)`.
    package func hashBytes(into hasher: inout Hasher) {
        let span = utf8Span.span
        hasher.combine(span.count)
        // A word at a time: to combine costs as much for eight bytes as for one.
        var word: UInt64 = 0
        for index in span.indices {
            word = word << 8 | UInt64(span[index])
            guard index & 7 == 7 else { continue }
            hasher.combine(word)
            word = 0
        }
        if span.count & 7 != 0 { hasher.combine(word) }
    }
}
