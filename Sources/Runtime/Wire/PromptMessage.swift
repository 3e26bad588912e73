package import Canon
package import Ledger
import Telemetry

/// A message between two parties: an instance of a prompt version, with words in it.
///
/// Its shape is `registries/schemas/prompt_message.json`; this type reads and writes exactly that,
/// and a test holds the two against each other. Whether somebody may send it is not its business.
package struct PromptMessage: Hashable, Sendable {
    /// Whether it asks or states.
    package enum Kind: String, Hashable, Sendable {
        case question
        case statement
    }

    /// An entry of a ledger that the words rest on.
    package struct Reference: Hashable, Sendable {
        package let plane: LogPlane
        package let ledger: LedgerName
        package let index: Int
        package let digest: Digest

        /// Names an entry.
        package init(plane: LogPlane, ledger: LedgerName, index: Int, digest: Digest) {
            self.plane = plane
            self.ledger = ledger
            self.index = index
            self.digest = digest
        }
    }

    package var id: String
    package var thread: String
    /// The message that this one answers.
    package var inReplyTo: String?
    package var from: Party
    package var to: Party
    /// Its place among all messages from one to the other, from 1; 0 where it is not kept.
    package var sequence: Int
    package var prompt: PromptReference
    package var verb: String
    package var kind: Kind
    /// The question or the statement.
    package var words: String
    package var context: [Reference]
    package var slots: JSONObject
    package var attention: AttentionEnvelope
    package var workOrder: String?
    /// A W3C traceparent.
    package var trace: String
    package var sent: Timestamp
    /// When it is worth nothing any more.
    package var expires: Timestamp

    /// The longest message.
    package static let bytesMax = 256 * 1024
    package static let wordsBytesMax = 16_384
    package static let referencesMax = 64
    private static let depthMax = 16

    /// A message with neither context nor slots, that is not kept.
    package init(
        id: String,
        thread: String,
        from: Party,
        to: Party,
        prompt: PromptReference,
        verb: String,
        kind: Kind,
        words: String,
        attention: AttentionEnvelope,
        trace: String,
        sent: Timestamp,
        expires: Timestamp
    ) {
        self.id = id
        self.thread = thread
        self.from = from
        self.to = to
        sequence = 0
        self.prompt = prompt
        self.verb = verb
        self.kind = kind
        self.words = words
        context = []
        slots = JSONObject()
        self.attention = attention
        self.trace = trace
        self.sent = sent
        self.expires = expires
    }

    /// Whether words say more than a code: at least three words of letters.
    package static func areWords(_ text: String) -> Bool {
        guard text.utf8.count <= wordsBytesMax, !text.utf8.contains(0) else { return false }
        var count = 0
        var isInside = false
        for scalar in text.unicodeScalars {
            let isLetter =
                scalar.isASCII
                ? (65...90).contains(scalar.value & ~0x20) : scalar.properties.isAlphabetic
            if isLetter && !isInside { count += 1 }
            isInside = isLetter
            if count == 3 { return true }
        }
        return false
    }

    // MARK: - Writing

    /// The canonical bytes (RFC 8785), which are what is signed and kept.
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(1024 + words.utf8.count)
        out += "{\"attention\":".utf8
        attention.append(to: &out)
        out += ",\"context\":[".utf8
        for (place, reference) in context.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out += "{\"digest\":\"".utf8
            reference.digest.appendHex(to: &out)
            out += "\",\"index\":\(reference.index),\"ledger\":\"".utf8
            out += reference.ledger.text.utf8
            out += "\",\"plane\":\"".utf8
            out += reference.plane.rawValue.utf8
            out += "\"}".utf8
        }
        out += "],\"expires\":\"".utf8
        out += expires.description.utf8
        out += "\",\"from\":\"".utf8
        out += from.rawValue.utf8
        out += "\"".utf8
        member(",\"id\":", id, &out)
        if let inReplyTo { member(",\"in_reply_to\":", inReplyTo, &out) }
        out += ",\"prompt\":{\"digest\":\"".utf8
        prompt.digest.appendHex(to: &out)
        out += "\"".utf8
        member(",\"id\":", prompt.id, &out)
        member(",\"version\":", prompt.version, &out)
        out += "}".utf8
        if kind == .question { member(",\"question\":", words, &out) }
        out += ",\"schema_version\":\"1.0\",\"sent\":\"".utf8
        out += sent.description.utf8
        out += "\",\"sequence\":\(sequence),\"slots\":".utf8
        out += JSONValue.object(slots).line
        if kind == .statement { member(",\"statement\":", words, &out) }
        member(",\"thread\":", thread, &out)
        out += ",\"to\":\"".utf8
        out += to.rawValue.utf8
        out += "\"".utf8
        member(",\"traceparent\":", trace, &out)
        out += ",\"type\":\"prompt_message\"".utf8
        member(",\"verb\":", verb, &out)
        if let workOrder { member(",\"work_order\":", workOrder, &out) }
        out += "}".utf8
        return out
    }

    private func member(_ key: StaticString, _ value: String, _ out: inout [UInt8]) {
        out += key.description.utf8
        JSONValue.write(string: value, into: &out)
    }

    // MARK: - Reading

    /// Reads a message; anything but exactly its form is refused, and says what is wrong.
    ///
    /// One that is kept must also be canonical, since its bytes are what is signed and hashed.
    package init(parsing bytes: [UInt8], isKept: Bool = true) throws(WireFault) {
        let value: JSONValue
        do throws(JSONFault) {
            let limits = JSONLimits(
                bytesMax: PromptMessage.bytesMax,
                depthMax: PromptMessage.depthMax
            )
            value = try JSONValue(parsing: bytes, limits: limits)
        } catch {
            throw .messageMalformed(reason: error.description)
        }
        try self.init(value)
        guard !isKept || self.bytes == bytes else {
            throw .messageMalformed(reason: "it is not in canonical form (RFC 8785)")
        }
    }

    private init(_ value: JSONValue) throws(WireFault) {
        guard case .object(let object) = value else {
            throw .messageMalformed(reason: "it is no object")
        }
        var reader = MemberReader(object)
        guard try reader.string("schema_version") == "1.0",
            try reader.string("type") == "prompt_message"
        else { throw .messageMalformed(reason: "it is no prompt message of version 1.0") }
        id = try reader.id("id", "m-")
        thread = try reader.id("thread", "t-")
        inReplyTo = reader.has("in_reply_to") ? try reader.id("in_reply_to", "m-") : nil
        from = try reader.party("from")
        to = try reader.party("to")
        sequence = try reader.number("sequence", 0...Int(1) << 53)
        prompt = try reader.prompt("prompt")
        verb = try reader.string("verb")
        guard verb.utf8.count <= 64,
            verb.utf8.allSatisfy({ (97...122).contains($0) || $0 == 95 }), !verb.isEmpty
        else { throw .messageMalformed(reason: "its verb is no word in small letters") }
        switch (reader.has("question"), reader.has("statement")) {
        case (true, false):
            kind = .question
            words = try reader.string("question")
        case (false, true):
            kind = .statement
            words = try reader.string("statement")
        default: throw .messageMalformed(reason: "it has neither one question nor one statement")
        }
        guard PromptMessage.areWords(words) else {
            throw .messageMalformed(
                reason: "its \(kind.rawValue) says less than three words; a status code is no "
                    + "message"
            )
        }
        context = try reader.references("context", max: PromptMessage.referencesMax)
        slots = try reader.object("slots")
        attention = try AttentionEnvelope(try reader.object("attention"))
        if reader.has("work_order") {
            let order = try reader.string("work_order")
            guard (1...128).contains(order.utf8.count) else {
                throw .messageMalformed(reason: "its work order has no id")
            }
            workOrder = order
        } else {
            workOrder = nil
        }
        trace = try reader.string("traceparent")
        guard (try? TraceContext(traceparent: [trace])) != nil, trace.utf8.count == 55 else {
            throw .messageMalformed(reason: "its traceparent is none")
        }
        sent = try reader.time("sent")
        expires = try reader.time("expires")
        try reader.finish()
    }
}

/// Takes the members of an object one by one; what is left at the end is unknown.
struct MemberReader {
    private let object: JSONObject
    private var taken = 0

    init(_ object: JSONObject) { self.object = object }

    func has(_ key: String) -> Bool { object[key] != nil }

    private mutating func take(_ key: String) throws(WireFault) -> JSONValue {
        guard let value = object[key] else {
            throw .messageMalformed(reason: "it has no \"\(key)\"")
        }
        taken += 1
        return value
    }

    func wrong(_ key: String) -> WireFault {
        .messageMalformed(reason: "its \"\(key)\" is not what the schema says")
    }

    mutating func string(_ key: String) throws(WireFault) -> String {
        guard case .string(let text) = try take(key) else { throw wrong(key) }
        return text
    }

    mutating func object(_ key: String) throws(WireFault) -> JSONObject {
        guard case .object(let object) = try take(key) else { throw wrong(key) }
        return object
    }

    mutating func array(_ key: String) throws(WireFault) -> [JSONValue] {
        guard case .array(let array) = try take(key) else { throw wrong(key) }
        return array
    }

    mutating func number(
        _ key: String,
        _ range: ClosedRange<Int>
    ) throws(WireFault) -> Int {
        guard let number = try take(key).integer, range.contains(number) else { throw wrong(key) }
        return number
    }

    /// A prefix and 32 hex digits.
    mutating func id(_ key: String, _ prefix: String) throws(WireFault) -> String {
        let text = try string(key)
        guard text.utf8.count == 34, text.hasPrefix(prefix),
            text.utf8.dropFirst(2).allSatisfy({
                (48...57).contains($0) || (97...102).contains($0)
            })
        else { throw wrong(key) }
        return text
    }

    mutating func party(_ key: String) throws(WireFault) -> Party {
        guard let party = Party(rawValue: try string(key)) else { throw wrong(key) }
        return party
    }

    mutating func digest(_ key: String) throws(WireFault) -> Digest {
        guard let digest = Digest(hex: try string(key)) else { throw wrong(key) }
        return digest
    }

    mutating func time(_ key: String) throws(WireFault) -> Timestamp {
        guard let time = Timestamp(try string(key)) else { throw wrong(key) }
        return time
    }

    mutating func prompt(_ key: String) throws(WireFault) -> PromptReference {
        var reader = MemberReader(try object(key))
        let reference = PromptReference(
            id: try reader.string("id"),
            version: try reader.string("version"),
            digest: try reader.digest("digest")
        )
        try reader.finish()
        return reference
    }

    mutating func references(
        _ key: String,
        max: Int
    ) throws(WireFault) -> [PromptMessage.Reference] {
        let values = try array(key)
        guard values.count <= max else { throw wrong(key) }
        var references: [PromptMessage.Reference] = []
        for value in values {
            guard case .object(let object) = value else { throw wrong(key) }
            var reader = MemberReader(object)
            guard let plane = LogPlane(rawValue: try reader.string("plane")),
                let ledger = LedgerName(try reader.string("ledger"))
            else { throw wrong(key) }
            references.append(
                PromptMessage.Reference(
                    plane: plane,
                    ledger: ledger,
                    index: try reader.number("index", 0...Int(1) << 53),
                    digest: try reader.digest("digest")
                )
            )
            try reader.finish()
        }
        return references
    }

    func finish() throws(WireFault) {
        guard taken == object.count else {
            throw .messageMalformed(reason: "it has a member that the schema does not know")
        }
    }
}
