package import Canon

/// The head of a log: its name, how many entries it has, and the root over them (tlog-checkpoint).
package struct Checkpoint: Hashable, Sendable {
    /// The name of the log, which is also the name of its key.
    package let origin: String

    /// How many entries the log has.
    package let size: Int

    /// The Merkle root over the entries.
    package let root: Digest

    /// States a size and a root; `signed(by:)` and `open` are what makes others believe them.
    package init(origin: String, size: Int, root: Digest) {
        precondition(size >= 0, "A log cannot have fewer than no entries.")
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the three lines of a checkpoint; extension lines are refused.
    ///
    /// Not every cosigner signs extension lines, so a line there would be one that looks signed.
    package init(parsing text: [UInt8]) throws(CryptoFault) {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty else {
            throw .checkpointMalformed(reason: "it does not have exactly three lines")
        }
        guard let origin = String(validating: lines[0], as: UTF8.self),
            NoteVerifier.isValid(name: origin)
        else { throw .checkpointMalformed(reason: "its first line does not name a log") }
        guard let size = decimal(lines[1]) else {
            throw .checkpointMalformed(reason: "its second line is not a number of entries")
        }
        guard let root = Base64.decode(lines[2]).flatMap({ Digest(bytes: $0) }) else {
            throw .checkpointMalformed(reason: "its third line is not the base64 of a root")
        }
        self.init(origin: origin, size: size, root: root)
    }

    /// The lines that are signed.
    package var text: [UInt8] {
        Array("\(origin)\n\(size)\n".utf8) + Base64.encode(root.bytes) + [UInt8(ascii: "\n")]
    }

    /// Reads a note and gives its checkpoint if the log, and enough of the witnesses, signed it.
    package static func verified(
        _ note: [UInt8],
        log: NoteVerifier,
        witnesses: [NoteVerifier] = [],
        quorum: Int = 0
    ) throws(CryptoFault) -> Checkpoint {
        guard log.algorithm == .log else {
            throw .keyUnsupported(kind: "a witness's, where a log's own is due: \(log.name)")
        }
        let note = try SignedNote(parsing: note)
        let signers = try note.verified(by: [log] + witnesses)
        guard signers.contains(where: { $0.verifier == log }) else {
            throw .checkpointUnsigned(log: log.name)
        }
        let checkpoint = try Checkpoint(parsing: note.text)
        guard checkpoint.origin.utf8.elementsEqual(log.name.utf8) else {
            throw .checkpointForeign(origin: checkpoint.origin, log: log.name)
        }
        // One key under two names is still one witness, and a log is no witness of itself.
        let cosigners = Set(signers.map(\.verifier.key)).subtracting([log.key])
        guard cosigners.count >= quorum else {
            throw .checkpointQuorumMissed(witnesses: cosigners.count, needed: quorum)
        }
        return checkpoint
    }
}

/// A number in decimal digits without leading zeros; anything else is `nil`.
func decimal(_ text: some Collection<UInt8>) -> Int? {
    guard !text.isEmpty, text.first != UInt8(ascii: "0") || text.count == 1 else { return nil }
    var value = 0
    for character in text {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
        let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, isStillTooLarge) = tens.addingReportingOverflow(Int(character - 48))
        if isTooLarge || isStillTooLarge { return nil }
        value = sum
    }
    return value
}
