extension [UInt8] {
    /// One of the ways in which a stranger or a disk damages bytes.
    ///
    /// Most ways change the bytes; a test that needs a change compares.
    package func mutated(by generator: inout Generator) -> [UInt8] {
        var out = self
        let place = generator.int(0...Swift.max(0, count - 1))
        switch generator.int(0...5) {
        case 0: out[place] ^= 1 << UInt8(generator.int(0...7))
        case 1: out[place] = UInt8(generator.int(0...255))
        case 2: out.remove(at: place)
        case 3: out.insert(UInt8(generator.int(0...255)), at: place)
        case 4: out = Array(out[..<place])
        default:
            let other = generator.int(0...count - 1)
            out.replaceSubrange(
                Swift.min(place, other)..<Swift.max(place, other),
                with: self[Swift.min(place, other)..<Swift.max(place, other)].reversed()
            )
        }
        return out
    }
}
