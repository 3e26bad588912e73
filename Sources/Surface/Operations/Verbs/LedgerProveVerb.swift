import Canon
import Crypto
import Ledger

/// `charter ledger prove ENTRY`.
enum LedgerProveVerb {
    static let operation = Operation(
        words: ["ledger", "prove"],
        summary: "prove that the log holds an entry, or check it",
        details: """
            Prints a C2SP tlog-proof: index, hashes and the signed head. Whoever has the exact bytes of the
            entry ('ledger show --raw') and the log's key can check it offline, with this command or any
            other program that reads the format.

            --check FILE checks such a proof of the bytes in --entry FILE with --key VKEY; no root is
            needed. --consistent-with SIZE proves that the log of that size is the beginning of this one.
            Example: charter ledger prove 7 >entry-7.tlog-proof
            """,
        operands: [
            .init(
                name: "ENTRY",
                summary: "its index, or 6 digits of its digest or more",
                isRequired: false
            )
        ],
        options: [
            LedgerView.option,
            .init(name: "check", value: "FILE", summary: "a proof to check"),
            .init(name: "entry", value: "FILE", summary: "the bytes that it is a proof of"),
            .init(name: "key", value: "VKEY", summary: "the log's key"),
            .init(
                name: "consistent-with",
                value: "SIZE",
                summary: "prove growth since then instead"
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        if let file = request.option("check") { return try check(file, request, surroundings) }
        let reader = try LedgerView(request, surroundings).reader()
        if let old = try LedgerView.number("consistent-with", 0...Int.max, request) {
            return try consistency(old, reader)
        }
        guard let reference = request.operands.first else {
            throw .usage("Say which entry, or --check a proof, or --consistent-with a size.")
        }
        let index = try LedgerView.index(reference, in: reader)
        do throws(LedgerFault) {
            let proof = try reader.proof(of: index)
            return Answer(
                json: [
                    "index": .integer(index), "path": .array(proof.path.map { .string($0.hex) }),
                    "checkpoint": .string(String(decoding: proof.note, as: UTF8.self)),
                    "tlog_proof": .string(String(decoding: proof.bytes, as: UTF8.self)),
                ],
                lines: [],
                raw: proof.bytes
            )
        } catch {
            throw .ledger(error)
        }
    }

    private static func consistency(
        _ old: Int,
        _ reader: LedgerReader
    ) throws(OperationFault) -> Answer {
        do throws(LedgerFault) {
            let request = try reader.witnessRequest(from: old)
            let hashes = request.proof.map { JSONValue.string($0.hex) }
            return Answer(
                json: [
                    "old_size": .integer(old), "path": .array(hashes),
                    "checkpoint": .string(String(decoding: request.note, as: UTF8.self)),
                ],
                lines: [],
                raw: request.bytes
            )
        } catch {
            throw .ledger(error)
        }
    }

    private static func check(
        _ file: String,
        _ request: Request,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> Answer {
        guard let entry = request.option("entry"), let key = request.option("key") else {
            throw .usage("To check a proof takes --entry FILE and --key VKEY beside it.")
        }
        let bytes = try surroundings.bytes(of: entry, limit: 65_535)
        let proof = try surroundings.bytes(of: file, limit: SignedNote.bytesMax)
        let verifier = try LedgerView.logKey(key)
        do throws(CryptoFault) {
            let read = try LogProof(parsing: proof)
            let head = try read.verified(entry: bytes, log: verifier)
            return Answer(
                json: [
                    "verdict": "proven", "index": .integer(read.index),
                    "size": .integer(head.size), "log": .string(head.origin),
                ],
                lines: [
                    "proven: these bytes are entry \(read.index) of \(head.size) in "
                        + "\(Printable(head.origin))"
                ]
            )
        } catch {
            return Answer(
                .refused,
                json: [
                    "verdict": "not_proven", "code": .string(error.code),
                    "reason": .string(error.description),
                ],
                lines: ["not proven: \(error.description) (\(error.code))"]
            )
        }
    }
}
