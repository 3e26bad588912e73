import Wire

/// Meta: a few work orders in hand, a medium loop over them.
struct MetaLoop: TierLogic {
    func account(of view: PlaneView) -> String {
        let orders =
            view.active.isEmpty
            ? "I hold no work order"
            : "I hold the work orders \(view.active.joined(separator: ", "))"
        return "\(orders), my ledger has \(view.entries) entries, and \(view.openQuestions) "
            + "questions wait for me."
    }

    func question(for subject: String, _ view: PlaneView) -> LoopQuestion? {
        LoopQuestion(
            subject: "order:\(subject)",
            to: .firstOrder,
            words: "How far are the tasks of the work order \(subject)?",
            route: []
        )
    }
}
