/// The loop that runs instructions.
extension Machine {
    /// Runs until the first frame gives back its value; `nil` is undefined.
    mutating func run() throws(EvaluationError) -> Value? {
        let code = image.program.code
        let procedure = image.program.procedures[Int(frame.procedure)]
        var pc = address(procedure.start)
        while true {
            guard context.budget.take(steps: 1) else { throw exhausted(.steps, at: pc) }
            let instruction = code[pc]
            pc &+= 1
            // A case that succeeds continues; one that fails leaves the switch.
            switch instruction {
            case .move(let from, let into):
                self[into] = value(from)
                continue
            case .input(let path, let into):
                if let found = inputValue(path) {
                    self[into] = found
                    continue
                }
            case .base(let path, let into):
                let names = image.program.paths[Int(path)]
                if let found = scopes[Int(scope)].data.at(names) {
                    self[into] = found
                    continue
                }
            case .step(let from, let key, let into):
                if let found = member(of: from, at: key) {
                    self[into] = found
                    continue
                }
            case .baseStep(let from, let key, let into):
                if let found = baseMember(value(from), value(key)) {
                    self[into] = found
                    continue
                }
            case .element(let from, let index, let into):
                if let found = element(Int(index), of: from) {
                    self[into] = found
                    continue
                }
            case .isTrue(let operand):
                if isTrue(operand) { continue }
            case .test(let comparison, let left, let right):
                if compare(comparison, left, right) { continue }
            case .testMember(let comparison, let from, let key, let other):
                if let found = member(of: from, at: key), compare(comparison, found, other) {
                    continue
                }
            case .compare(let comparison, let left, let right, let into):
                self[into] = .bool(compare(comparison, left, right))
                continue
            case .member(let member, let collection, let into):
                self[into] = .bool(contains(value(collection), value(member)))
                continue
            case .memberAt(let key, let member, let collection, let into):
                self[into] = .bool(value(collection)[value(key)] == value(member))
                continue
            case .isArray(let operand, let count):
                if isArray(operand, count: Int(count)) { continue }
            case .isObject(let operand, let count):
                if case .object(let object) = value(operand), object.count == Int(count) {
                    continue
                }
            case .isCollection(let operand):
                if value(operand).memberCount != nil { continue }
            case .array, .set, .object, .template:
                try make(instruction, at: pc)
                continue
            case .choice(let label):
                pushChoice(label)
                continue
            case .begin(let mark, let label):
                self[mark] = Int32(choices.count)
                pushChoice(label)
                continue
            case .cut(let mark):
                choices.removeLast(choices.count - Int(self[mark]))
                continue
            case .scan(let operand, let key, let value):
                if startScan(operand, key: key, value: value, at: pc) { continue }
            case .fail: break
            case .jump(let label):
                pc = address(label)
                continue
            case .dispatch(let operand, let table):
                if let label = image.program.tables[Int(table)][value(operand)] {
                    pc = address(label)
                }
                continue
            case .select(let slot, let table, let cursor):
                select(self[slot], table, cursor)
                continue
            case .selectByInput(let path, let table, let cursor):
                select(inputValue(path), table, cursor)
                continue
            case .candidate(let cursor, let end):
                pc = nextCandidate(cursor, end: end)
                continue
            case .replaced(let target, let label):
                if scope != 0, scopes[Int(scope)].replaced[Int(target)] { pc = address(label) }
                continue
            case .rule(let procedure, let into):
                switch try call(rule: procedure, into: into, from: pc) {
                case .known: continue
                case .undefined: break
                case .entered(let start):
                    pc = start
                    continue
                }
            case .function(let procedure, let arguments, let into):
                pc = try call(function: procedure, arguments, into: into, from: pc)
                continue
            case .builtin(let number, let arguments, let into):
                if try call(builtin: number, arguments, into: into, at: pc) { continue }
            case .relation(let number, let arguments, let into):
                if try call(builtin: number, arguments, into: into, at: pc),
                    startScan(.slot(into), key: .none, value: into, at: pc)
                {
                    continue
                }
            case .mocked(let target, let arguments, let into):
                if let next = try call(mockOf: target, arguments, into: into, from: pc) {
                    pc = next
                    continue
                }
            case .collect(let collector):
                collections[collection(collector)].reset()
                continue
            case .append(let collector, let operand):
                try charge(values: 1, at: pc)
                let member = value(operand)
                collections[collection(collector)].values.append(member)
                continue
            case .insert, .insertDeep, .mergeBase, .finish:
                try gather(instruction, at: pc)
                continue
            case .clear(let mark):
                self[mark] = 0
                continue
            case .flag(let mark):
                self[mark] = 1
                continue
            case .found(let mark, let label):
                if self[mark] != 0 { pc = address(label) }
                continue
            case .offer(let operand, let result, let found):
                try offer(value(operand), result: result, found: found, at: pc)
                continue
            case .giveBack(let operand):
                let result = value(operand)
                guard let next = finish(with: result) else { return result }
                pc = next
                continue
            case .giveBackUndefined:
                choices.removeLast(choices.count - Int(frame.choiceHeight))
            case .row:
                try charge(values: rowSlots.count + 2, at: pc)
                rows.append(rowSlots.map { self[$0] })
            case .enter(let list, let values):
                try enter(list, values, at: pc)
                continue
            case .leave:
                leave()
                continue
            case .print(let range):
                announce(range, at: pc)
                continue
            case .note(let spot):
                observer?.passed(image.program.spots[Int(spot)])
                continue
            }
            guard let next = goBack() else { return nil }
            pc = next
        }
    }

    // MARK: Values

    private func inputValue(_ path: Int32) -> Value? {
        guard let input = scopes[Int(scope)].input else { return nil }
        return input.at(image.program.paths[Int(path)])
    }

    /// A member of base data; names of documents are strings, so a number is looked up as its text.
    private func baseMember(_ data: Value, _ key: Value) -> Value? {
        if let found = data[key] { return found }
        guard case .object = data, case .number(let number) = key else { return nil }
        return data[.text(number.text)]
    }

    private func contains(_ collection: Value, _ member: Value) -> Bool {
        switch collection {
        case .array(let array): array.elements.contains(member)
        case .set(let set): set.contains(member)
        case .object(let object): object.members.contains { $0.value == member }
        default: false
        }
    }

    private mutating func make(
        _ instruction: Instruction,
        at pc: Int
    ) throws(EvaluationError) {
        switch instruction {
        case .array(let range, let into):
            try charge(values: Int(range.count) + 2, at: pc)
            try keep(.array(ArrayValue(Array(slice(range)))), in: into, at: pc)
        case .set(let range, let into):
            try charge(values: Int(range.count) + 2, at: pc)
            try keep(.set(SetValue(Array(slice(range)))), in: into, at: pc)
        case .object(let range, let into):
            try charge(values: Int(range.count) + 2, at: pc)
            try keep(.object(object(slice(range))), in: into, at: pc)
        case .template(let range, let into):
            var bytes: [UInt8] = []
            for part in slice(range) {
                // Each part is text, or the set of the values that an expression has.
                if case .string(let text) = part { text.append(to: &bytes) }
                if case .set(let values) = part {
                    try writePart(values, to: &bytes, at: pc)
                }
            }
            try charge(values: 2 + bytes.count / MemoryLayout<Value>.stride, at: pc)
            self[into] = .string(Text(bytes))
        default: preconditionFailure("Only instructions that make values are made here.")
        }
    }

    private func writePart(
        _ values: SetValue,
        to bytes: inout [UInt8],
        at pc: Int
    ) throws(EvaluationError) {
        guard let value = values.elements.first else {
            bytes.append(contentsOf: "<undefined>".utf8)
            return
        }
        guard values.count == 1 else {
            throw error(
                .conflict,
                "a part of a template string must not produce multiple outputs",
                at: pc
            )
        }
        if case .string(let text) = value {
            text.append(to: &bytes)
        } else {
            value.writeSource(to: &bytes)
        }
    }

    private func object(_ parts: ArraySlice<Value>) -> ObjectValue {
        var members: [ObjectValue.Member] = []
        members.reserveCapacity(parts.count / 2)
        for index in stride(from: parts.startIndex, to: parts.endIndex, by: 2) {
            members.append(.init(key: parts[index], value: parts[index + 1]))
        }
        return ObjectValue(members)
    }

    // MARK: Collections

    func collection(_ collector: Collector) -> Int {
        Int(frame.collectionBase &+ collector.index)
    }

    private mutating func gather(
        _ instruction: Instruction,
        at pc: Int
    ) throws(EvaluationError) {
        switch instruction {
        case .insert(let collector, let key, let operand):
            try charge(values: 2, at: pc)
            let (key, member) = (value(key), value(operand))
            collections[collection(collector)].keys.append(key)
            collections[collection(collector)].values.append(member)
        case .insertDeep(let collector, let path, let operand, let kind):
            try charge(values: Int(path.count) + 4, at: pc)
            let (steps, contribution) = (slice(path), value(operand))
            do {
                try collections[collection(collector)].deep.add(contribution, as: kind, at: steps)
            } catch {
                throw self.error(.conflict, "object keys must be unique", at: pc)
            }
        case .mergeBase(let collector, let operand):
            if case .object(let object) = value(operand) {
                try charge(values: object.count, at: pc)
                collections[collection(collector)].base = object
            }
        case .finish(let collector, let kind, let into):
            let made: Value
            do {
                made = try collections[collection(collector)].finished(kind)
            } catch {
                throw self.error(.conflict, "object keys must be unique", at: pc)
            }
            try keep(made, in: into, at: pc)
        default: preconditionFailure("Only instructions about collections are made here.")
        }
    }

    private mutating func offer(
        _ value: Value,
        result: Slot,
        found: Mark,
        at pc: Int
    ) throws(EvaluationError) {
        guard self[found] != 0 else {
            self[result] = value
            self[found] = 1
            return
        }
        guard self[result] != value else { return }
        let name = image.program.names[Int(frame.procedure)]
        let sentence =
            image.program.procedures[Int(frame.procedure)].isFunction
            ? "functions must not produce multiple outputs for same inputs"
            : "complete rules must not produce multiple outputs"
        throw error(.conflict, "\(sentence): \(name)", at: pc)
    }

    private func announce(_ range: SlotRange, at pc: Int) {
        guard let observer else { return }
        var bytes: [UInt8] = []
        for part in slice(range) {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
            guard case .set(let values) = part else { continue }
            guard let value = values.elements.first else {
                bytes.append(contentsOf: "<undefined>".utf8)
                continue
            }
            if case .string(let text) = value {
                text.append(to: &bytes)
            } else {
                value.writeSource(to: &bytes)
            }
        }
        let place = image.program.places[pc - 1]
        observer.printed(
            String(decoding: bytes, as: UTF8.self),
            file: image.program.files[Int(place.file)],
            line: place.position.line
        )
    }
}
