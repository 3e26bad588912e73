import Canon
import Host
import Integrity
import Registry

/// `charter seal open`.
enum SealOpenVerb {
    static let operation = Operation(
        words: ["seal", "open"],
        summary: "take the seal away, so that the root can be authored by hand",
        details: """
            Removes the seal and compiles the registries without it, as one operation. This machine
            remembers every root that it sealed: where a seal went away in another manner, nothing but
            this command is accepted there, and it forgets the seal. It does so too for a directory
            that is no root any more.
            """,
        power: .author
    ) { _, surroundings throws(OperationFault) in
        let root: GovernedRoot
        do throws(OperationFault) {
            root = try surroundings.root()
        } catch {
            guard try forgets(surroundings) else { throw error }
            return answer("open", true, "the seal of the root that was here is forgotten")
        }
        do throws(IntegrityFault) {
            switch try Sealing(root, clock: surroundings.clock).open() {
            case .denied(let denial): return Report.denial(denial)
            case .done(.opened): return answer("open", true, "the seal is open")
            case .done(.forgotten):
                return answer("open", true, "the seal was gone already; it is forgotten")
            case .done(.wasOpen): return answer("open", false, "\(root.id) was not sealed")
            }
        } catch {
            throw .integrity(error)
        }
    }

    private static func answer(_ verdict: String, _ wasSealed: Bool, _ line: String) -> Answer {
        Answer(
            json: ["verdict": .string(verdict), "was_sealed": .bool(wasSealed)],
            lines: [line]
        )
    }

    /// Where a sealed root lay and lies no more.
    private static func forgets(_ surroundings: Surroundings) throws(OperationFault) -> Bool {
        let path = surroundings.absolute(surroundings.namedRoot ?? ".")
        guard let directory = try? Directory.open(path) else { return false }
        do {
            return try Sealing.forget(directory, stateHome: surroundings.stateHome)
        } catch {
            throw .integrity(error)
        }
    }
}
