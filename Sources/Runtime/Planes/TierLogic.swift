import Canon
import Wire

/// What a plane knows of itself when it is asked, or when its loop comes round.
struct PlaneView: Sendable {
    let manifest: TierManifest
    /// The memory ledgers that are open, by name.
    let active: [String]
    let entries: Int
    let openQuestions: Int
    let now: Timestamp
}

/// A question that a loop wants to ask.
struct LoopQuestion: Sendable {
    /// The intent or work order that it serves.
    let subject: String
    let to: Party
    let words: String
    /// Whom the question is put on to.
    let route: [Party]
}

/// What sets one tier apart from the others: what it says, and what its loop asks.
///
/// Everything else that a plane does is the same for all three.
protocol TierLogic: Sendable {
    /// What the plane answers to a question about how things stand.
    func account(of view: PlaneView) -> String

    /// What the loop asks for one subject when it comes round; a plane without a loop is never asked.
    func question(for subject: String, _ view: PlaneView) -> LoopQuestion?
}

/// The logic of a tier.
enum TierLogics {
    static func of(_ party: Party) -> any TierLogic {
        switch party {
        case .hot: HotLoop()
        case .meta: MetaLoop()
        case .firstOrder: FirstOrderExecution()
        default: preconditionFailure("Only planes have a tier.")
        }
    }
}
