import Canon
import Crypto
import Gates
import Host
import Policy

/// `charter policy decide QUERY`.
struct PolicyDecideVerb {
    static let operation = Operation(
        words: ["policy", "decide"],
        summary: "ask for a decision, as gates do, with its reasons and the next step",
        details: """
            QUERY is a document. Its value is read as a decision: true or false; an object with a
            verdict; or, as in conftest, the sets deny, violation and warn of a package. Undefined, a
            failing built-in, an input that cannot be read and a missing bundle are denials. Each
            reason names its rule, file and line, and what to do.

            --active BUNDLE asks the policies that are active for this root; --bundle PATH asks those
            of a directory or a file, signed or not. Exit status 1 unless the decision is allow.

            --mode audit says what would be denied and answers 0; dry-run asks a candidate beside the
            active bundle and enforces the active one. --log FILE appends the decision as one line of
            JSON, without what the bundle masks; 'policy diff' reads such files.
            Example: charter policy decide data.main --bundle policy --input deployment.json
            """,
        operands: [.init(name: "QUERY", summary: "a document, such as data.PACKAGE.RULE")],
        options: [
            PolicyInput.option,
            .init(name: "active", value: "BUNDLE", summary: "ask an active bundle of this root"),
        ] + PolicySources.options + [
            .init(name: "mode", value: "MODE", summary: "enforce (the default), dry-run or audit"),
            .init(name: "subject", value: "TEXT", summary: "who asks, for the log"),
            .init(name: "log", value: "FILE", summary: "append the decision to this file"),
        ]
    ) { request, surroundings throws(OperationFault) in
        try PolicyDecideVerb(request, surroundings).answer()
    }

    /// A log that grows beyond this is one to rotate.
    private static let logBytesMax = 64 << 20

    private let request: Request
    private let surroundings: Surroundings

    private init(_ request: Request, _ surroundings: Surroundings) {
        self.request = request
        self.surroundings = surroundings
    }

    private func answer() throws(OperationFault) -> Answer {
        guard let query = QueryPath(request.operands[0]) else {
            throw .usage(
                "\"\(Printable(request.operands[0]))\" names no document; "
                    + "ask for one such as data.app.allow."
            )
        }
        let asked = DecisionRequest(
            id: String(Digest.sha256(of: surroundings.randomness.bytes(16)).hex.prefix(16)),
            query: query,
            input: try PolicyInput(request, surroundings).forDecision,
            mode: try mode(),
            time: Timestamp(nanoseconds: surroundings.clock.now),
            subject: request.option("subject") ?? ""
        )
        let point = try point()
        let decision = point.decide(asked)
        if let log = request.option("log") {
            try append(DecisionRecord(asked, decision, masks: point.masks), to: log)
        }
        return Report.decision(decision)
    }

    private func mode() throws(OperationFault) -> DecisionMode {
        switch request.option("mode") {
        case nil, "enforce": return .enforce
        case "dry-run": return .dryRun
        case "audit": return .audit
        case let word?:
            throw .usage(
                "--mode is enforce, dry-run or audit; \"\(Printable(word))\" is none of them."
            )
        }
    }

    private func point() throws(OperationFault) -> BundleDecisionPoint {
        guard let name = request.option("active") else {
            return BundleDecisionPoint(.ready(try PolicySources(request, surroundings).loaded()))
        }
        guard request.option("bundle") == nil, request.option("data") == nil else {
            throw .usage("--active asks what is active as it is; leave --bundle and --data out.")
        }
        return try RootPolicies(surroundings).shelf().decisionPoint(for: name)
    }

    /// The log is there whole, with the decision or without it, whenever the machine stops.
    private func append(
        _ record: DecisionRecord,
        to path: String
    ) throws(OperationFault) {
        do throws(HostFault) {
            let parts = surroundings.absolute(path).split(separator: "/")
            let name = parts.last.map(String.init) ?? ""
            let directory = try Directory.open("/" + parts.dropLast().joined(separator: "/"))
            let lock = try FileLock.acquire(".\(name).lock", in: directory, waiting: true)
            defer { withExtendedLifetime(lock) {} }
            var text: [UInt8] = []
            if try directory.facts(of: name) != nil {
                text = try directory.readWhole(name, limit: PolicyDecideVerb.logBytesMax)
            }
            try DurableFile.replace(name, with: text + record.line, in: directory, mode: 0o600)
        } catch {
            throw .host(error)
        }
    }
}
