/// Answers whether a program matches anywhere, by a state table built while the text is read.
///
/// A state is the set of instructions that wait for the next scalar, together with what stood
/// before. The table is bounded: when it is full it is emptied and building goes on, so memory is
/// bounded and time stays within text length times program length.
struct RegexSearch {
    private struct State: Hashable {
        var waiting: [UInt64]
        var before: RegexEdge
    }

    private static let unknown: Int32 = -1
    private static let dead: Int32 = -2
    private static let found: Int32 = -3
    private static let statesMax = 2_000
    private static let entriesMax = 1 << 20
    /// Bytes that are passed over for what one step costs.
    static let passedPerStep = 8

    private let program: RegexProgram
    private let width: Int
    private var states: [State] = []
    private var numbers: [State: Int32] = [:]
    /// One row for each state, one column for each letter and one for the text's end.
    private var table: [Int32] = []
    private var visited: [UInt64]
    private var stack: [Int] = []

    /// Scalars read plus instructions visited.
    private(set) var work = 0

    init(_ program: RegexProgram) {
        self.program = program
        width = program.letterCount + 1
        visited = Array(repeating: 0, count: (program.instructions.count + 63) / 64)
    }

    mutating func run(
        _ text: Span<UInt8>,
        from start: Int,
        workMax: Int
    ) -> RegularExpression.Search {
        var state = number(home)
        var position = start
        work += start / RegexSearch.passedPerStep
        while position <= text.count {
            guard work <= workMax else { return .stopped }
            // Nothing has begun to match: what cannot begin a match is passed over.
            if state == 0, let heads = program.heads {
                guard let next = heads.next(in: text, from: position) else { return .absent }
                work += (next - position) / RegexSearch.passedPerStep
                position = next
            }
            let letter: Int
            let end = position
            if position < text.count {
                let (scalar, length) = ScalarReader.read(text, position, text.count)
                letter = program.letter(scalar)
                position += length
            } else {
                letter = program.letterCount
                position += 1
            }
            work += 1
            var next = table[Int(state) * width + letter]
            if next == RegexSearch.unknown { next = step(state, letter) }
            if next == RegexSearch.found { return .found(end: end) }
            if next == RegexSearch.dead { return .absent }
            state = next
        }
        return .absent
    }

    /// The state in which only a match's beginning is waited for; its number is always 0.
    private var home: State {
        var home = State(waiting: Array(repeating: 0, count: visited.count), before: .text)
        home.waiting[0] = 1
        return home
    }

    private mutating func number(_ state: State) -> Int32 {
        if let number = numbers[state] { return number }
        if states.count >= RegexSearch.statesMax || table.count + width > RegexSearch.entriesMax {
            states.removeAll(keepingCapacity: true)
            numbers.removeAll(keepingCapacity: true)
            table.removeAll(keepingCapacity: true)
            if state != home { _ = number(home) }
        }
        let number = Int32(states.count)
        states.append(state)
        numbers[state] = number
        table += Array(repeating: RegexSearch.unknown, count: width)
        return number
    }

    /// Fills one entry of the table and returns it.
    private mutating func step(_ from: Int32, _ letter: Int) -> Int32 {
        let state = states[Int(from)]
        // Without assertions nobody asks what stood before, and there are fewer states.
        let after = program.heads == nil ? program.edge(letter) : .text
        var next = State(waiting: Array(repeating: 0, count: visited.count), before: after)
        let isFound = follow(state, letter, after, into: &next)
        let value: Int32
        if isFound {
            value = RegexSearch.found
        } else {
            if !program.isAnchored { next.waiting[0] |= 1 }
            let isDead = letter == program.letterCount || next.waiting.allSatisfy { $0 == 0 }
            if isDead {
                value = RegexSearch.dead
            } else {
                let known = states.count
                value = number(next)
                // The table was emptied, and the row to fill with it.
                if states.count < known { return value }
            }
        }
        table[Int(from) * width + letter] = value
        return value
    }

    /// Follows every waiting instruction to what takes the letter; true when a match is reached.
    private mutating func follow(
        _ state: State,
        _ letter: Int,
        _ after: RegexEdge,
        into next: inout State
    ) -> Bool {
        for index in visited.indices { visited[index] = 0 }
        for word in state.waiting.indices {
            var bits = state.waiting[word]
            while bits != 0 {
                stack.append(word * 64 + bits.trailingZeroBitCount)
                bits &= bits - 1
                while let at = stack.popLast() {
                    let bit = UInt64(1) << UInt64(at & 63)
                    guard visited[at >> 6] & bit == 0 else { continue }
                    visited[at >> 6] |= bit
                    work += 1
                    switch program.instructions[at] {
                    case .take(let set):
                        guard program.has(set, letter) else { continue }
                        next.waiting[(at + 1) >> 6] |= UInt64(1) << UInt64((at + 1) & 63)
                    case .split(let first, let second):
                        stack.append(second)
                        stack.append(first)
                    case .jump(let target): stack.append(target)
                    case .save: stack.append(at + 1)
                    case .assert(let assertion):
                        if assertion.holds(state.before, after) { stack.append(at + 1) }
                    case .match:
                        stack.removeAll(keepingCapacity: true)
                        return true
                    }
                }
            }
        }
        return false
    }
}

extension RegexSearch {
    /// The whole table at once, when it has no more than so many states; `nil` otherwise.
    ///
    /// One row for each state, one column for each letter and one for the text's end; what leads
    /// nowhere is `deadEnd`, what ends a match is `matchEnd`.
    static func wholeTable(of program: RegexProgram, statesMax: Int) -> [Int32]? {
        var search = RegexSearch(program)
        var start = State(waiting: Array(repeating: 0, count: search.visited.count), before: .text)
        start.waiting[0] = 1
        _ = search.number(start)
        var state = 0
        while state < search.states.count {
            guard search.states.count <= statesMax else { return nil }
            for letter in 0..<search.width { _ = search.step(Int32(state), letter) }
            state += 1
        }
        return search.table
    }

    static var deadEnd: Int32 { dead }
    static var matchEnd: Int32 { found }
}
