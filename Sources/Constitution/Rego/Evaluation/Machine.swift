/// Evaluates a program for one decision.
///
/// Three stacks and no recursion: frames of procedures that were called, choices that are still open,
/// and the slots of all frames. An instruction that fails takes up the last open choice again. As no
/// depth of policy or input becomes depth of the thread's stack, none can overflow it.
struct Machine {
    let image: ProgramImage
    /// The constants of the program, at hand.
    let constants: [Value]
    var context: BuiltinContext
    let isStrict: Bool
    let depthMax: Int
    let observer: (any DecisionObserver)?

    /// The slots of all frames, the running one last.
    var slots: [Value] = []
    var marks: [Int32] = []
    var collections: [CollectionInProgress] = []
    var choices: [ChoicePoint] = []
    /// The frames below the running one.
    var callers: [Frame] = []
    var frame: Frame
    /// The replacements in force: an index of `scopes`.
    var scope: Int32 = 0
    var scopes: [ReplacementScope]
    /// The values of rules where nothing is replaced; empty in large programs, of which a decision
    /// needs few rules: then the first scope remembers.
    var memo: [ReplacementScope.Memo?]
    private static let denseMemoMax = 256
    /// The slots of all frames together: 24 MB at most, and those of one more frame.
    static let slotsMax = 1 << 20

    /// What a query found: the values of its row slots.
    var rows: [[Value]] = []
    let rowSlots: [Slot]

    init(
        image: ProgramImage,
        input: Value?,
        context decision: DecisionContext,
        rowSlots: [Slot] = [],
        observer: (any DecisionObserver)?
    ) {
        self.image = image
        constants = image.program.constants
        self.observer = observer
        self.rowSlots = rowSlots
        context = BuiltinContext(
            budget: decision.budget,
            nowNanoseconds: decision.nowNanoseconds,
            seed: decision.seed,
            zones: decision.zones,
            patterns: image.program.patterns
        )
        isStrict = decision.isStrict
        depthMax = decision.depthMax
        scopes = [
            ReplacementScope(parent: 0, input: input, data: image.program.data, replaced: [])
        ]
        let count = image.program.procedures.count
        memo = count <= Machine.denseMemoMax ? Array(repeating: nil, count: count) : []
        frame = Frame(procedure: 0, returnAddress: Frame.noAddress, into: Slot(0))
        slots.reserveCapacity(64)
    }

    /// Runs one procedure to its value; `nil` is undefined.
    mutating func value(of procedure: Int32) throws(EvaluationError) -> Value? {
        start(procedure)
        return try run()
    }

    /// Runs the procedure of a query for all its rows.
    mutating func rows(of procedure: Int32) throws(EvaluationError) -> [[Value]] {
        start(procedure)
        _ = try run()
        return rows
    }

    private mutating func start(_ procedure: Int32) {
        frame = Frame(procedure: procedure, returnAddress: Frame.noAddress, into: Slot(0))
        makeRoom(for: image.program.procedures[Int(procedure)])
    }

    // MARK: Slots

    subscript(slot: Slot) -> Value {
        get { slots[Int(frame.slotBase &+ slot.index)] }
        set { slots[Int(frame.slotBase &+ slot.index)] = newValue }
    }

    func value(_ operand: Source) -> Value {
        operand.code >= 0
            ? slots[Int(frame.slotBase &+ operand.code)]
            : constants[Int(~operand.code)]
    }

    subscript(mark: Mark) -> Int32 {
        get { marks[Int(frame.markBase &+ mark.index)] }
        set { marks[Int(frame.markBase &+ mark.index)] = newValue }
    }

    func slice(_ range: SlotRange) -> ArraySlice<Value> {
        let first = Int(frame.slotBase &+ range.first.index)
        return slots[first..<first + Int(range.count)]
    }

    func address(_ label: Label) -> Int { Int(image.program.labels[Int(label.index)]) }

    // MARK: Errors

    func error(
        _ kind: EvaluationError.Kind,
        _ message: String,
        at pc: Int
    ) -> EvaluationError {
        let place = image.program.places[max(0, pc - 1)]
        return EvaluationError(
            kind: kind,
            message: message,
            file: image.program.files[Int(place.file)],
            position: place.position
        )
    }

    func exhausted(_ resource: WorkBudget.Resource, at pc: Int) -> EvaluationError {
        switch resource {
        case .steps:
            error(.steps, "the decision took more steps than its budget has", at: pc)
        case .bytes:
            error(.memory, "the decision made larger values than its budget allows", at: pc)
        }
    }

    /// Charges values that are about to be held.
    mutating func charge(values count: Int, at pc: Int) throws(EvaluationError) {
        guard context.budget.take(bytes: count &* MemoryLayout<Value>.stride) else {
            throw exhausted(.bytes, at: pc)
        }
    }
}

/// One call of a procedure that has not ended.
struct Frame {
    let procedure: Int32
    /// Where the caller goes on.
    let returnAddress: Int32
    /// Where the caller wants the value.
    let into: Slot
    var slotBase: Int32 = 0
    var markBase: Int32 = 0
    var collectionBase: Int32 = 0
    /// The open choices when it was called: what it may not touch.
    var choiceHeight: Int32 = 0
    /// The replacements in force when it was called.
    var scope: Int32 = 0
    var scopeCount: Int32 = 1

    /// The address of who has none: the first frame returns to the host.
    static let noAddress: Int32 = -1
}

/// A place where evaluation can go on when what was tried behind it failed.
struct ChoicePoint {
    /// Everything but the members, so that it is read without counting a reference.
    struct Point {
        /// Where it goes on.
        let address: Int32
        let scope: Int32
        let scopeCount: Int32
        /// The next member of a scan.
        var position: Int32
        let count: Int32
        let key: Slot
        let value: Slot
    }

    var point: Point
    /// The members that a scan goes through.
    let members: Value

    /// The position of a choice that is no scan.
    static let plain: Int32 = -1
}

/// A finished program, shared by all who evaluate it.
final class ProgramImage: Sendable {
    let program: Program

    init(_ program: Program) {
        self.program = program
    }
}
