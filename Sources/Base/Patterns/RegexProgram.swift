/// A compiled regular expression: what both searches run.
struct RegexProgram: Sendable {
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

    /// Scalars that no set and no assertion tells apart are one letter.
    let letterCount: Int
    private let asciiLetters: [UInt16]
    /// Where each run of equal letters begins, and which letter it is.
    private let runStarts: [UInt32]
    private let runLetters: [UInt16]
    private let edges: [RegexEdge]
    private let members: [Bool]

    init(
        instructions: [Instruction],
        sets: [ScalarSet],
        names: [String?],
        isAnchored: Bool
    ) {
        self.instructions = instructions
        self.names = names
        self.isAnchored = isAnchored
        groupCount = names.count
        let word = RegexClasses.word
        var starts: Set<UInt32> = [0, 0x0A, 0x0B]
        for set in sets + [word] {
            for range in set.ranges {
                starts.insert(range.lowerBound)
                if range.upperBound < ScalarSet.last { starts.insert(range.upperBound + 1) }
            }
        }
        runStarts = starts.sorted()
        var letters: [[Bool]: UInt16] = [:]
        var runLetters: [UInt16] = []
        var edges: [RegexEdge] = []
        var columns: [[Bool]] = []
        for start in runStarts {
            let isWord = word.contains(start)
            let column = sets.map { $0.contains(start) }
            let signature = column + [isWord, start == 0x0A]
            if let letter = letters[signature] {
                runLetters.append(letter)
                continue
            }
            let letter = UInt16(columns.count)
            letters[signature] = letter
            runLetters.append(letter)
            columns.append(column)
            edges.append(isWord ? .word : start == 0x0A ? .newline : .other)
        }
        self.runLetters = runLetters
        self.edges = edges
        letterCount = columns.count
        var members: [Bool] = []
        for set in sets.indices { members += columns.map { $0[set] } }
        self.members = members
        var ascii: [UInt16] = []
        for scalar in UInt32(0)..<128 {
            ascii.append(RegexProgram.letter(scalar, runStarts, runLetters))
        }
        asciiLetters = ascii
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
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= scalar { low = middle } else { high = middle }
        }
        return letters[low]
    }
}
