/// The three parts of a JSON Web Token in its compact form (RFC 7515 §3.1).
///
/// What was signed is the text as it came, so the parts are kept as text and read when asked for.
struct TokenText {
    let header: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    init(_ text: Text) throws(BuiltinError) {
        let parts = text.bytes.split(
            separator: UInt8(ascii: "."),
            omittingEmptySubsequences: false
        )
        guard parts.count > 1 else { throw .failed("encoded JWT had no period separators") }
        guard parts.count == 3 else {
            throw .failed("encoded JWT must have 3 sections, found \(parts.count)")
        }
        (header, payload, signature) = (Array(parts[0]), Array(parts[1]), Array(parts[2]))
    }

    /// What the signature is for.
    var signedPart: [UInt8] { header + [UInt8(ascii: ".")] + payload }

    /// The header as an object.
    func readHeader() throws(BuiltinError) -> ObjectValue {
        let object: ObjectValue
        do {
            object = try TokenText.object(
                TokenText.decode(header, "JWT header had invalid encoding: ")
            )
        } catch .failed(let reason) where !reason.hasPrefix("JWT") {
            throw .failed("bad JWT header: \(reason)")
        }
        guard object["enc" as Text] == nil else {
            throw .failed("JWT is a JWE object, which is not supported")
        }
        return object
    }

    /// The bytes of the payload.
    func readPayload() throws(BuiltinError) -> [UInt8] {
        try TokenText.decode(payload, "JWT payload had invalid encoding: ")
    }

    /// The bytes of the signature.
    func readSignature() throws(BuiltinError) -> [UInt8] {
        try TokenText.decode(signature, "JWT signature had invalid encoding: ")
    }

    /// Reads JSON that must be an object.
    ///
    /// A key that stands twice is refused, which RFC 7519 §4 allows and another reader of the same
    /// token cannot contradict.
    static func object(_ bytes: [UInt8]) throws(BuiltinError) -> ObjectValue {
        do {
            guard case .object(let object) = try Value(parsing: bytes) else {
                throw BuiltinError.failed("decoded JSON type was not an Object")
            }
            return object
        } catch let fault as InputFault {
            throw .failed("invalid JSON: \(fault.description)")
        } catch let error as BuiltinError {
            throw error
        } catch {
            preconditionFailure("JSON was refused for no known reason.")
        }
    }

    /// Reads the URL-safe alphabet, padded or not; the message counts from the first byte.
    ///
    /// Bits behind the last byte are passed over, as other readers of tokens do: what is signed is
    /// the text itself, so no other spelling of a header or a payload keeps its signature.
    private static func decode(
        _ text: [UInt8],
        _ prefix: String
    ) throws(BuiltinError) -> [UInt8] {
        let padding = UInt8(ascii: "=")
        let digits = text.count % 4 == 0 ? text.prefix { $0 != padding } : text[...]
        var out: [UInt8] = []
        out.reserveCapacity(digits.count / 4 * 3 + 3)
        var bits: UInt32 = 0
        for (index, character) in digits.enumerated() {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = character - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = character - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character + 4
            case UInt8(ascii: "-"): digit = 62
            case UInt8(ascii: "_"): digit = 63
            default: throw .failed("\(prefix)illegal base64 data at input byte \(index)")
            }
            bits = bits << 6 | UInt32(digit)
            // The second, third and fourth digit of a group each complete a byte.
            let place = UInt32(index % 4)
            if place > 0 { out.append(UInt8(truncatingIfNeeded: bits >> (6 - 2 * place))) }
        }
        let paddings = text.count - digits.count
        guard digits.count % 4 != 1, paddings == 0 || paddings == (4 - digits.count % 4) % 4 else {
            throw .failed("\(prefix)illegal base64 data at input byte \(text.count)")
        }
        return out
    }
}
