import Wire

/// HOT: one intent in view, a slow loop over what comes of it.
struct HotLoop: TierLogic {
    func account(of view: PlaneView) -> String {
        let intent =
            view.active.first.map { "I keep the intent \($0) in view" }
            ?? "I keep no intent in view; a human sets one"
        return "\(intent), my ledger has \(view.entries) entries, and \(view.openQuestions) "
            + "questions wait for me."
    }

    func question(for subject: String, _ view: PlaneView) -> LoopQuestion? {
        LoopQuestion(
            subject: "intent:\(subject)",
            to: .meta,
            words: "What has come of the intent \(subject) since I asked last?",
            route: [.firstOrder]
        )
    }
}
