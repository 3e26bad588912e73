import Canon
import Integrity
import Registry

/// `charter seal open`.
enum SealOpenVerb {
    static let operation = Operation(
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
