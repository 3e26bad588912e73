import Canon
import Host
import Integrity
import Registry

/// `charter integrity check`.
enum IntegrityCheckVerb {
    static let operation = Operation(
        words: ["integrity", "check"],
        summary: "prove that every file is owned, hashed, authorised and packaged",
        details: """
            Five stages, stopping at the first that fails: ownership, hashes, links, packages, gates.
            Every byte is read each time; no cache of sizes or times is trusted.

            Exit status 0: the root is whole. 1: something is not as the law demands; the code, the
            path, the rule and the next step are printed. 2: the check itself could not be made.

            --all is what happens anyway and is accepted because scripts say it.
            --through STAGE stops after a stage, for people who repair step by step.
            """,
        options: [
            .init(name: "all", value: nil, summary: "check everything (the default)"),
            .init(
                name: "through",
                value: "STAGE",
                summary: "stop after ownership, hashes, links, packages or gates"
            ),
            .init(
                name: "threads",
                value: "N",
                summary: "threads that read files; default: all cores"
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let last = try stage(request.option("through"))
        let threads = try threads(request.option("threads"))
        let sealKey = try surroundings.trustedSealKey()
        do throws(IntegrityFault) {
            let check = IntegrityCheck(root, threads: threads, trusting: sealKey)
            let report = try check.run(through: last, progress: surroundings.progress)
            return Answer(
                report.isWhole ? .done : .refused,
                json: report.json,
                lines: Report.lines(report)
            )
        } catch {
            throw .integrity(error)
        }
    }

    private static func stage(_ name: String?) throws(OperationFault) -> Violation.Stage {
        guard let name else { return .gates }
        guard let stage = Violation.Stage.allCases.first(where: { $0.name == name }) else {
            throw .usage(
                "\"\(Printable(name))\" is no stage; there are "
                    + Violation.Stage.allCases.map(\.name).joined(separator: ", ") + "."
            )
        }
        return stage
    }

    private static func threads(_ text: String?) throws(OperationFault) -> Int {
        guard let text else { return WorkerThreads.available }
        guard let count = Int(text), (1...256).contains(count) else {
            throw .usage("--threads takes a number from 1 to 256.")
        }
        return count
    }
}
