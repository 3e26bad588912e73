/// Reading of slots and constants where they lie.
///
/// A value that is copied counts its reference up and down again, which costs more than most
/// instructions do. Elements of a span are lent, not copied.
extension Machine {
    /// Lends two values to a function.
    @inline(__always)
    private func reading<Result>(
        _ one: Source,
        _ other: Source,
        _ use: (borrowing Value, borrowing Value) -> Result
    ) -> Result {
        let (first, second) = (Int(one.code), Int(other.code))
        let base = Int(frame.slotBase)
        switch (first >= 0, second >= 0) {
        case (true, true): return use(slots.span[base &+ first], slots.span[base &+ second])
        case (true, false):
            return use(slots.span[base &+ first], constants.span[~second])
        case (false, true):
            return use(constants.span[~first], slots.span[base &+ second])
        case (false, false):
            return use(constants.span[~first], constants.span[~second])
        }
    }

    /// What stands at a key of a value.
    func member(of from: Source, at key: Source) -> Value? {
        reading(from, key) { value, key in value[key] }
    }

    func compare(_ comparison: Comparison, _ left: Source, _ right: Source) -> Bool {
        switch comparison {
        case .equal: reading(left, right) { $0 == $1 }
        case .notEqual: reading(left, right) { !($0 == $1) }
        case .less: reading(left, right) { $0 < $1 }
        case .lessOrEqual: reading(left, right) { !($1 < $0) }
        case .greater: reading(left, right) { $1 < $0 }
        case .greaterOrEqual: reading(left, right) { !($0 < $1) }
        }
    }

    func compare(_ comparison: Comparison, _ value: Value, _ other: Source) -> Bool {
        reading(other, other) { other, _ in
            switch comparison {
            case .equal: value == other
            case .notEqual: !(value == other)
            case .less: value < other
            case .lessOrEqual: !(other < value)
            case .greater: other < value
            case .greaterOrEqual: !(value < other)
            }
        }
    }

    func isTrue(_ source: Source) -> Bool {
        let place = Int(source.code)
        return place >= 0
            ? slots.span[Int(frame.slotBase) &+ place].isTrue
            : constants.span[~place].isTrue
    }

    func isArray(_ source: Source, count: Int) -> Bool {
        reading(source, source) { value, _ in value.isArray(count: count) }
    }

    /// An element of an array whose count was tested.
    func element(_ index: Int, of slot: Slot) -> Value? {
        slots.span[Int(frame.slotBase &+ slot.index)].element(index)
    }
}

extension Value {
    fileprivate func isArray(count: Int) -> Bool {
        if case .array(let array) = self { array.count == count } else { false }
    }

    fileprivate func element(_ index: Int) -> Value? {
        guard case .array(let array) = self, index < array.count else { return nil }
        return array.elements[index]
    }
}
