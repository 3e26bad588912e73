package import Canon
package import Crypto
package import Rego

/// Why a bundle of policies is not taken: nothing that it says holds then.
package enum BundleRefusal: Fault, Equatable {
    // What lies in it.
    case badPath(path: String)
    case repeatedPath(path: String)
    case tooLarge(what: String, limit: Int)
    case badManifest(reason: String)
    case badData(path: String, fault: InputFault)
    case yamlData(path: String)
    case dataConflict(path: String, key: String)
    case compiledCode(path: String)
    case outsideRoots(path: String, what: String)
    case rootsOverlap(bundle: String, other: String, root: String)
    case policies(PolicyErrors)

    // Who signed for it.
    case unsigned(bundle: String)
    case badEnvelope(bundle: String, fault: CryptoFault)
    case wrongEnvelopeType(bundle: String, found: String)
    case unknownSigner(bundle: String)
    case badStatement(bundle: String, reason: String)
    case wrongName(signed: String, found: String)
    case wrongRevision(signed: String, found: String)
    case wrongRoots(bundle: String)
    case wrongEngine(signed: String)
    case fileAdded(path: String)
    case fileChanged(path: String)
    case fileMissing(path: String)

    // Whether it is fit to decide.
    case reviewFailed(bundle: String, problems: Int, first: String)

    package var code: String {
        switch self {
        case .badPath: "policy.bundle.bad-path"
        case .repeatedPath: "policy.bundle.repeated-path"
        case .tooLarge: "policy.bundle.too-large"
        case .badManifest: "policy.bundle.bad-manifest"
        case .badData: "policy.bundle.bad-data"
        case .yamlData: "policy.bundle.yaml-data"
        case .dataConflict: "policy.bundle.data-conflict"
        case .compiledCode: "policy.bundle.compiled-code"
        case .outsideRoots: "policy.bundle.outside-roots"
        case .rootsOverlap: "policy.bundle.roots-overlap"
        case .policies(let errors): errors.code
        case .unsigned: "policy.signature.missing"
        case .badEnvelope: "policy.signature.malformed"
        case .wrongEnvelopeType: "policy.signature.wrong-type"
        case .unknownSigner: "policy.signature.unknown-signer"
        case .badStatement: "policy.signature.bad-statement"
        case .wrongName: "policy.signature.wrong-name"
        case .wrongRevision: "policy.signature.wrong-revision"
        case .wrongRoots: "policy.signature.wrong-roots"
        case .wrongEngine: "policy.signature.wrong-engine"
        case .fileAdded: "policy.signature.file-added"
        case .fileChanged: "policy.signature.file-changed"
        case .fileMissing: "policy.signature.file-missing"
        case .reviewFailed: "policy.review.failed"
        }
    }

    package var description: String {
        switch self {
        case .badPath(let path):
            "The bundle holds \(Printable(path)), which is no plain path; rename the file."
        case .repeatedPath(let path): "The bundle holds \(Printable(path)) twice; keep one of them."
        case .tooLarge(let what, let limit):
            "\(Printable(what)) is more than a bundle may hold: at most \(limit)."
        case .badManifest(let reason):
            "The file .manifest of the bundle cannot be used: \(Printable(reason))"
        case .badData(let path, _): "The data in \(Printable(path)) cannot be read."
        case .yamlData(let path):
            "\(Printable(path)) holds data as YAML, of which two readers may think differently; "
                + "write it as data.json."
        case .dataConflict(let path, let key):
            "\(Printable(path)) gives \(Printable(key)) a value that another file gives it too; "
                + "keep one of them."
        case .compiledCode(let path):
            "\(Printable(path)) is compiled code, which nobody can review; leave it out, the "
                + "policies themselves are enough."
        case .outsideRoots(let path, let what):
            "\(Printable(path)) defines \(Printable(what)), which lies outside the roots of its "
                + "bundle; move it, or name its place under \"roots\" in .manifest."
        case .rootsOverlap(let bundle, let other, let root):
            "The bundles \(Printable(bundle)) and \(Printable(other)) both claim "
                + "\(Printable(root)); one place has one author."
        case .policies(let errors): errors.description
        case .unsigned(let bundle):
            "The bundle \(Printable(bundle)) is not signed; sign it with 'charter policy sign'."
        case .badEnvelope(let bundle, _):
            "The signature of the bundle \(Printable(bundle)) cannot be read; sign it again."
        case .wrongEnvelopeType(let bundle, let found):
            "The signature of the bundle \(Printable(bundle)) is one over \(Printable(found)), not "
                + "over policies; sign it with 'charter policy sign'."
        case .unknownSigner(let bundle):
            "No key that is trusted here signed the bundle \(Printable(bundle)); have it signed, "
                + "or trust its signer with 'charter policy trust VKEY'."
        case .badStatement(let bundle, let reason):
            "What was signed for the bundle \(Printable(bundle)) cannot be used: "
                + "\(Printable(reason))"
        case .wrongName(let signed, let found):
            "The signature is for the bundle \(Printable(signed)), and this is \(Printable(found))."
        case .wrongRevision(let signed, let found):
            "The signature is for the revision \(Printable(signed)), and this is "
                + "\(Printable(found)); sign what you want to activate."
        case .wrongRoots(let bundle):
            "The roots of the bundle \(Printable(bundle)) are others than those that were signed."
        case .wrongEngine(let signed):
            "The bundle was signed for the engine \(Printable(signed)), and this is "
                + "\(PolicyBundle.engine); review and sign it again."
        case .fileAdded(let path):
            "\(Printable(path)) is in the bundle and was not signed; take it out, or sign again."
        case .fileChanged(let path):
            "\(Printable(path)) has other bytes than those that were signed; restore it, or sign "
                + "again."
        case .fileMissing(let path):
            "\(Printable(path)) was signed and is not in the bundle; restore it, or sign again."
        case .reviewFailed(let bundle, let problems, let first):
            "The bundle \(Printable(bundle)) is not fit to decide: \(problems) findings, the "
                + "first of them: \(first)"
        }
    }

    package var cause: (any Fault)? {
        switch self {
        case .badData(_, let fault): fault
        case .badEnvelope(_, let fault): fault
        default: nil
        }
    }
}
