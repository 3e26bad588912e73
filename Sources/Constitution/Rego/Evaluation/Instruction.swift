/// A place for a value in the frame of a procedure, by its number there.
struct Slot: Hashable, Sendable {
    let index: Int32

    init(_ index: Int) { self.index = Int32(index) }
}

/// What an instruction reads: a slot, or a constant of the program.
struct Source: Hashable, Sendable {
    /// Slots from zero up, constants from minus one down.
    let code: Int32

    static func slot(_ slot: Slot) -> Source { Source(code: slot.index) }
    static func constant(_ index: Int) -> Source { Source(code: ~Int32(index)) }
}

/// A place in the code that is named before it is known.
struct Label: Hashable, Sendable {
    let index: Int32
}

/// Which of the frame's marks: heights of the choice stack, and flags.
struct Mark: Hashable, Sendable {
    let index: Int32
}

/// Which of the frame's collections in the making.
struct Collector: Hashable, Sendable {
    let index: Int32
}

/// Consecutive slots, as the arguments of a call.
struct SlotRange: Hashable, Sendable {
    let first: Slot
    let count: Int32
}

/// How two values are compared.
enum Comparison: Hashable, Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// One step of the evaluator.
///
/// Instructions hold numbers only: to run them costs no reference counting, and any number of threads
/// read the same code. An instruction either gives its result and the next one follows, or it fails:
/// then evaluation goes on at the last choice that is still open.
enum Instruction: Sendable {
    // MARK: Values

    case move(Source, into: Slot)
    case input(path: Int32, into: Slot)
    case base(path: Int32, into: Slot)
    case step(Source, key: Source, into: Slot)
    /// A step from base data, where a number finds the member that its text names.
    case baseStep(Source, key: Source, into: Slot)
    case element(Slot, index: Int32, into: Slot)
    case array(SlotRange, into: Slot)
    case set(SlotRange, into: Slot)
    /// Keys and values in turn.
    case object(SlotRange, into: Slot)
    case template(SlotRange, into: Slot)
    case compare(Comparison, Source, Source, into: Slot)
    case member(Source, of: Source, into: Slot)
    case memberAt(key: Source, Source, of: Source, into: Slot)

    // MARK: Tests

    case isTrue(Source)
    case test(Comparison, Source, Source)
    /// Compares a member of a value where it lies: most lines of most policies do nothing else.
    case testMember(Comparison, Source, key: Source, Source)
    case isArray(Source, count: Int32)
    case isObject(Source, count: Int32)
    case isCollection(Source)

    // MARK: Choices

    case choice(Label)
    /// Takes each member in turn; a slot below zero is not wanted.
    case scan(Source, key: Slot, value: Slot)
    case begin(Mark, otherwise: Label)
    /// Forgets the choices made since `begin`.
    case cut(Mark)
    case fail
    case jump(Label)
    case dispatch(Source, table: Int32)
    /// Chooses the rules that can hold by a value; the cursor is two marks.
    case select(Slot, table: Int32, Mark)
    case selectByInput(path: Int32, table: Int32, Mark)
    /// Goes to the next of the rules that were chosen.
    case candidate(Mark, end: Label)
    /// Jumps where the active replacement has something in place of a target.
    case replaced(target: Int32, Label)

    // MARK: Calls

    case rule(Int32, into: Slot)
    case function(Int32, SlotRange, into: Slot)
    case builtin(Int32, SlotRange, into: Slot)
    case relation(Int32, SlotRange, into: Slot)
    case mocked(target: Int32, SlotRange, into: Slot)

    // MARK: Collections in the making

    case collect(Collector)
    case append(Collector, Source)
    case insert(Collector, key: Source, Source)
    case insertDeep(Collector, path: SlotRange, Source, DeepKind)
    case mergeBase(Collector, Source)
    case finish(Collector, CollectionKind, into: Slot)

    // MARK: Results

    case clear(Mark)
    case offer(Source, result: Slot, found: Mark)
    case found(Mark, Label)
    case flag(Mark)
    case giveBack(Source)
    case giveBackUndefined
    case row

    // MARK: Replacements

    case enter(modifiers: Int32, SlotRange)
    case leave

    // MARK: Observation

    case print(SlotRange)
    case note(Int32)
}

/// What a collection becomes.
enum CollectionKind: Hashable, Sendable {
    case array, set, object
    /// An object of the values of rules: keys that stand twice with unequal values are a conflict.
    case rules
    /// A document made from rules whose heads have variables.
    case deep
}

/// How a value is put into a document in the making.
enum DeepKind: Hashable, Sendable {
    /// The value of the place.
    case value
    /// A member of the set at the place.
    case member
    /// All members of a set at the place.
    case members
}
