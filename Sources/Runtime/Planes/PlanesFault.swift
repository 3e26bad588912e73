package import Canon
package import Crypto
package import Host
package import Integrity
package import Keys
package import Ledger
package import Wire

/// Why a plane or its supervisor could not do what it is there for.
package enum PlanesFault: Fault {
    case host(HostFault)
    case ledger(LedgerFault)
    case integrity(IntegrityFault)
    case keys(KeysFault)
    case crypto(CryptoFault)
    case wire(WireFault)

    case manifest(path: String, reason: String)
    case promptDamaged(path: String, reason: String)
    case birthMalformed(reason: String)
    case confinementMissing(plane: String, allowed: [String])
    case alreadyUp(root: String, holder: Int32?)
    case notUp(root: String)
    case startFailed(plane: String, reason: String)
    case answerMissing(reason: String)

    package var code: String {
        switch self {
        case .host(let fault): fault.code
        case .ledger(let fault): fault.code
        case .integrity(let fault): fault.code
        case .keys(let fault): fault.code
        case .crypto(let fault): fault.code
        case .wire(let fault): fault.code
        case .manifest: "planes.manifest"
        case .promptDamaged: "planes.prompt-damaged"
        case .birthMalformed: "planes.birth-malformed"
        case .confinementMissing: "planes.confinement-missing"
        case .alreadyUp: "planes.already-up"
        case .notUp: "planes.not-up"
        case .startFailed: "planes.start-failed"
        case .answerMissing: "planes.answer-missing"
        }
    }

    package var cause: (any Fault)? {
        switch self {
        case .integrity(let fault): fault.cause
        case .ledger(let fault): fault.cause
        case .keys(let fault): fault.cause
        default: nil
        }
    }

    package var description: String {
        switch self {
        case .host(let fault): fault.description
        case .ledger(let fault): fault.description
        case .integrity(let fault): fault.description
        case .keys(let fault): fault.description
        case .crypto(let fault): fault.description
        case .wire(let fault): fault.description
        case .manifest(let path, let reason):
            "\(Printable(path)) is no manifest that a plane can start with: \(Printable(reason)). "
                + "Put the accepted file back."
        case .promptDamaged(let path, let reason):
            "The prompt \(Printable(path)) cannot be used: \(Printable(reason)). Put the accepted "
                + "file back."
        case .birthMalformed(let reason):
            "What the supervisor told a plane at its start cannot be used: \(Printable(reason)). "
                + "Both must be the same program; start them anew."
        case .confinementMissing(let plane, let allowed):
            "The plane \(plane) is not walled in: the kernel still allows it "
                + "\(allowed.joined(separator: ", ")). It does not start. Use another kernel, or "
                + "accept less with --confinement reduced."
        case .alreadyUp(let root, let holder):
            "A supervisor is up for \(Printable(root))\(holder.map { " (process \($0))" } ?? ""); "
                + "there is one for each root. See 'charter status', or end it with 'charter down'."
        case .notUp(let root):
            "No supervisor is up for \(Printable(root)); start one with 'charter up'."
        case .startFailed(let plane, let reason):
            "\(plane) did not start: \(Printable(reason)). See 'charter logs', and 'charter doctor'."
        case .answerMissing(let reason):
            "No answer came: \(Printable(reason)). See 'charter status'."
        }
    }
}
