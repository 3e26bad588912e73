extension Span<UInt8> {
    /// How far the text at a place runs on that JSON writes as it is and that is ASCII: up to the next
    /// quotation mark, backslash, control character or byte of a longer character.
    ///
    /// Eight bytes are looked at together; a verifier walks over a dozen texts for each entry of a log.
    package func endOfPlainText(from place: Int) -> Int {
        var place = place
        while place <= count - 8 {
            let text = bigEndianWord(at: place).byteSwapped
            // In each of these the lowest bit that is set is true; those above it may not be.
            let quote = lowestZero(text ^ each(0x22))
            let backslash = lowestZero(text ^ each(0x5C))
            let control = (text &- each(0x20)) & ~text
            let special = (quote | backslash | control | text) & each(0x80)
            if special != 0 { return place + special.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < count, case 0x20..<0x80 = self[place], self[place] != 0x22,
            self[place] != 0x5C
        { place += 1 }
        return place
    }
}

private func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }

private func lowestZero(_ word: UInt64) -> UInt64 { (word &- each(0x01)) & ~word }
