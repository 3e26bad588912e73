import Canon
import Crypto
import Host
import Integrity
import Ledger

/// `charter ledger witness cosign`: the witness's side.
enum LedgerWitnessCosignVerb {
    static let operation = Operation(
        words: ["ledger", "witness", "cosign"],
        summary: "sign the head of another log, as its witness",
        details: """
            Reads a request from standard input. It signs only a head of a log whose key was given, signed
            by that key, and proven to follow from the head that it signed before; what it saw is on the
            disk before it signs. What it refuses is answered with the status of the protocol: 400
            malformed, 403 bad signature, 404 unknown log, 409 another size (which it prints), 422 bad
            proof. Its own key is printed with --show-key; whoever wants its signatures needs it.
            Example: charter ledger witness cosign --log charter/app/root+9f… <request
            """,
        power: .author,
        options: [
            .init(name: "log", value: "VKEY", summary: "the key of the log that may be signed"),
            .init(
                name: "policy",
                value: "FILE",
                summary: "a policy whose 'log' lines are those keys"
            ),
            .init(name: "name", value: "NAME", summary: "what this witness is called"),
            .init(name: "show-key", value: nil, summary: "print the key of this witness and stop"),
        ]
    ) { request, surroundings throws(OperationFault) in
        var logs: [NoteVerifier] = []
        if let text = request.option("log") { logs.append(try LedgerView.logKey(text)) }
        if let file = request.option("policy") {
            logs += try LedgerView.policy(file, surroundings).logs
        }
        do {
            let witness = try MachineWitness.open(
                stateHome: surroundings.stateHome,
                name: request.option("name") ?? "charter/witness",
                logs: logs,
                randomness: surroundings.randomness
            )
            let vkey = try witness.verifier.description
            if request.has("show-key") {
                return Answer(json: ["verifier": .string(vkey)], lines: [vkey])
            }
            let bytes = try surroundings.readInput(SignedNote.bytesMax)
            let answer = try witness.answer(
                bytes,
                time: UInt64(max(0, surroundings.clock.now / 1_000_000_000))
            )
            let isSigned = answer.status == .signed
            return Answer(
                isSigned ? .done : .refused,
                json: [
                    "status": .integer(answer.status.rawValue),
                    "body": .string(String(decoding: answer.body, as: UTF8.self)),
                    "reason": .string(answer.reason), "verifier": .string(vkey),
                ],
                lines: ["refused (\(answer.status.rawValue)): \(Printable(answer.reason))"],
                raw: isSigned ? answer.body : nil
            )
        } catch let fault as IntegrityFault {
            throw .integrity(fault)
        } catch let fault as LedgerFault {
            throw .ledger(fault)
        } catch let fault as OperationFault {
            throw fault
        } catch {
            throw .usage("\(error)")
        }
    }
}
