/// Finds the first of a few pairs of bytes in a text, sixteen positions at a time.
struct PairSearch: Sendable {
    private typealias Block = SIMD16<UInt8>

    private let pairs: [(first: UInt8, second: UInt8)]
    private let blocks: [(first: Block, second: Block)]

    init(_ pairs: [(UInt8, UInt8)]) {
        self.pairs = pairs.map { (first: $0.0, second: $0.1) }
        blocks = pairs.map { (Block(repeating: $0.0), Block(repeating: $0.1)) }
    }

    /// Where a pair begins at or after a position; `nil` when there is none.
    func next(in text: Span<UInt8>, from start: Int) -> Int? {
        let bytes = unsafe text.bytes
        var position = start
        while position + 17 <= text.count {
            // Both loads lie below the end that the loop's condition names.
            let here = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: Block.self)
            let there = unsafe bytes.unsafeLoadUnaligned(
                fromByteOffset: position + 1,
                as: Block.self
            )
            // A lane is zero exactly where one of the pairs stands.
            var least = Block(repeating: 0xFF)
            for block in blocks {
                least = pointwiseMin(least, (here ^ block.first) | (there ^ block.second))
            }
            if PairSearch.hasZero(least) {
                for offset in 0..<16 where least[offset] == 0 { return position + offset }
            }
            position += 16
        }
        while position + 2 <= text.count {
            for pair in pairs
            where text[position] == pair.first && text[position + 1] == pair.second {
                return position
            }
            position += 1
        }
        return nil
    }

    private static func hasZero(_ block: Block) -> Bool {
        let words = unsafe unsafeBitCast(block, to: SIMD2<UInt64>.self)
        return hasZero(words[0]) || hasZero(words[1])
    }

    /// Whether one of eight bytes is zero: only there does the subtraction borrow into a clear top bit.
    private static func hasZero(_ word: UInt64) -> Bool {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
    }
}
