package import Canon

extension Value {
    /// Reads one JSON text, as strictly as `JSONValue` does and straight into a value.
    package init(
        parsing bytes: [UInt8],
        limits: JSONLimits = .standard
    ) throws(InputFault) {
        guard bytes.count <= limits.bytesMax else {
            throw .json(.tooLarge(bytes: bytes.count, limit: limits.bytesMax))
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw .json(.byteOrderMark) }
        var reader = ValueReader(depthLeft: limits.depthMax, depthMax: limits.depthMax)
        self = try reader.wholeText(bytes.span)
    }

    /// Reads one JSON text given as a string.
    package init(parsing text: String, limits: JSONLimits = .standard) throws(InputFault) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// One pass over the bytes of a JSON text.
///
/// Decisions spend half their time here. So the bytes are lent from call to call, short strings
/// are packed while their end is sought, and only strings with an escape are copied byte by byte.
private struct ValueReader {
    var at = 0
    var depthLeft: Int
    let depthMax: Int

    /// How many members the last object had: the next one often has as many.
    private var membersBefore = 4

    init(depthLeft: Int, depthMax: Int) {
        self.depthLeft = depthLeft
        self.depthMax = depthMax
    }

    mutating func wholeText(_ bytes: Span<UInt8>) throws(InputFault) -> Value {
        let value = try value(bytes)
        skipSpace(bytes)
        guard at == bytes.count else { throw .json(.trailingBytes(offset: at)) }
        return value
    }

    private func byte(_ bytes: Span<UInt8>) -> UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while at < bytes.count {
            let byte = bytes[at]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
            else { return }
            at += 1
        }
    }

    private mutating func value(_ bytes: Span<UInt8>) throws(InputFault) -> Value {
        skipSpace(bytes)
        guard at < bytes.count else { throw unexpected(bytes, "a value") }
        switch bytes[at] {
        case UInt8(ascii: "\""): return .string(try text(bytes))
        case UInt8(ascii: "{"): return try object(bytes)
        case UInt8(ascii: "["): return try array(bytes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number(bytes))
        case UInt8(ascii: "t"): return try word("true", .bool(true), bytes)
        case UInt8(ascii: "f"): return try word("false", .bool(false), bytes)
        case UInt8(ascii: "n"): return try word("null", .null, bytes)
        default: throw unexpected(bytes, "a value")
        }
    }

    private func unexpected(_ bytes: Span<UInt8>, _ wanted: String) -> InputFault {
        .json(.unexpected(byte: byte(bytes), offset: at, wanted: wanted))
    }

    private mutating func word(
        _ word: StaticString,
        _ value: Value,
        _ bytes: Span<UInt8>
    ) throws(InputFault) -> Value {
        for expected in word.description.utf8 {
            guard byte(bytes) == expected else { throw unexpected(bytes, "the word \(word)") }
            at += 1
        }
        return value
    }

    private mutating func enter() throws(InputFault) {
        depthLeft -= 1
        if depthLeft < 0 { throw .json(.tooDeep(offset: at, limit: depthMax)) }
        at += 1
    }

    private mutating func object(_ bytes: Span<UInt8>) throws(InputFault) -> Value {
        try enter()
        skipSpace(bytes)
        if byte(bytes) == UInt8(ascii: "}") {
            at += 1
            depthLeft += 1
            return .object(.empty)
        }
        var members = MembersInProgress(expecting: membersBefore)
        while true {
            skipSpace(bytes)
            guard byte(bytes) == UInt8(ascii: "\"") else {
                throw unexpected(bytes, "a key in quotes")
            }
            let key = try text(bytes)
            skipSpace(bytes)
            guard byte(bytes) == UInt8(ascii: ":") else {
                throw unexpected(bytes, "a colon after the key")
            }
            at += 1
            members.add(key, try value(bytes))
            skipSpace(bytes)
            let byte = byte(bytes)
            if byte == UInt8(ascii: "}") { break }
            guard byte == UInt8(ascii: ",") else { throw unexpected(bytes, "a comma or '}'") }
            at += 1
        }
        at += 1
        depthLeft += 1
        membersBefore = members.count
        let object = members.object()
        if let key = members.repeated {
            throw .json(.duplicateKey(key: key.string, offset: at))
        }
        return .object(object)
    }

    private mutating func array(_ bytes: Span<UInt8>) throws(InputFault) -> Value {
        try enter()
        var elements: [Value] = []
        var deepest: Int32 = 0
        skipSpace(bytes)
        if byte(bytes) != UInt8(ascii: "]") {
            elements.reserveCapacity(2)
            while true {
                let element = try value(bytes)
                deepest = max(deepest, element.depth)
                elements.append(element)
                skipSpace(bytes)
                let byte = byte(bytes)
                if byte == UInt8(ascii: "]") { break }
                guard byte == UInt8(ascii: ",") else { throw unexpected(bytes, "a comma or ']'") }
                at += 1
            }
        }
        at += 1
        depthLeft += 1
        return .array(ArrayValue(elements, depth: deepest + 1))
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(InputFault) -> RegoNumber {
        let start = at
        do {
            return try RegoNumber.read(bytes, &at)
        } catch {
            switch error {
            case .malformed: throw .json(.invalidNumber(offset: start))
            case .tooLong: throw .numberTooLong(offset: start)
            }
        }
    }

    /// Reads a string, packing short ones while their end is sought.
    private mutating func text(_ bytes: Span<UInt8>) throws(InputFault) -> Text {
        let start = at + 1
        var end = start
        var high: UInt64 = 0
        var low: UInt64 = 0
        var isASCII: UInt8 = 0
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { return try escapedText(bytes, from: start, to: end) }
            if byte < 0x20 { throw .json(.controlCharacter(offset: end)) }
            isASCII |= byte
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
            end += 1
        }
        guard end < bytes.count else {
            at = end
            throw unexpected(bytes, "the end of the string")
        }
        at = end + 1
        if isASCII >= 0x80, !Text.isUTF8(bytes.extracting(start..<end)) {
            throw .json(.invalidUTF8(offset: start))
        }
        let count = end - start
        guard count <= Text.wordBytesMax else { return Text(bytes.extracting(start..<end)) }
        return Text(packed: high, low, count: count)
    }

    /// The slow path, from the first escape on.
    private mutating func escapedText(
        _ bytes: Span<UInt8>,
        from start: Int,
        to first: Int
    ) throws(InputFault) -> Text {
        var out: [UInt8] = []
        for index in start..<first { out.append(bytes[index]) }
        at = first
        while let byte = byte(bytes) {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                guard let text = Text(validating: out) else {
                    throw .json(.invalidUTF8(offset: start))
                }
                return text
            case UInt8(ascii: "\\"): try escape(bytes, into: &out)
            case 0..<0x20: throw .json(.controlCharacter(offset: at))
            default:
                out.append(byte)
                at += 1
            }
        }
        throw unexpected(bytes, "the end of the string")
    }

    private mutating func escape(
        _ bytes: Span<UInt8>,
        into out: inout [UInt8]
    ) throws(InputFault) {
        let start = at
        at += 1
        switch byte(bytes) {
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
            try unicodeEscape(bytes, start, into: &out)
            return
        default: throw .json(.invalidEscape(offset: start))
        }
        at += 1
    }

    private mutating func unicodeEscape(
        _ bytes: Span<UInt8>,
        _ start: Int,
        into out: inout [UInt8]
    ) throws(InputFault) {
        var value = try fourHexDigits(bytes, start)
        if (0xD800...0xDBFF).contains(value), at + 1 < bytes.count,
            bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
        {
            at += 2
            let low = try fourHexDigits(bytes, start)
            guard (0xDC00...0xDFFF).contains(low) else {
                throw .json(.loneSurrogate(offset: start))
            }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw .json(.loneSurrogate(offset: start))
        }
        out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func fourHexDigits(
        _ bytes: Span<UInt8>,
        _ start: Int
    ) throws(InputFault) -> UInt32 {
        guard at + 4 <= bytes.count else { throw .json(.invalidEscape(offset: start)) }
        var value: UInt32 = 0
        for index in at..<at + 4 {
            guard let nibble = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
                throw .json(.invalidEscape(offset: start))
            }
            value = value << 4 | UInt32(nibble)
        }
        at += 4
        return value
    }
}

/// The members of an object that is being read, kept in the order of their keys.
private struct MembersInProgress {
    private var members: [ObjectValue.Member] = []
    private(set) var repeated: Text?
    private var deepest: Int32 = 0

    /// Beyond this, members are put in order once and not one by one.
    private static let insertedMax = 32

    init(expecting count: Int) {
        members.reserveCapacity(min(count, MembersInProgress.insertedMax))
    }

    var count: Int { members.count }

    mutating func add(_ key: Text, _ value: Value) {
        let member = ObjectValue.Member(key: .string(key), value: value)
        deepest = max(deepest, value.depth)
        var place = members.count
        if place > MembersInProgress.insertedMax { return members.append(member) }
        while place > 0, case .string(let other) = members[place - 1].key, !(other < key) {
            if other == key { repeated = key }
            place -= 1
        }
        if place == members.count {
            members.append(member)
        } else {
            members.insert(member, at: place)
        }
    }

    /// The object; the key that stands twice is known after this.
    mutating func object() -> ObjectValue {
        if members.count <= MembersInProgress.insertedMax {
            return ObjectValue(ordered: members, depth: deepest + 1)
        }
        var twice: Value?
        let object = ObjectValue(members, repeated: &twice)
        if case .string(let key)? = twice { repeated = key }
        return object
    }
}
