/// One signature line of a note: who claims to have signed, with which key, and the signature.
///
/// A line is only a claim until `SignedNote.verified(by:)` has named its signer.
package struct NoteSignature: Hashable, Sendable {
    /// The name of the key.
    package let name: String

    /// The first four bytes of a hash over name and key: a hint where to look, no proof.
    package let keyID: UInt32

    /// What the key's algorithm made, without the key id.
    package let bytes: [UInt8]

    /// States a signature line; a `NoteVerifier` tells whether it holds.
    package init(name: String, keyID: UInt32, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }

    /// Signs a text as the log of that name.
    package static func log(
        _ name: String,
        key: SigningKey,
        over text: [UInt8]
    ) throws(CryptoFault) -> NoteSignature {
        let verifier = try NoteVerifier(name: name, algorithm: .log, key: key.verifyingKey)
        return NoteSignature(name: name, keyID: verifier.keyID, bytes: key.sign(text))
    }

    /// Signs a checkpoint as the witness of that name, at a time in seconds of the Unix epoch.
    package static func cosignature(
        _ name: String,
        key: SigningKey,
        over text: [UInt8],
        time: UInt64
    ) throws(CryptoFault) -> NoteSignature {
        let verifier = try NoteVerifier(name: name, algorithm: .cosigner, key: key.verifyingKey)
        let signature = key.sign(NoteVerifier.cosigned(text, time: time))
        return NoteSignature(
            name: name,
            keyID: verifier.keyID,
            bytes: time.bigEndianBytes + signature
        )
    }

    /// The line as it stands in a note, with its line break.
    package var line: [UInt8] {
        let encoded = Base64.encode(keyID.bigEndianBytes + bytes)
        return NoteSignature.dash + Array("\(name) ".utf8) + encoded + [UInt8(ascii: "\n")]
    }

    /// Reads one line without its line break.
    init(parsing line: some Collection<UInt8>) throws(CryptoFault) {
        let parts = line.dropFirst(NoteSignature.dash.count)
            .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard line.starts(with: NoteSignature.dash), parts.count == 2 else {
            throw .noteMalformed(reason: "a signature line is not a dash, a name and a signature")
        }
        guard let name = String(validating: parts[0], as: UTF8.self),
            NoteVerifier.isValid(name: name)
        else { throw .noteMalformed(reason: "a signature line holds a name that may not be one") }
        guard let bytes = Base64.decode(parts[1]), bytes.count > 4 else {
            throw .noteMalformed(reason: "the signature of \(name) is not base64 of a signature")
        }
        self.init(
            name: name,
            keyID: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) },
            bytes: Array(bytes.dropFirst(4))
        )
    }

    /// An em dash and a space.
    private static let dash: [UInt8] = [0xE2, 0x80, 0x94, 0x20]
}

extension FixedWidthInteger {
    /// The bytes of the number, most significant first.
    var bigEndianBytes: [UInt8] {
        stride(from: Self.bitWidth - 8, through: 0, by: -8).map { shift in
            UInt8(truncatingIfNeeded: self >> Self(shift))
        }
    }
}
