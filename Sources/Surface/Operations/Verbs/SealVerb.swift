import Canon
import Integrity
import Registry

/// `charter seal`.
enum SealVerb {
    static let operation = Operation(
        words: ["seal"],
        summary: "sign the state of the whole root",
        details: """
            A root that is whole is sealed: the root hash of its state, signed with a key that lies
            outside the root (made at first use). From then on every change is found even if somebody
            rewrites the registries too, and nothing can be authored by hand. Any program that reads
            C2SP signed notes can verify registries/seal.note with the printed key.
            """,
        power: .author
    ) { _, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        do throws(IntegrityFault) {
            let sealing = Sealing(root, clock: surroundings.clock)
            switch try sealing.seal(randomness: surroundings.randomness) {
            case .denied(let denial): return Report.denial(denial)
            case .done(let result):
                guard result.violations.isEmpty else {
                    return Report.refusal(
                        result.violations,
                        "not sealed: only a whole root can be; nothing changed."
                    )
                }
                return Answer(
                    json: [
                        "verdict": "sealed", "files": .integer(result.fileCount),
                        "state_root": .string(result.stateRoot?.hex ?? ""),
                        "verifier": .string(result.verifier),
                    ],
                    lines: [
                        "sealed: \(Report.count(result.fileCount, "file"))",
                        "root hash \(result.stateRoot?.hex ?? "")",
                        "verifier  \(result.verifier)",
                    ]
                )
            }
        } catch {
            throw .integrity(error)
        }
    }
}
