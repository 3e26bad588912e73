import Synchronization

/// A compiled regular expression: what both searches run.
///
/// Immutable, and a class so that a copied expression copies one reference.
final class RegexProgram: Sendable {
    enum Instruction: Sendable {
        /// Takes one scalar of the set and goes on behind this instruction.
        case take(set: Int)
        /// Goes on at both, the first preferred.
        case split(Int, Int)
        case jump(Int)
        case save(slot: Int)
        case assert(RegexAssertion)
        case match
    }

    let instructions: [Instruction]
    let groupCount: Int
    let names: [String?]

    /// Whether only the text's beginning can begin a match.
    let isAnchored: Bool

    /// Where a match may begin at all, for patterns that say so and ask for nothing around them.
    let heads: PairSearch?

    /// Scalars that no set and no assertion tells apart are one letter.
    let letterCount: Int
    private let asciiLetters: [UInt16]
    /// Where each run of equal letters begins, and which letter it is.
    private let runStarts: [UInt32]
    private let runLetters: [UInt16]
    private let edges: [RegexEdge]
    private let members: [Bool]
    private let table = Mutex<Table>(.unknown)

    init(
        instructions: [Instruction],
        sets: [ScalarSet],
        names: [String?],
        isAnchored: Bool,
        heads: PairSearch?
    ) {
        self.instructions = instructions
        self.names = names
        self.isAnchored = isAnchored
        self.heads = isAnchored ? nil : heads
        groupCount = names.count
        let word = RegexClasses.word
        let newline = ScalarSet(0x0A)
        var starts: Set<UInt32> = [0]
        for set in sets + [word, newline] {
            for range in set.ranges {
                starts.insert(range.lowerBound)
                if range.upperBound < ScalarSet.last { starts.insert(range.upperBound + 1) }
            }
        }
        runStarts = starts.sorted()
        let letters = RegexProgram.partition(runStarts, by: sets + [word, newline])
        runLetters = letters
        let count = Int(letters.max() ?? 0) + 1
        letterCount = count
        var edges = Array(repeating: RegexEdge.other, count: count)
        var members = Array(repeating: false, count: sets.count * count)
        for (index, set) in sets.enumerated() {
            for run in RegexProgram.runs(of: set, runStarts) {
                members[index * count + Int(letters[run])] = true
            }
        }
        for run in RegexProgram.runs(of: word, runStarts) { edges[Int(letters[run])] = .word }
        for run in RegexProgram.runs(of: newline, runStarts) {
            edges[Int(letters[run])] = .newline
        }
        self.edges = edges
        self.members = members
        var ascii: [UInt16] = []
        for scalar in UInt32(0)..<128 {
            ascii.append(RegexProgram.letter(scalar, runStarts, letters))
        }
        asciiLetters = ascii
    }

    /// Which runs a set consists of; each of its ranges begins and ends with a run.
    private static func runs(of set: ScalarSet, _ starts: [UInt32]) -> [Int] {
        var runs: [Int] = []
        for range in set.ranges {
            var run = position(of: range.lowerBound, starts)
            while run < starts.count, starts[run] <= range.upperBound {
                runs.append(run)
                run += 1
            }
        }
        return runs
    }

    /// Gives two runs the same letter when no set tells them apart.
    ///
    /// Each set splits the classes there are; the side with fewer runs is the one that is touched.
    private static func partition(_ starts: [UInt32], by sets: [ScalarSet]) -> [UInt16] {
        var classes = Array(repeating: 0, count: starts.count)
        var next = 1
        for set in sets {
            var touched = runs(of: set, starts)
            if touched.count > starts.count / 2 { touched = runs(of: set.inverted, starts) }
            var split: [Int: Int] = [:]
            for run in touched {
                if let known = split[classes[run]] {
                    classes[run] = known
                } else {
                    split[classes[run]] = next
                    classes[run] = next
                    next += 1
                }
            }
        }
        var letters: [Int: UInt16] = [:]
        return classes.map { number in
            if let known = letters[number] { return known }
            let letter = UInt16(letters.count)
            letters[number] = letter
            return letter
        }
    }

    private enum Table: Sendable {
        case unknown
        case tooLarge
        case known([Int32])
    }

    private static let smallInstructionsMax = 256
    private static let smallStatesMax = 256

    /// The table of all states, where it is small; made when it is asked for first, and kept.
    var smallTable: [Int32]? {
        guard instructions.count <= RegexProgram.smallInstructionsMax else { return nil }
        return table.withLock { table in
            switch table {
            case .known(let known): return known
            case .tooLarge: return nil
            case .unknown:
                let made = RegexSearch.wholeTable(
                    of: self,
                    statesMax: RegexProgram.smallStatesMax
                )
                table = made.map { .known($0) } ?? .tooLarge
                return made
            }
        }
    }

    /// The letter of a scalar.
    @inline(__always)
    func letter(_ scalar: UInt32) -> Int {
        if scalar < 128 { return Int(asciiLetters[Int(scalar)]) }
        return Int(RegexProgram.letter(scalar, runStarts, runLetters))
    }

    /// What a letter is to an assertion beside it; the letter after the last is the text's end.
    func edge(_ letter: Int) -> RegexEdge { letter < letterCount ? edges[letter] : .text }

    /// Whether the set has the letter.
    func has(_ set: Int, _ letter: Int) -> Bool {
        letter < letterCount && members[set * letterCount + letter]
    }

    private static func letter(_ scalar: UInt32, _ starts: [UInt32], _ letters: [UInt16]) -> UInt16
    {
        letters[position(of: scalar, starts)]
    }

    /// The run that a scalar is in.
    private static func position(of scalar: UInt32, _ starts: [UInt32]) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= scalar { low = middle } else { high = middle }
        }
        return low
    }
}
