/// How much JSON is read at most.
///
/// Checked before anything is allocated.
package struct JSONLimits: Sendable {
    package var bytesMax: Int
    package var depthMax: Int

    /// Bounds for one text.
    package init(bytesMax: Int = 16 << 20, depthMax: Int = 128) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
    }

    /// 16 MiB and 128 levels.
    package static let standard = JSONLimits()
}

extension JSONValue {
    /// Reads one JSON text, strictly as RFC 8259 and I-JSON have it.
    ///
    /// What other parsers let pass is refused here, because two readers that disagree about a
    /// signed text are a hole: duplicate keys, lone surrogates, a byte order mark, bare control
    /// characters, leading zeros, trailing commas, anything after the value.
    package init(
        parsing bytes: [UInt8],
        limits: JSONLimits = .standard
    ) throws(JSONFault) {
        guard bytes.count <= limits.bytesMax else {
            throw .tooLarge(bytes: bytes.count, limit: limits.bytesMax)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw .byteOrderMark }
        var parser = JSONParser(bytes: bytes, depthMax: limits.depthMax)
        self = try parser.wholeText()
    }

    /// Reads one JSON text given as a string.
    package init(parsing text: String, limits: JSONLimits = .standard) throws(JSONFault) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// One pass over the bytes of a JSON text.
private struct JSONParser {
    let bytes: [UInt8]
    let depthMax: Int
    var at = 0
    var depth = 0

    init(bytes: [UInt8], depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    mutating func wholeText() throws(JSONFault) -> JSONValue {
        skipSpace()
        let value = try value()
        skipSpace()
        guard at == bytes.count else { throw .trailingBytes(offset: at) }
        return value
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONFault) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return .number(try number())
        default: throw .unexpected(byte: next, offset: at, wanted: "a value")
        }
    }

    private mutating func word(
        _ word: StaticString,
        _ value: JSONValue
    ) throws(JSONFault) -> JSONValue {
        for expected in word.description.utf8 {
            guard next == expected else {
                throw .unexpected(byte: next, offset: at, wanted: "the word \(word)")
            }
            at += 1
        }
        return value
    }

    private mutating func enter() throws(JSONFault) {
        depth += 1
        if depth > depthMax { throw .tooDeep(offset: at, limit: depthMax) }
        at += 1
        skipSpace()
    }

    private mutating func object() throws(JSONFault) -> JSONValue {
        try enter()
        var members: [(key: String, value: JSONValue)] = []
        if next != UInt8(ascii: "}") {
            while true {
                guard next == UInt8(ascii: "\"") else {
                    throw .unexpected(byte: next, offset: at, wanted: "a key in quotes")
                }
                let key = try string()
                skipSpace()
                guard next == UInt8(ascii: ":") else {
                    throw .unexpected(byte: next, offset: at, wanted: "a colon after the key")
                }
                at += 1
                skipSpace()
                members.append((key, try value()))
                skipSpace()
                if next == UInt8(ascii: "}") { break }
                guard next == UInt8(ascii: ",") else {
                    throw .unexpected(byte: next, offset: at, wanted: "a comma or '}'")
                }
                at += 1
                skipSpace()
            }
        }
        at += 1
        depth -= 1
        var duplicate: String?
        let object = JSONObject(collected: members, duplicate: &duplicate)
        if let duplicate { throw .duplicateKey(key: duplicate, offset: at) }
        return .object(object)
    }

    private mutating func array() throws(JSONFault) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if next != UInt8(ascii: "]") {
            while true {
                elements.append(try value())
                skipSpace()
                if next == UInt8(ascii: "]") { break }
                guard next == UInt8(ascii: ",") else {
                    throw .unexpected(byte: next, offset: at, wanted: "a comma or ']'")
                }
                at += 1
                skipSpace()
            }
        }
        at += 1
        depth -= 1
        return .array(elements)
    }

    private mutating func number() throws(JSONFault) -> JSONNumber {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        if next == UInt8(ascii: "0") { at += 1 } else { try digits(start) }
        if next == UInt8(ascii: ".") {
            at += 1
            try digits(start)
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            try digits(start)
        }
        if let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) {
            throw .invalidNumber(offset: start)
        }
        guard let number = JSONNumber(literal: bytes[start..<at]) else {
            throw .invalidNumber(offset: start)
        }
        return number
    }

    private mutating func digits(_ start: Int) throws(JSONFault) {
        let first = at
        while let next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { at += 1 }
        if at == first { throw .invalidNumber(offset: start) }
    }

    private mutating func string() throws(JSONFault) -> String {
        at += 1
        let start = at
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                let text = try validated(bytes[start..<at], start)
                at += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw .controlCharacter(offset: at)
            default: at += 1
            }
        }
        throw .unexpected(byte: nil, offset: at, wanted: "the end of the string")
    }

    /// The slow path, from the first escape on.
    private mutating func escapedString(from start: Int) throws(JSONFault) -> String {
        var out = Array(bytes[start..<at])
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return try validated(out[...], start)
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20: throw .controlCharacter(offset: at)
            default:
                out.append(byte)
                at += 1
            }
        }
        throw .unexpected(byte: nil, offset: at, wanted: "the end of the string")
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONFault) {
        let start = at
        at += 1
        switch next {
        case UInt8(ascii: "\""): out.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): out.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): out.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            at += 1
            try unicodeEscape(start, into: &out)
            return
        default: throw .invalidEscape(offset: start)
        }
        at += 1
    }

    private mutating func unicodeEscape(
        _ start: Int,
        into out: inout [UInt8]
    ) throws(JSONFault) {
        var value = try fourHexDigits(start)
        if (0xDC00...0xDFFF).contains(value) { throw .loneSurrogate(offset: start) }
        if (0xD800...0xDBFF).contains(value) {
            guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
                bytes[at + 1] == UInt8(ascii: "u")
            else { throw .loneSurrogate(offset: start) }
            at += 2
            let low = try fourHexDigits(start)
            guard (0xDC00...0xDFFF).contains(low) else { throw .loneSurrogate(offset: start) }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw .loneSurrogate(offset: start) }
        out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func fourHexDigits(_ start: Int) throws(JSONFault) -> UInt32 {
        guard at + 4 <= bytes.count else { throw .invalidEscape(offset: start) }
        var value: UInt32 = 0
        for digit in bytes[at..<at + 4] {
            guard let nibble = Character(Unicode.Scalar(digit)).hexDigitValue else {
                throw .invalidEscape(offset: start)
            }
            value = value << 4 | UInt32(nibble)
        }
        at += 4
        return value
    }

    private func validated(
        _ slice: ArraySlice<UInt8>,
        _ start: Int
    ) throws(JSONFault) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw .invalidUTF8(offset: start)
        }
        return text
    }
}
