/// Open choices: where evaluation goes on when something failed.
extension Machine {
    mutating func pushChoice(_ label: Label) {
        let point = ChoicePoint.Point(
            address: Int32(address(label)),
            scope: scope,
            scopeCount: Int32(scopes.count),
            position: ChoicePoint.plain,
            count: 0,
            key: .none,
            value: .none
        )
        choices.append(ChoicePoint(point: point, members: .null))
    }

    /// Chooses the rules that can hold for a value.
    mutating func select(_ value: Value?, _ table: Int32, _ cursor: Mark) {
        let table = image.program.candidateTables[Int(table)]
        let list = value.flatMap { table.byValue[$0] } ?? table.otherwise
        self[cursor] = list
        marks[Int(frame.markBase &+ cursor.index) + 1] = 0
    }

    /// The address of the next rule that was chosen, or of what comes behind all rules.
    mutating func nextCandidate(_ cursor: Mark, end: Label) -> Int {
        let place = Int(frame.markBase &+ cursor.index)
        let list = image.program.candidates[Int(marks[place])]
        let position = Int(marks[place + 1])
        guard position < list.count else { return address(end) }
        marks[place + 1] += 1
        return address(list[position])
    }

    /// Takes the first member of a collection and leaves the others as a choice; says whether there
    /// is one.
    mutating func startScan(_ operand: Source, key: Slot, value: Slot, at pc: Int) -> Bool {
        let members = self.value(operand)
        guard let count = members.memberCount, count > 0 else { return false }
        if count > 1 {
            let point = ChoicePoint.Point(
                address: Int32(pc),
                scope: scope,
                scopeCount: Int32(scopes.count),
                position: 1,
                count: Int32(count),
                key: key,
                value: value
            )
            choices.append(ChoicePoint(point: point, members: members))
        }
        if value.isWanted { self[value] = members.value(at: 0) }
        if key.isWanted { self[key] = members.key(at: 0) }
        return true
    }

    /// Takes up the last open choice of the running frame and says where to go on.
    ///
    /// A frame that has none left is undefined, and its caller fails in turn; `nil` when that was the
    /// first frame.
    mutating func goBack() -> Int? {
        while true {
            let last = choices.count - 1
            guard last >= Int(frame.choiceHeight) else {
                guard frame.returnAddress != Frame.noAddress else { return nil }
                finishUndefined()
                continue
            }
            let point = choices[last].point
            scope = point.scope
            if scopes.count > Int(point.scopeCount) {
                scopes.removeLast(scopes.count - Int(point.scopeCount))
            }
            guard point.position >= 0 else {
                choices.removeLast()
                return Int(point.address)
            }
            let position = Int(point.position)
            if point.value.isWanted {
                self[point.value] = choices.span[last].members.value(at: position)
            }
            if point.key.isWanted {
                self[point.key] = choices.span[last].members.key(at: position)
            }
            if position + 1 < Int(point.count) {
                choices[last].point.position = point.position + 1
            } else {
                choices.removeLast()
            }
            return Int(point.address)
        }
    }
}

extension Value {
    /// What stands at a place of a collection; of a set the member itself.
    func value(at place: Int) -> Value {
        switch self {
        case .array(let array): array.elements[place]
        case .set(let set): set.elements[place]
        case .object(let object): object.members[place].value
        default: preconditionFailure("Only collections are gone through.")
        }
    }

    /// The key of a place of a collection: an index, a key, or the member of a set itself.
    func key(at place: Int) -> Value {
        switch self {
        case .array: .integer(place)
        case .set(let set): set.elements[place]
        case .object(let object): object.members[place].key
        default: preconditionFailure("Only collections are gone through.")
        }
    }
}

extension Slot {
    /// The slot of what nobody wants.
    static let none = Slot(-1)

    var isWanted: Bool { index >= 0 }
}
