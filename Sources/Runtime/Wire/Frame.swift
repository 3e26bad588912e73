import Canon

/// One unit on a connection: a kind, a payload, and in a session the code of both.
///
///     length (4 bytes, big-endian: of all that follows) · kind (1) · payload · code (32, in a session)
package struct Frame: Sendable, Equatable {
    /// What a payload is.
    package enum Kind: UInt8, Sendable {
        /// Who speaks, in which versions, and the share of the agreement: JSON.
        case hello = 1
        /// The signature that the key of that party made over both hellos.
        case proof = 2
        /// Why the other end will hear no more: JSON.
        case bye = 3
        /// Messages that are kept: each with its length in front.
        case prompts = 4
        /// How far the messages of the other end are kept: JSON.
        case receipt = 5
        /// A message that is answered and not kept: a number (8 bytes) and the message.
        case call = 6
        /// Its answer: the number of the call and a message.
        case reply = 7
    }

    package let kind: Kind
    package let payload: [UInt8]

    /// A frame of a kind.
    package init(_ kind: Kind, _ payload: [UInt8]) {
        self.kind = kind
        self.payload = payload
    }

    /// How many bytes the length takes.
    package static let headerBytes = 4

    /// Puts the frame at the end of bytes; `session` counts it and adds its code.
    package func append(to out: inout [UInt8], in session: inout Session?) {
        let codeBytes = session == nil ? 0 : Session.codeBytes
        out.append(bigEndian: UInt32(1 + payload.count + codeBytes))
        let start = out.count
        out.append(kind.rawValue)
        out += payload
        if let code = session?.seal(out.span.extracting(start..<out.count)) {
            code.append(to: &out)
        }
    }
}

/// Takes frames out of bytes as they come; a length is judged before anything is kept for it.
package struct FrameReader: Sendable {
    /// The longest payload; before a session is there, one that an unknown peer cannot abuse.
    package var payloadMax: Int

    /// A reader with a bound.
    package init(payloadMax: Int) { self.payloadMax = payloadMax }

    /// The next whole frame and how many bytes it took; `nil` where it has not come whole.
    package func next(
        in input: [UInt8],
        from start: Int = 0,
        _ session: inout Session?
    ) throws(WireFault) -> (frame: Frame, used: Int)? {
        let bytes = input.span.extracting(start...)
        guard bytes.count >= Frame.headerBytes else { return nil }
        let length = Int(bytes.bigEndianUInt32(at: 0))
        let codeBytes = session == nil ? 0 : Session.codeBytes
        guard length >= 1 + codeBytes, length <= 1 + payloadMax + codeBytes else {
            throw .frameLength(bytes: length, limit: payloadMax)
        }
        let used = Frame.headerBytes + length
        guard bytes.count >= used else { return nil }
        let end = used - codeBytes
        if session != nil {
            let code = Array(bytes.extracting(end..<used))
            guard session?.opens(bytes.extracting(Frame.headerBytes..<end), code) == true else {
                throw .frameForged
            }
        }
        guard let kind = Frame.Kind(rawValue: bytes[Frame.headerBytes]) else {
            throw .frameKind(number: bytes[Frame.headerBytes])
        }
        let payload = Array(bytes.extracting((Frame.headerBytes + 1)..<end))
        return (Frame(kind, payload), used)
    }
}

extension Array where Element == UInt8 {
    /// Adds four bytes, the highest first.
    mutating func append(bigEndian value: UInt32) {
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    init(_ span: Span<UInt8>) {
        self.init()
        append(addingCapacity: span.count) { out in
            for index in span.indices { out.append(span[index]) }
        }
    }
}

extension Span<UInt8> {
    func bigEndianUInt32(at place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 8 | UInt32(self[place + $1]) }
    }
}
