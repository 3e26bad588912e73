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
