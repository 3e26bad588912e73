/// A text as those file systems compare it that tell neither case nor two ways to write an accent apart.
///
/// Full case folding (Unicode 3.13: "STRASSE" is "straße", a final sigma is a sigma) and canonical
/// equivalence. For finding names that cannot lie beside each other everywhere; never for equality.
package struct FoldedText: Hashable, Sendable {
    /// The folded text; it compares by canonical equivalence, as `String` does.
    package let text: String

    /// Folds the bytes of a name; what is no UTF-8 is repaired, which only makes more names alike.
    package init(bytes: some Collection<UInt8>) {
        // Nearly every name there is; each is looked at in every check.
        var plain = Array(bytes)
        var isPlain = true
        for index in plain.indices {
            let byte = plain[index]
            if byte >= 0x80 { isPlain = false }
            if byte >= 65, byte <= 90 { plain[index] = byte | 0x20 }
        }
        guard !isPlain else {
            text = String(decoding: plain, as: UTF8.self)
            return
        }
        var out = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            // Its upper case is I, but it folds to itself (CaseFolding.txt has no line for it).
            if scalar == "\u{131}" {
                out.append(scalar)
                continue
            }
            // Down, up and down again reaches what the table of full foldings says: the first step is
            // for capitals that are their own upper case, such as the capital sharp s.
            for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                for upper in lower.properties.uppercaseMapping.unicodeScalars {
                    out.append(contentsOf: upper.properties.lowercaseMapping.unicodeScalars)
                }
            }
        }
        text = String(out)
    }
}
