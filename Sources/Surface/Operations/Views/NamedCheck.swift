import Canon
import Host
import Integrity
import Law
import Registry

/// The validators of the founding documents, by the name of what they judge.
enum NamedCheck: String {
    case attentionPolicy = "attention-policy"
    case installPolicy = "install-policy"
    case packageManifest = "package-manifest"
    case packages
    case tierDependencies = "tier-deps"
    case altitudeDepth = "altitude-depth"

    /// The answer for the documents that are named, or for the root where none is.
    func answer(
        _ operands: [String],
        _ surroundings: Surroundings
    ) throws(OperationFault) -> Answer {
        switch self {
        case .attentionPolicy:
            return try documents(
                operands,
                or: "registries/policies/POL-ATTENTION-001.json",
                by: "urn:charter:schema:attention_policy:1",
                in: "attention",
                surroundings
            )
        case .installPolicy:
            return try documents(
                operands,
                or: "registries/policies/POL-INSTALL-001.json",
                by: "urn:charter:schema:install_policy:1",
                in: "install",
                surroundings
            )
        case .packageManifest:
            return try documents(
                operands,
                or: nil,
                by: "urn:charter:schema:package_manifest:1",
                in: nil,
                surroundings
            )
        case .packages, .tierDependencies:
            guard operands.isEmpty else {
                throw .usage(
                    "'charter validate \(rawValue)' judges the packages of the root; "
                        + "leave \"\(Printable(operands[0]))\" out."
                )
            }
            return try packages(surroundings)
        case .altitudeDepth: return try altitude(operands, surroundings)
        }
    }

    private func documents(
        _ operands: [String],
        or standard: String?,
        by id: String,
        in member: String?,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> Answer {
        let root = try surroundings.root()
        let book = try surroundings.state(of: root).book
        let own = standard.map { [root.directory.path + "/" + $0] } ?? []
        let paths = operands.isEmpty ? own : operands
        guard !paths.isEmpty else { throw nothingNamed }
        let known: Schema?
        do throws(LawFault) {
            known = try Schemas(book).schema(id)
        } catch {
            throw .law(error)
        }
        guard let known else { throw .notInLaw("schema \(id)") }
        var findings: [(String, Finding)] = []
        for path in paths {
            var subject = try surroundings.document(path)
            // A policy of the law holds what is judged in a member of its own.
            if let member, subject["type"]?.string == "policy" {
                subject = subject[member] ?? .null
            }
            findings += known.validate(subject).map { (path, $0) }
        }
        return Report.judgement(findings, Report.count(paths.count, "document"))
    }

    private var nothingNamed: OperationFault {
        .usage("Name the document to validate: charter validate \(rawValue) DOCUMENT.")
    }

    private func packages(_ surroundings: Surroundings) throws(OperationFault) -> Answer {
        let state = try surroundings.state(of: surroundings.root())
        let compiled = RegistryCompiler(tree: state.tree, book: state.book, locals: state.locals)
            .compile()
        let all = PackageRules(book: state.book, ownership: compiled.ownership)
            .judge(isSealed: false)
        let violations =
            self == .tierDependencies ? all.filter { $0.code == .tierDependency } : all
        guard violations.isEmpty else {
            return Report.refusal(
                violations,
                "\(Report.count(violations.count, "finding")) in the packages."
            )
        }
        return Report.judgement([], Report.count(state.book.packages.count, "package"))
    }

    /// The rules of FMWK-101 and FMWK-102 over the metadata of a document: the altitude decides how deep
    /// it must go, and who looks at it.
    private func altitude(
        _ operands: [String],
        _ surroundings: Surroundings
    ) throws(OperationFault) -> Answer {
        guard !operands.isEmpty else { throw nothingNamed }
        let book = try surroundings.lawBook()
        var governors: [Governor] = []
        for id in ["FMWK-101", "FMWK-102"] {
            guard let framework = book.framework(id) else { throw .notInLaw("framework \(id)") }
            var rules = framework.rules.object ?? JSONObject()
            rules["id"] = .string(framework.id.text)
            rules["version"] = .string(framework.version.description)
            do throws(LawFault) {
                governors.append(try Governor(.object(rules), library: Schemas(book).shared))
            } catch {
                throw .law(error)
            }
        }
        var findings: [(String, Finding)] = []
        for path in operands {
            let subject = try surroundings.document(path)
            let target = TreeTarget(
                files: [RelativePath: [UInt8]](),
                metadata: subject["metadata"] ?? subject
            )
            for governor in governors { findings += governor.judge(target).map { (path, $0) } }
        }
        return Report.judgement(findings, Report.count(operands.count, "document"))
    }
}
