import Canon
import Gates
import Host
import Policy
import Rego

/// `charter policy activate DIR`.
enum PolicyActivateVerb {
    static let operation = Operation(
        words: ["policy", "activate"],
        summary: "let a signed bundle decide for this root",
        details: """
            The signature must be that of a trusted key over exactly these files, the review that was
            made before signing must hold again, and no other active bundle may own the same places of
            data. Then a copy is kept outside the root and switched to; a crash leaves the old bundle or
            the new one. The one before is kept to go back to, and decides should the copy be damaged.

            --dry-run checks all this and changes nothing.
            --canary PERCENT tries the bundle beside the active one: both are asked, and it decides for
            so many of a hundred inputs, the same ones each time. 0 only records what it would say.
            Example: charter policy activate build/app
            """,
        power: .author,
        operands: [.init(name: "DIR", summary: "a signed bundle")],
        options: [
            .init(name: "dry-run", value: nil, summary: "check everything, change nothing"),
            .init(name: "canary", value: "PERCENT", summary: "try it beside the active one"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let use = try use(request)
        let bundle = try surroundings.bundle(request.operands[0])
        let policies = try RootPolicies(surroundings)
        let shelf = try policies.shelf()
        let actor = try policies.actor()
        let time = Timestamp(nanoseconds: surroundings.clock.now)
        func activate() throws(GatesFault) -> ShelfState {
            try shelf.activate(bundle, as: use, by: actor, at: time)
        }
        // A trial changes nothing, so there is nothing to record.
        let result: Result<ShelfState, GatesFault> =
            use == .trial
            ? Result { () throws(GatesFault) in try activate() }
            : try policies.changing(
                "activate",
                about: ["bundle:\(bundle.name)", "revision:\(bundle.revision)"],
                surroundings,
                activate
            )
        do throws(GatesFault) {
            let state = try result.get()
            let words =
                switch use {
                case .active: "active"
                case .trial: "fit to be active; nothing was changed"
                case .candidate(let percent): "the candidate for \(percent) % of all inputs"
                }
            return Answer(
                json: ["verdict": .string(use.word), "state": state.json],
                lines: [
                    "\(Printable(bundle.name)) revision \(Printable(bundle.revision)) is \(words)"
                ]
            )
        } catch {
            return try refusal(error, bundle, time)
        }
    }

    private static func use(_ request: Request) throws(OperationFault) -> PolicyShelf.Use {
        guard let text = request.option("canary") else {
            return request.has("dry-run") ? .trial : .active
        }
        guard !request.has("dry-run") else {
            throw .usage("--dry-run changes nothing and --canary does; give one of them.")
        }
        guard let percent = Int(text), (0...100).contains(percent) else {
            throw .usage("--canary takes a number from 0 to 100.")
        }
        return .candidate(percent: percent)
    }

    /// What the shelf refuses is an answer; a bundle that fails its review is told in full.
    private static func refusal(
        _ fault: GatesFault,
        _ bundle: PolicyBundle,
        _ time: Timestamp
    ) throws(OperationFault) -> Answer {
        guard case .refused(.reviewFailed) = fault else { return try Report.refusal(fault) }
        let context = DecisionContext(nowNanoseconds: time.nanoseconds)
        return Report.refusal(BundleReview(of: bundle, in: context), "not activated.")
    }
}

extension PolicyShelf.Use {
    fileprivate var word: String {
        switch self {
        case .active: "active"
        case .trial: "fit"
        case .candidate: "candidate"
        }
    }
}
