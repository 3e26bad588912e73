/// Calls of rules, functions and built-ins.
extension Machine {
    /// What became of the call of a rule.
    enum RuleCall {
        case known
        case undefined
        case entered(Int)
    }

    mutating func call(
        rule number: Int32,
        into: Slot,
        from pc: Int
    ) throws(EvaluationError) -> RuleCall {
        switch remembered(number) {
        case .value(let known)?:
            self[into] = known
            return .known
        case .undefined?:
            return .undefined
        case nil:
            try push(number, into: into, from: pc)
            return .entered(address(image.program.procedures[Int(number)].start))
        }
    }

    mutating func call(
        function number: Int32,
        _ arguments: SlotRange,
        into: Slot,
        from pc: Int
    ) throws(EvaluationError) -> Int {
        let first = Int(frame.slotBase &+ arguments.first.index)
        try push(number, into: into, from: pc)
        let base = Int(frame.slotBase)
        for index in 0..<Int(arguments.count) { slots[base + index] = slots[first + index] }
        return address(image.program.procedures[Int(number)].start)
    }

    /// Calls a built-in; says whether it has a value.
    mutating func call(
        builtin number: Int32,
        _ arguments: SlotRange,
        into: Slot,
        at pc: Int
    ) throws(EvaluationError) -> Bool {
        let first = Int(frame.slotBase &+ arguments.first.index)
        let result: Value?
        do {
            result = try Machine.evaluate(
                image.program.builtins[Int(number)],
                slots,
                first..<first + Int(arguments.count),
                &context
            )
        } catch {
            try halt(on: error, in: number, at: pc)
            return false
        }
        guard let result else { return false }
        self[into] = result
        return true
    }

    /// Lends a built-in its arguments: a range of slots, not copied.
    private static func evaluate(
        _ builtin: Builtin,
        _ slots: [Value],
        _ arguments: Range<Int>,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value? {
        try builtin.evaluate(slots.span.extracting(arguments), &context)
    }

    /// Ends the decision for an error of a built-in, where it is one that must.
    private func halt(
        on error: BuiltinError,
        in number: Int32,
        at pc: Int
    ) throws(EvaluationError) {
        let name = image.program.builtins[Int(number)].name
        switch error {
        case .exhausted(let resource): throw exhausted(resource, at: pc)
        case .type(let message):
            if isStrict { throw self.error(.type, "\(name): \(message)", at: pc) }
        case .failed(let message):
            if isStrict { throw self.error(.builtin, "\(name): \(message)", at: pc) }
        }
    }

    /// Calls what stands in place of a function; `nil` when that is undefined.
    mutating func call(
        mockOf target: Int32,
        _ arguments: SlotRange,
        into: Slot,
        from pc: Int
    ) throws(EvaluationError) -> Int? {
        switch scopes[Int(scope)].mocks[target] {
        case .value(let value)?:
            self[into] = value
            return pc
        case .builtin(let number)?:
            return try call(builtin: number, arguments, into: into, at: pc) ? pc : nil
        case .procedure(let number)?:
            let next = try call(function: number, arguments, into: into, from: pc)
            enterWithoutMocks()
            return next
        case nil:
            preconditionFailure("A function that is replaced has a replacement.")
        }
    }

    // MARK: Frames

    private mutating func push(
        _ number: Int32,
        into: Slot,
        from pc: Int
    ) throws(EvaluationError) {
        guard callers.count < depthMax else {
            throw error(.depth, "rules call each other deeper than a decision may go", at: pc)
        }
        let running = image.program.procedures[Int(frame.procedure)]
        var next = Frame(procedure: number, returnAddress: Int32(pc), into: into)
        next.slotBase = frame.slotBase + running.slotCount
        next.markBase = frame.markBase + running.markCount
        next.collectionBase = frame.collectionBase + running.collectorCount
        next.choiceHeight = Int32(choices.count)
        next.scope = scope
        next.scopeCount = Int32(scopes.count)
        callers.append(frame)
        frame = next
        guard Int(next.slotBase) < Machine.slotsMax else {
            throw error(.depth, "rules call each other deeper than a decision may go", at: pc)
        }
        makeRoom(for: image.program.procedures[Int(number)])
    }

    mutating func makeRoom(for procedure: Program.Procedure) {
        let slotsNeeded = Int(frame.slotBase + procedure.slotCount)
        while slots.count < slotsNeeded { slots.append(.null) }
        let marksNeeded = Int(frame.markBase + procedure.markCount)
        while marks.count < marksNeeded { marks.append(0) }
        let collectionsNeeded = Int(frame.collectionBase + procedure.collectorCount)
        while collections.count < collectionsNeeded {
            collections.append(CollectionInProgress())
        }
    }

    /// Ends the running frame with a value; says where the caller goes on, `nil` for the host.
    mutating func finish(with value: Value) -> Int? {
        let ended = frame
        guard let caller = close() else { return nil }
        remember(.value(value), of: ended)
        frame = caller
        self[ended.into] = value
        return Int(ended.returnAddress)
    }

    /// Ends the running frame without a value.
    mutating func finishUndefined() {
        let ended = frame
        guard let caller = close() else { return }
        remember(.undefined, of: ended)
        frame = caller
    }

    private mutating func close() -> Frame? {
        choices.removeLast(choices.count - Int(frame.choiceHeight))
        scope = frame.scope
        if scopes.count > Int(frame.scopeCount) {
            scopes.removeLast(scopes.count - Int(frame.scopeCount))
        }
        guard frame.returnAddress != Frame.noAddress else { return nil }
        return callers.removeLast()
    }

    // MARK: Memo

    private func remembered(_ number: Int32) -> ReplacementScope.Memo? {
        if scope == 0 && !memo.isEmpty { return memo[Int(number)] }
        return scopes[Int(scope)].memo[number]
    }

    private mutating func remember(_ found: ReplacementScope.Memo, of ended: Frame) {
        let procedure = image.program.procedures[Int(ended.procedure)]
        guard !procedure.isFunction else { return }
        if ended.scope == 0 && !memo.isEmpty {
            memo[Int(ended.procedure)] = found
        } else {
            scopes[Int(ended.scope)].memo[ended.procedure] = found
        }
    }
}
