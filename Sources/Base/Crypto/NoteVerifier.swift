import Canon

/// A key whose signatures on notes are known: its name, its kind and its bytes.
///
/// It is what C2SP calls a vkey: `<name>+<hex key id>+<base64 of kind and key>`.
package struct NoteVerifier: Hashable, Sendable, CustomStringConvertible {
    /// What a key signs, in the numbers of C2SP signed-note.
    package enum Algorithm: UInt8, Hashable, Sendable {
        /// A log signs the text itself.
        case log = 1

        /// A witness signs a time and the text: tlog-cosignature v1.
        case cosigner = 4
    }

    package let name: String
    package let algorithm: Algorithm
    package let key: VerifyingKey

    /// The first four bytes of a hash over name, kind and key.
    package let keyID: UInt32

    /// A verifier whose key id follows from its name, its kind and its key.
    package init(
        name: String,
        algorithm: Algorithm,
        key: VerifyingKey
    ) throws(CryptoFault) {
        guard NoteVerifier.isValid(name: name) else {
            throw .keyMalformed(reason: "\(name) cannot be the name of a note's key")
        }
        self.name = name
        self.algorithm = algorithm
        self.key = key
        let named = Array(name.utf8) + [UInt8(ascii: "\n"), algorithm.rawValue] + key.bytes
        keyID = Digest.sha256(of: named).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a vkey.
    package init(vkey: String) throws(CryptoFault) {
        // Only the first two plus signs part the fields: base64 may hold more of them.
        let parts = Array(vkey.utf8).split(
            separator: UInt8(ascii: "+"),
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3,
            let name = String(validating: parts[0], as: UTF8.self),
            let bytes = Base64.decode(parts[2]),
            let kind = bytes.first
        else { throw .keyMalformed(reason: "\(vkey) is not name, key id and key") }
        guard let algorithm = Algorithm(rawValue: kind) else {
            throw .keyUnsupported(kind: "note signature \(kind)")
        }
        let key = try VerifyingKey(bytes: Array(bytes.dropFirst()))
        try self.init(name: name, algorithm: algorithm, key: key)
        guard parts[1].elementsEqual(hexKeyID) else {
            throw .keyMalformed(reason: "\(vkey) holds a key id that is not of its key")
        }
    }

    /// The vkey.
    package var description: String {
        let encoded = Base64.encode([algorithm.rawValue] + key.bytes)
        return String(decoding: Array("\(name)+".utf8) + hexKeyID + [43] + encoded, as: UTF8.self)
    }

    /// Whether a signature line claims to be of this key.
    func isNamed(by signature: NoteSignature) -> Bool {
        signature.keyID == keyID && signature.name.utf8.elementsEqual(name.utf8)
    }

    /// The signer that this signature proves for the text, or `nil` where it proves none.
    func signer(of text: [UInt8], by signature: NoteSignature) -> NoteSigner? {
        switch algorithm {
        case .log:
            guard key.verifies(signature.bytes, of: text) else { return nil }
            return NoteSigner(verifier: self, time: nil)
        case .cosigner:
            guard signature.bytes.count == 8 + VerifyingKey.signatureByteCount else { return nil }
            let time = signature.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let signed = NoteVerifier.cosigned(text, time: time)
            guard key.verifies(Array(signature.bytes.dropFirst(8)), of: signed) else { return nil }
            return NoteSigner(verifier: self, time: time)
        }
    }

    /// What a witness signs: tlog-cosignature v1.
    static func cosigned(_ text: [UInt8], time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }

    /// A name holds at least one character, no white space and no plus sign.
    static func isValid(name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.value >= 0x20 && scalar != "+" && !scalar.properties.isWhitespace
            }
    }

    private var hexKeyID: [UInt8] {
        stride(from: 28, through: 0, by: -4).map { shift in
            let nibble = UInt8(keyID >> UInt32(shift) & 15)
            return nibble + (nibble < 10 ? 48 : 87)
        }
    }
}

/// Who has been proven to have signed a note, and when, as far as the signature says it.
package struct NoteSigner: Hashable, Sendable {
    /// The key that signed.
    package let verifier: NoteVerifier

    /// The time that a witness vouches for, in seconds of the Unix epoch; `nil` for a log.
    package let time: UInt64?
}
