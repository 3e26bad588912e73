/// Makes the code of one procedure.
///
/// It knows of each variable whether it is bound at the place that is being made. So the code has no
/// notion of an unbound variable: a first meeting is a move, every later one a test.
final class ProcedureAssembler {
    let assembler: Assembler
    let number: Int32
    var place = Program.Place(file: 0, position: SourcePosition(line: 1, column: 1))
    var variables = VariableTable()
    /// The variables that have a value at this place.
    var bound: Set<Variable> = []

    private var slots: [Variable: Slot] = [:]
    private var slotCount = 0
    private var markCount: Int32 = 0
    private var collectorCount: Int32 = 0
    private(set) var file = ""

    init(_ assembler: Assembler, number: Int32) {
        self.assembler = assembler
        self.number = number
        assembler.place(assembler.program.procedures[Int(number)].start)
    }

    var source: ResolvedPolicy { assembler.source }

    /// Writes the sizes of the frame down.
    func close() {
        assembler.update(number) {
            $0.slotCount = Int32(slotCount)
            $0.markCount = markCount
            $0.collectorCount = collectorCount
        }
    }

    // MARK: Frame

    func newSlot() -> Slot {
        slotCount += 1
        return Slot(slotCount - 1)
    }

    func newSlots(_ count: Int) -> SlotRange {
        let first = Slot(slotCount)
        slotCount += count
        return SlotRange(first: first, count: Int32(count))
    }

    func slot(of variable: Variable) -> Slot {
        if let known = slots[variable] { return known }
        let slot = newSlot()
        slots[variable] = slot
        return slot
    }

    func assign(_ variable: Variable, _ slot: Slot) {
        slots[variable] = slot
    }

    func newMark() -> Mark {
        markCount += 1
        return Mark(index: markCount - 1)
    }

    func newCollector() -> Collector {
        collectorCount += 1
        return Collector(index: collectorCount - 1)
    }

    /// Starts a rule or query: its variables are others than those before.
    func begin(_ variables: VariableTable, file: String) {
        self.variables = variables
        self.file = file
        slots = [:]
        bound = []
        place.file = assembler.file(file)
    }

    // MARK: Code

    func emit(_ instruction: Instruction) {
        assembler.emit(instruction, place)
    }

    func newLabel() -> Label { assembler.newLabel() }

    func land(_ label: Label) {
        assembler.place(label)
    }

    /// Emits code that is tried before what follows the label.
    ///
    /// What it binds is bound only inside.
    func attempt(otherwise label: Label, _ inside: () -> Void) {
        let before = bound
        emit(.choice(label))
        inside()
        bound = before
    }

    // MARK: Errors

    func refuse(_ code: PolicyErrorCode, at position: SourcePosition, _ message: String) {
        assembler.refuse(PolicyError(code, file: file, at: position, message))
    }

    func refuseUnsafe(_ variable: Variable, at position: SourcePosition) {
        let name = variables[variable].name
        refuse(
            .unsafeVariable,
            at: position,
            "var \(name) is unsafe: nothing gives it a value before it is needed."
        )
    }
}
