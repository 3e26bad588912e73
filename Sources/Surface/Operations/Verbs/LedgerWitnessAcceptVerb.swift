import Canon
import Crypto
import Host
import Integrity
import Ledger

/// `charter ledger witness accept`: the log's side, what the witness answered.
enum LedgerWitnessAcceptVerb {
    static let operation = Operation(
        words: ["ledger", "witness", "accept"],
        summary: "add the signature of a witness to the last head",
        details: """
            Reads signature lines from standard input. Only those that hold, of keys that are given, are
            added; the log records that they were.
            Example: charter ledger witness accept --witness witness.example/w1+51… <lines
            """,
        power: .author,
        options: [
            LedgerView.option,
            .init(name: "witness", value: "VKEY", summary: "the key of the witness"),
            .init(name: "policy", value: "FILE", summary: "a policy that names the witnesses"),
        ]
    ) { request, surroundings throws(OperationFault) in
        var witnesses: [NoteVerifier] = []
        if let text = request.option("witness") { witnesses.append(try LedgerView.verifier(text)) }
        if let file = request.option("policy") {
            witnesses += try LedgerView.policy(file, surroundings).verifiers
        }
        guard !witnesses.isEmpty else {
            throw .usage("Say whose signatures are wanted: --witness VKEY, or --policy FILE.")
        }
        let view = try LedgerView(request, surroundings)
        let lines: [UInt8]
        do throws(HostFault) {
            lines = try surroundings.readInput(SignedNote.bytesMax)
        } catch {
            throw .host(error)
        }
        let known = witnesses
        let names = try view.writing { (log) throws(LedgerFault) in
            try log.addCosignatures(lines, of: known, by: RootLedger.actor)
        }
        return Answer(
            json: ["added": .array(names.map { .string($0) })],
            lines: [
                names.isEmpty
                    ? "nothing new: the head has these signatures already"
                    : "added the signature of \(Printable(names.joined(separator: ", ")))"
            ]
        )
    }
}
