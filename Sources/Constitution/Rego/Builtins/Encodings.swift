extension BuiltinTable {
    /// Bytes as text: base64, its variant for addresses, and hexadecimal digits.
    ///
    /// What is decoded may be any bytes; a text takes them as they are, and JSON shows U+FFFD for
    /// those that are no UTF-8.
    static let encodings: [Builtin] = [
        recoding("base64.encode") { Text(Base64Text.encoded($0, for: .standard)) },
        recoding("base64.decode") { text throws(BuiltinError) in
            guard let bytes = Base64Text.decoded(text, from: .standard) else {
                throw .failed("illegal base64 data")
            }
            return Text(bytes)
        },
        validity("base64.is_valid") { Base64Text.decoded($0, from: .standard) != nil },
        recoding("base64url.encode") { Text(Base64Text.encoded($0, for: .address)) },
        recoding("base64url.encode_no_pad") { text in
            var encoded = Base64Text.encoded(text, for: .address)
            while encoded.last == UInt8(ascii: "=") { encoded.removeLast() }
            return Text(encoded)
        },
        recoding("base64url.decode") { text throws(BuiltinError) in
            guard let bytes = Base64Text.decoded(text, from: .address) else {
                throw .failed("illegal base64url string: \(text)")
            }
            return Text(bytes)
        },
        recoding("hex.encode") { text in
            let digits = Array("0123456789abcdef".utf8)
            var out: [UInt8] = []
            for byte in text.bytes { out += [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]] }
            return Text(out)
        },
        recoding("hex.decode") { text throws(BuiltinError) in Text(try hexDecoded(text.bytes)) },
    ]

    /// A built-in that makes one text of one text; its cost is the text's length.
    static func recoding(
        _ name: String,
        _ recode: @escaping @Sendable (Text) throws(BuiltinError) -> Text
    ) -> Builtin {
        Builtin(name, [.string], .string) { arguments, context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(bytes: 2 * text.count)
            return .string(try recode(text))
        }
    }

    /// A built-in that says whether a text is well formed; anything but a text is not.
    static func validity(
        _ name: String,
        _ isValid: @escaping @Sendable (Text) -> Bool
    ) -> Builtin {
        Builtin(name, [.any], .boolean) { arguments, context throws(BuiltinError) in
            guard case .string(let text) = arguments[0] else { return false }
            try context.charge(bytes: text.count)
            return .bool(isValid(text))
        }
    }

    private static func hexDecoded(_ text: [UInt8]) throws(BuiltinError) -> [UInt8] {
        var out: [UInt8] = []
        var high: UInt8?
        for byte in text {
            let scalar = Unicode.Scalar(byte)
            guard let digit = Character(scalar).hexDigitValue else {
                let code = String(byte, radix: 16, uppercase: true)
                let padded = String(repeating: "0", count: 4 - code.count) + code
                throw .failed("encoding/hex: invalid byte: U+\(padded) '\(scalar)'")
            }
            if let first = high {
                out.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        if high != nil { throw .failed("encoding/hex: odd length hex string") }
        return out
    }
}
