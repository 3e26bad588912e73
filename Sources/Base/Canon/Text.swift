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
        for index in span.indices { hasher.combine(span[index]) }
    }
}

/// Text from a stranger, made safe to print: control characters, terminal escapes, bidirectional
/// overrides and invalid bytes appear as escapes, so that what a person reads is what is there.
package struct Printable: CustomStringConvertible, Sendable {
    package let description: String

    /// Neutralises text.
    package init(_ text: String) {
        self.init(bytes: text.utf8)
    }

    /// Neutralises bytes that may not even be UTF-8.
    package init(bytes: some Sequence<UInt8>) {
        var out = String.UnicodeScalarView()
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        decoding: while true {
            switch decoder.decode(&iterator) {
            case .emptyInput: break decoding
            case .error: out.append(contentsOf: "\\x{invalid}".unicodeScalars)
            case .scalarValue(let scalar):
                if Printable.isPlain(scalar) {
                    out.append(scalar)
                } else {
                    let hex = String(scalar.value, radix: 16)
                    out.append(contentsOf: "\\u{\(hex)}".unicodeScalars)
                }
            }
        }
        description = String(out)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
            .unassigned:
            false
        default: true
        }
    }
}
