import Canon
import Crypto
import Integrity
import Ledger

/// `charter ledger checkpoint`.
enum LedgerCheckpointVerb {
    static let operation = Operation(
        words: ["ledger", "checkpoint"],
        summary: "sign the head of a log now, and print the note",
        details: """
            A checkpoint is a C2SP signed note: the log's name, its size, and the Merkle root over all its
            entries. They are made on a schedule too; this makes one now, unless nothing new was written.

            --rotate-key goes on under a new key: the log records both, and both sign the head, so whoever
            trusts the old key is led to the new one.
            Example: charter ledger checkpoint >head.txt
            """,
        power: .author,
        options: [
            LedgerView.option,
            .init(name: "rotate-key", value: nil, summary: "hand the log over to a new key"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let view = try LedgerView(request, surroundings)
        var vkey: String?
        let note: [UInt8]
        if request.has("rotate-key") {
            do throws(IntegrityFault) {
                let rotated = try view.ledgers.rotateKey(of: view.plane, by: RootLedger.actor)
                note = rotated.note
                vkey = rotated.verifier?.description
            } catch {
                throw .integrity(error)
            }
        } else {
            note = try view.writing { (log) throws(LedgerFault) in try log.checkpoint() }
        }
        do throws(IntegrityFault) {
            if vkey == nil { vkey = try view.ledgers.verifier(of: view.plane)?.description }
        } catch {
            throw .integrity(error)
        }
        let text = String(decoding: note, as: UTF8.self)
        return Answer(
            json: [
                "checkpoint": .string(text), "verifier": vkey.map { .string($0) } ?? .null,
            ],
            lines: [],
            raw: note
        )
    }
}
