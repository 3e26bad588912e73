import Canon
import Ledger

/// `charter ledger witness request`: the log's side, what a witness is asked.
enum LedgerWitnessRequestVerb {
    static let operation = Operation(
        words: ["ledger", "witness", "request"],
        summary: "print the request to a witness to sign the last head",
        details: """
            The body of C2SP add-checkpoint: the size that the witness saw last, the proof that the log only
            grew since, and the signed head. Whatever carries it, a witness answers with signature lines.
            Two installations witness each other over any pipe, such as ssh:

              charter ledger witness request --old 0 \\
                | ssh other charter ledger witness cosign --log "$KEY" \\
                | charter ledger witness accept --witness "$WITNESS"
            """,
        options: [
            LedgerView.option,
            .init(name: "old", value: "SIZE", summary: "the size that the witness saw last; 0"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let reader = try LedgerView(request, surroundings).reader()
        let old = try LedgerView.number("old", 0...Int.max, request) ?? 0
        do throws(LedgerFault) {
            let wish = try reader.witnessRequest(from: old)
            return Answer(
                json: ["request": .string(String(decoding: wish.bytes, as: UTF8.self))],
                lines: [],
                raw: wish.bytes
            )
        } catch {
            throw .ledger(error)
        }
    }
}
