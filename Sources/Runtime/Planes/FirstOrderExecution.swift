import Wire

/// First Order: many tasks at once, and no loop: it acts when it is asked, and never of itself.
struct FirstOrderExecution: TierLogic {
    func account(of view: PlaneView) -> String {
        let tasks =
            view.active.isEmpty
            ? "I execute no task now" : "I execute \(view.active.count) tasks now"
        return "\(tasks), my ledger has \(view.entries) entries, and \(view.openQuestions) "
            + "questions wait for me."
    }

    func question(for subject: String, _ view: PlaneView) -> LoopQuestion? { nil }
}
