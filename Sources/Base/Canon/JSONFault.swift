/// Why bytes are no JSON that Charter accepts, or why a value has no canonical bytes.
package enum JSONFault: Fault, Equatable {
    case tooLarge(bytes: Int, limit: Int)
    case tooDeep(offset: Int, limit: Int)
    case invalidUTF8(offset: Int)
    case unexpected(byte: UInt8?, offset: Int, wanted: String)
    case trailingBytes(offset: Int)
    case duplicateKey(key: String, offset: Int)
    case loneSurrogate(offset: Int)
    case controlCharacter(offset: Int)
    case invalidEscape(offset: Int)
    case invalidNumber(offset: Int)
    case byteOrderMark
    case numberWithoutCanonicalForm(String)

    package var code: String {
        switch self {
        case .tooLarge: "canon.json.too-large"
        case .tooDeep: "canon.json.too-deep"
        case .invalidUTF8: "canon.json.invalid-utf8"
        case .unexpected: "canon.json.unexpected-byte"
        case .trailingBytes: "canon.json.trailing-bytes"
        case .duplicateKey: "canon.json.duplicate-key"
        case .loneSurrogate: "canon.json.lone-surrogate"
        case .controlCharacter: "canon.json.control-character"
        case .invalidEscape: "canon.json.invalid-escape"
        case .invalidNumber: "canon.json.invalid-number"
        case .byteOrderMark: "canon.json.byte-order-mark"
        case .numberWithoutCanonicalForm: "canon.json.number-without-canonical-form"
        }
    }

    package var description: String {
        switch self {
        case .tooLarge(let bytes, let limit):
            "The JSON text has \(bytes) bytes; at most \(limit) are read."
        case .tooDeep(let offset, let limit):
            "The JSON text nests deeper than \(limit) levels at byte \(offset)."
        case .invalidUTF8(let offset):
            "The JSON text is not valid UTF-8 in the string that begins at byte \(offset)."
        case .unexpected(let byte?, let offset, let wanted):
            "Byte \(offset) of the JSON text is \(JSONFault.name(byte)); \(wanted) was expected."
        case .unexpected(nil, let offset, let wanted):
            "The JSON text ends at byte \(offset); \(wanted) was expected."
        case .trailingBytes(let offset):
            "The JSON text goes on after its value, from byte \(offset)."
        case .duplicateKey(let key, let offset):
            "The key \"\(Printable(key))\" stands twice in the object that ends at byte \(offset)."
        case .loneSurrogate(let offset):
            "Byte \(offset) of the JSON text escapes half of a surrogate pair."
        case .controlCharacter(let offset):
            "Byte \(offset) of the JSON text is a bare control character; it must be escaped."
        case .invalidEscape(let offset):
            "Byte \(offset) of the JSON text begins an escape that JSON does not have."
        case .invalidNumber(let offset):
            "The number at byte \(offset) of the JSON text is not one that JSON allows."
        case .byteOrderMark:
            "The JSON text begins with a byte order mark; save it as UTF-8 without one."
        case .numberWithoutCanonicalForm(let text):
            "The number \(text) is whole and beyond 2^53, so RFC 8785 has no exact form for it; "
                + "write it as a string."
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte)
            ? "'\(Unicode.Scalar(byte))'" : "0x" + String(byte, radix: 16)
    }
}
