/// A text with signatures below it (C2SP signed-note): how checkpoints travel.
///
/// The text is kept as the bytes that were signed. What is read from it afterwards is read from
/// these same bytes.
package struct SignedNote: Hashable, Sendable {
    /// A note is a few lines; whatever is longer is no note.
    package static let bytesMax = 1_000_000

    /// One signature for each witness, and no more than anyone would wait for.
    package static let signaturesMax = 100

    /// The signed text, its last line break included.
    package let text: [UInt8]

    /// The signature lines, verified or not.
    package private(set) var signatures: [NoteSignature]

    /// Makes a note without signatures over a text that ends in a line break.
    package init(text: [UInt8]) throws(CryptoFault) {
        guard text.last == UInt8(ascii: "\n") else {
            throw .noteMalformed(reason: "its text does not end in a line break")
        }
        guard text.allSatisfy({ $0 >= 0x20 || $0 == UInt8(ascii: "\n") }),
            String(validating: text, as: UTF8.self) != nil
        else { throw .noteMalformed(reason: "its text is not UTF-8 without control characters") }
        self.text = text
        signatures = []
    }

    /// Reads a note: text, an empty line, at least one signature line.
    package init(parsing bytes: [UInt8]) throws(CryptoFault) {
        guard bytes.count <= SignedNote.bytesMax else {
            throw .noteMalformed(reason: "it is longer than \(SignedNote.bytesMax) bytes")
        }
        let newline = UInt8(ascii: "\n")
        // The last empty line parts text and signatures: a text may hold empty lines of its own.
        let gap = bytes.indices.dropLast().last { place in
            bytes[place] == newline && bytes[place + 1] == newline
        }
        guard let gap, bytes.last == newline, gap + 2 < bytes.count else {
            throw .noteMalformed(reason: "it is not a text, an empty line and signature lines")
        }
        try self.init(text: Array(bytes[...gap]))
        let lines = bytes[(gap + 2)...].dropLast()
            .split(separator: newline, omittingEmptySubsequences: false)
        guard lines.count <= SignedNote.signaturesMax else {
            throw .noteMalformed(reason: "it has more than \(SignedNote.signaturesMax) signatures")
        }
        for line in lines { signatures.append(try NoteSignature(parsing: line)) }
    }

    /// The note as it is stored and sent.
    package var bytes: [UInt8] {
        text + [UInt8(ascii: "\n")] + signatures.flatMap(\.line)
    }

    /// Adds a signature line; whether it holds is seen by `verified(by:)`.
    package mutating func append(_ signature: NoteSignature) {
        signatures.append(signature)
    }

    /// Who signed this note, of the keys that are known.
    ///
    /// Lines of unknown keys are passed over. A line of a known key that does not hold fails the
    /// whole note, and so does a note that no known key has signed.
    package func verified(by verifiers: [NoteVerifier]) throws(CryptoFault) -> [NoteSigner] {
        var signers: [NoteSigner] = []
        for signature in signatures {
            guard let verifier = verifiers.first(where: { $0.isNamed(by: signature) }) else {
                continue
            }
            guard let signer = verifier.signer(of: text, by: signature) else {
                throw .noteSignatureWrong(signer: verifier.name)
            }
            // A second line of the same key counts no second time.
            if !signers.contains(where: { $0.verifier == verifier }) { signers.append(signer) }
        }
        guard !signers.isEmpty else { throw .noteUnverified }
        return signers
    }
}
