import Canon
import Integrity
import Registry

/// `charter seal verify`.
enum SealVerifyVerb {
    static let operation = Operation(
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
            var json = report.json.object ?? JSONObject()
            json["verdict"] =
                isSealed ? "sealed" : report.isWhole ? "unsealed" : .string(report.verdict)
            return Answer(isSealed ? .done : .refused, json: .object(json), lines: lines)
        } catch {
            throw .integrity(error)
        }
    }
}
