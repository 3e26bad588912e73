/// Finds where a program matches and what its groups cover: one thread for each way still open.
///
/// Threads are kept in order of preference, and no two stand at the same instruction, so a step
/// costs at most the program's length (Pike's machine).
struct RegexThreads {
    private struct List {
        var instructions: [Int] = []
        /// `slotCount` values for each thread.
        var slots: [Int] = []
        var visited: [UInt64]
    }

    private enum Frame {
        case visit(Int)
        case restore(slot: Int, value: Int)
    }

    private let program: RegexProgram
    private let slotCount: Int
    private var stack: [Frame] = []

    /// Scalars read plus instructions visited.
    private(set) var work = 0

    /// Whether the work that was allowed was not enough.
    private(set) var isStopped = false

    init(_ program: RegexProgram) {
        self.program = program
        slotCount = (program.groupCount + 1) * 2
    }

    /// The slots of the leftmost match, or `nil`; a slot of -1 took no part.
    mutating func run(_ text: Span<UInt8>, from start: Int, workMax: Int) -> [Int]? {
        let words = (program.instructions.count + 63) / 64
        var now = List(visited: Array(repeating: 0, count: words))
        var next = now
        var best: [Int]?
        // One copy of a thread's slots, changed and put back while instructions are followed.
        var scratch = Array(repeating: -1, count: slotCount)
        var position = start
        var before = edgeBefore(text, start)
        var (letter, length) = read(text, position)
        while true {
            guard work <= workMax else {
                isStopped = true
                return nil
            }
            work += 1
            let mayBegin = best == nil && (!program.isAnchored || position == 0)
            if mayBegin {
                for slot in scratch.indices { scratch[slot] = -1 }
                add(0, &now, &scratch, position, before, program.edge(letter))
            }
            if now.instructions.isEmpty, best != nil || program.isAnchored { break }
            let following = position < text.count ? read(text, position + length) : (letter, 0)
            let edge = program.edge(letter)
            for thread in now.instructions.indices {
                let first = thread * slotCount
                let at = now.instructions[thread]
                guard case .take(let set) = program.instructions[at] else {
                    // What follows in the list is less preferred than this match.
                    best = Array(now.slots[first..<first + slotCount])
                    break
                }
                guard program.has(set, letter) else { continue }
                for slot in scratch.indices { scratch[slot] = now.slots[first + slot] }
                let after = program.edge(following.0)
                add(at + 1, &next, &scratch, position + length, edge, after)
            }
            guard position < text.count else { break }
            swap(&now, &next)
            next.instructions.removeAll(keepingCapacity: true)
            next.slots.removeAll(keepingCapacity: true)
            for index in next.visited.indices { next.visited[index] = 0 }
            position += length
            before = edge
            (letter, length) = following
        }
        return best
    }

    private func read(_ text: Span<UInt8>, _ position: Int) -> (letter: Int, length: Int) {
        guard position < text.count else { return (program.letterCount, 0) }
        let (scalar, length) = ScalarReader.read(text, position, text.count)
        return (program.letter(scalar), length)
    }

    private func edgeBefore(_ text: Span<UInt8>, _ position: Int) -> RegexEdge {
        guard position > 0 else { return .text }
        // Word characters and the newline are ASCII, so the last byte is enough.
        let last = text[position - 1]
        return last < 0x80 ? program.edge(program.letter(UInt32(last))) : .other
    }

    private mutating func add(
        _ start: Int,
        _ list: inout List,
        _ slots: inout [Int],
        _ position: Int,
        _ before: RegexEdge,
        _ after: RegexEdge
    ) {
        stack.append(.visit(start))
        while let frame = stack.popLast() {
            switch frame {
            case .restore(let slot, let value): slots[slot] = value
            case .visit(let at):
                let bit = UInt64(1) << UInt64(at & 63)
                guard list.visited[at >> 6] & bit == 0 else { continue }
                list.visited[at >> 6] |= bit
                work += 1
                switch program.instructions[at] {
                case .take, .match:
                    list.instructions.append(at)
                    list.slots += slots
                case .split(let first, let second):
                    stack.append(.visit(second))
                    stack.append(.visit(first))
                case .jump(let target): stack.append(.visit(target))
                case .save(let slot):
                    stack.append(.restore(slot: slot, value: slots[slot]))
                    slots[slot] = position
                    stack.append(.visit(at + 1))
                case .assert(let assertion):
                    if assertion.holds(before, after) { stack.append(.visit(at + 1)) }
                }
            }
        }
    }
}
