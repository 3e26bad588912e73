/// One block of PEM in a text that may hold more of them, and other lines around them.
///
/// Read as other tools read it, because certificates of strangers come so: lines before a block are
/// passed over, and a line may have spaces behind it. The bytes inside are strict, and a block with
/// headers, which only encrypted keys of the old form have, is none.
package struct PEMBlock: Hashable, Sendable {
    /// What the block is called, as `CERTIFICATE`.
    package let label: String

    /// The bytes it holds.
    package let bytes: [UInt8]

    /// Reads the first block of a text and says what is left behind it; `nil` where there is none.
    package static func first(
        in text: ArraySlice<UInt8>
    ) -> (block: PEMBlock, rest: ArraySlice<UInt8>)? {
        var rest = text
        while !rest.isEmpty {
            guard let label = name(in: takeLine(&rest), after: "-----BEGIN ") else { continue }
            var inside = rest
            if let bytes = body(&inside, label: label) {
                return (PEMBlock(label: label, bytes: bytes), inside)
            }
        }
        return nil
    }

    /// All blocks of a text, in order.
    package static func all(in text: [UInt8]) -> [PEMBlock] {
        var blocks: [PEMBlock] = []
        var rest = text[...]
        while let (block, behind) = first(in: rest) {
            blocks.append(block)
            rest = behind
        }
        return blocks
    }

    /// Everything up to the end marker with this label, out of its base64.
    private static func body(_ rest: inout ArraySlice<UInt8>, label: String) -> [UInt8]? {
        var text: [UInt8] = []
        while !rest.isEmpty {
            let line = takeLine(&rest)
            if line.starts(with: "-----".utf8) {
                guard name(in: line, after: "-----END ") == label else { return nil }
                return Base64.decode(text)
            }
            text += line.filter { !isSpace($0) }
        }
        return nil
    }

    /// What a marker line calls its block.
    private static func name(in line: ArraySlice<UInt8>, after start: String) -> String? {
        let end = "-----".utf8
        let marker = line.reversed().drop(while: isSpace).reversed()
        guard marker.starts(with: start.utf8), marker.count >= start.utf8.count + end.count,
            marker.suffix(end.count).elementsEqual(end)
        else { return nil }
        let name = marker.dropFirst(start.utf8.count).dropLast(end.count)
        return String(validating: name, as: UTF8.self)
    }

    /// Takes a line and the line feed behind it.
    private static func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest[line.endIndex...].dropFirst()
        return line
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
