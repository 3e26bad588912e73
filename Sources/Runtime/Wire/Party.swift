/// Who can stand at an end of a message.
package enum Party: String, Hashable, Sendable, CaseIterable {
    case hot
    case meta
    case firstOrder = "first_order"
    /// The supervisor, which speaks for itself and carries what humans say.
    case supervisor
    /// A program that somebody runs, at the named socket of Meta.
    case agent
    case human

    /// The three that are processes of their own with a ledger.
    package static let planes: [Party] = [.hot, .meta, .firstOrder]

    /// The name that people use.
    package var title: String {
        switch self {
        case .hot: "HOT"
        case .meta: "Meta"
        case .firstOrder: "First Order"
        case .supervisor: "the supervisor"
        case .agent: "an agent"
        case .human: "a human"
        }
    }
}
