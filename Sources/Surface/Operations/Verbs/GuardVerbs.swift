import Canon
import Crypto
import Host
import Integrity
import Registry

extension Operation {
    /// `charter quarantine`.
    static let quarantine = Operation(
        words: ["quarantine"],
        summary: "move what nobody owns out of the root; nothing is deleted",
        details: """
            Moves every unowned thing, or the paths that are named, to this machine's state directory.
            A receipt that says what lay where is written first. To put something back, move it back.
            """,
        power: .author,
        operands: [
            .init(
                name: "PATH",
                summary: "unowned paths; else all",
                isRequired: false,
                repeats: true
            )
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        var names: [String] = []
        for operand in request.operands {
            names.append(try surroundings.path(operand, in: root).text)
        }
        do throws(IntegrityFault) {
            let result = try Quarantine(root, clock: surroundings.clock).run(only: names)
            let left = names.filter { !result.moved.contains($0) }
            let json: JSONValue = [
                "moved": .array(result.moved.map { .string($0) }),
                "place": result.place.isEmpty ? .null : .string(result.place),
                "not_moved": .array(left.map { .string($0) }),
            ]
            var lines = result.moved.map { "moved     \(Printable($0))" }
            lines += left.map { "left      \(Printable($0)): it is owned, exempt or not there" }
            lines.append(
                result.moved.isEmpty
                    ? "nothing to move"
                    : "\(Report.count(result.moved.count, "thing")) in \(result.place)"
            )
            return Answer(left.isEmpty ? .done : .refused, json: json, lines: lines)
        } catch {
            throw .integrity(error)
        }
    }

    /// `charter seal`.
    static let seal = Operation(
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

    /// `charter seal verify`.
    static let sealVerify = Operation(
        words: ["seal", "verify"],
        summary: "check that the root is in its sealed state",
        details: """
            Reads every byte and compares the state with the seal, which must verify with the key of
            this machine or the one that --seal-key names. Exit status 1 when the root is not sealed.
            """
    ) { _, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let sealKey = try surroundings.trustedSealKey()
        do throws(IntegrityFault) {
            let report = try IntegrityCheck(root, trusting: sealKey)
                .run(through: .hashes, progress: surroundings.progress)
            let isSealed = report.isWhole && report.seal == .verified
            let lines =
                report.isWhole && report.seal == .none
                ? ["\(root.id) is not sealed; 'charter seal' seals it."] : Report.lines(report)
            return Answer(isSealed ? .done : .refused, json: report.json, lines: lines)
        } catch {
            throw .integrity(error)
        }
    }

    /// `charter seal open`.
    static let sealOpen = Operation(
        words: ["seal", "open"],
        summary: "take the seal away, so that the root can be authored by hand",
        details: "Removes the seal and compiles the registries without it, as one operation.",
        power: .author
    ) { _, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        do throws(IntegrityFault) {
            switch try Sealing(root, clock: surroundings.clock).open() {
            case .denied(let denial): return Report.denial(denial)
            case .done(let wasSealed):
                return Answer(
                    json: ["verdict": "open", "was_sealed": .bool(wasSealed)],
                    lines: [wasSealed ? "the seal is open" : "\(root.id) was not sealed"]
                )
            }
        } catch {
            throw .integrity(error)
        }
    }
}
