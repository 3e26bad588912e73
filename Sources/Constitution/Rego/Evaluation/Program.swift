/// The code of a policy or query, and everything that it refers to by number.
///
/// It is a value without references back, frozen when it is built.
struct Program: Sendable {
    /// One rule, function or document as code.
    struct Procedure: Sendable {
        var start: Label
        var slotCount: Int32 = 0
        var markCount: Int32 = 0
        var collectorCount: Int32 = 0
        /// Whether it takes arguments; such a value is not remembered.
        var isFunction = false
    }

    /// What one `with` list replaces, in order.
    struct ModifierList: Sendable {
        var targets: [Target] = []

        /// One replacement; its value stands in the next slot of the range given with `enter`.
        enum Target: Sendable {
            case input([Text])
            case data(target: Int32, [Text])
            /// A function replaced by a value.
            case functionValue(target: Int32)
            case functionProcedure(target: Int32, Int32)
            case functionBuiltin(target: Int32, Int32)
        }
    }

    /// Which rules can hold for which value.
    struct CandidateTable: Sendable {
        let byValue: [Value: Int32]
        let otherwise: Int32
    }

    /// A place in the text of a policy.
    struct Place: Hashable, Sendable {
        var file: Int32
        var position: SourcePosition
    }

    var code: [Instruction] = []
    /// Where in the text each instruction comes from.
    var places: [Place] = []
    var labels: [Int32] = []
    var constants: [Value] = []
    var paths: [[Text]] = []
    var builtins: [Builtin] = []
    var procedures: [Procedure] = []
    /// The name of each procedure, for people: `data.a.allow`.
    var names: [String] = []
    var tables: [[Value: Label]] = []
    /// Lists of rules that can hold together, and which list goes with which value.
    var candidates: [[Label]] = []
    var candidateTables: [CandidateTable] = []
    var modifierLists: [ModifierList] = []
    var targetCount = 0
    var spots: [Spot] = []
    var files: [String] = []
    /// Base data.
    var data: Value = .object(.empty)
    /// Patterns that stand in the policy, compiled once.
    var patterns = PatternLibrary()
}
