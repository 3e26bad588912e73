/// Open choices: where evaluation goes on when something failed.
extension Machine {
    mutating func pushChoice(_ label: Label) {
        choices.append(
            ChoicePoint(
                address: Int32(address(label)),
                scope: scope,
                scopeCount: Int32(scopes.count),
                members: .null,
                position: ChoicePoint.plain,
                key: .none,
                value: .none
            )
        )
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
            choices.append(
                ChoicePoint(
                    address: Int32(pc),
                    scope: scope,
                    scopeCount: Int32(scopes.count),
                    members: members,
                    position: 1,
                    key: key,
                    value: value
                )
            )
        }
        take(0, of: members, key: key, value: value)
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
            let choice = choices[last]
            scope = choice.scope
            if scopes.count > Int(choice.scopeCount) {
                scopes.removeLast(scopes.count - Int(choice.scopeCount))
            }
            guard choice.position >= 0 else {
                choices.removeLast()
                return Int(choice.address)
            }
            let position = Int(choice.position)
            if position + 1 < choice.members.memberCount ?? 0 {
                choices[last].position = choice.position + 1
            } else {
                choices.removeLast()
            }
            take(position, of: choice.members, key: choice.key, value: choice.value)
            return Int(choice.address)
        }
    }

    private mutating func take(_ position: Int, of members: Value, key: Slot, value: Slot) {
        switch members {
        case .array(let array):
            if key.isWanted { self[key] = .integer(position) }
            if value.isWanted { self[value] = array.elements[position] }
        case .set(let set):
            let member = set.elements[position]
            if key.isWanted { self[key] = member }
            if value.isWanted { self[value] = member }
        case .object(let object):
            if key.isWanted { self[key] = object.members[position].key }
            if value.isWanted { self[value] = object.members[position].value }
        default: break
        }
    }
}

extension Slot {
    /// The slot of what nobody wants.
    static let none = Slot(-1)

    var isWanted: Bool { index >= 0 }
}
