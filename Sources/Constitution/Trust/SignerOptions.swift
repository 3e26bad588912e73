import Canon

/// The options of a line of `allowed_signers`: where and when its key may be used.
///
/// An option that is not known could only narrow what the key may do, so it fails the file.
struct SignerOptions {
    private(set) var namespaces: PatternList?
    private(set) var validAfter: Timestamp?
    private(set) var validBefore: Timestamp?

    /// No options: any namespace, any time.
    init() {}

    init(line: Int, _ word: ArraySlice<UInt8>) throws(TrustFault) {
        func malformed(_ reason: String) -> TrustFault {
            .signersMalformed(line: line, reason: reason)
        }
        var seen: Set<String> = []
        for option in SignerOptions.split(word) {
            let parts = option.split(separator: UInt8(ascii: "="), maxSplits: 1)
            let name = String(decoding: parts.first ?? [], as: UTF8.self)
            guard seen.insert(name).inserted else {
                throw malformed("the option \(name) stands twice")
            }
            if name == "cert-authority" { throw .signersAuthorityUnsupported(line: line) }
            guard ["namespaces", "valid-after", "valid-before"].contains(name) else {
                throw malformed("the option \(name) is not known")
            }
            guard parts.count == 2, let value = SignerOptions.value(parts[1]) else {
                throw malformed("the option \(name) has no value between quotation marks")
            }
            switch name {
            case "namespaces":
                guard let list = PatternList(value) else {
                    throw malformed("one of its namespaces is empty")
                }
                namespaces = list
            default:
                guard let time = SignerOptions.time(value) else {
                    throw malformed(
                        "\(name) is not a time in UTC as 20270131Z, 202701312359Z or "
                            + "20270131235959Z"
                    )
                }
                if name == "valid-after" { validAfter = time } else { validBefore = time }
            }
        }
        if let validAfter, let validBefore, validBefore <= validAfter {
            throw malformed("it is valid before it is valid after")
        }
    }

    /// Options parted by commas; between quotation marks a comma belongs to the value.
    private static func split(_ word: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var options: [ArraySlice<UInt8>] = []
        var start = word.startIndex
        var (isQuoted, isEscaped) = (false, false)
        for (index, character) in zip(word.indices, word) {
            if character == UInt8(ascii: ","), !isQuoted {
                options.append(word[start..<index])
                start = index + 1
            }
            if character == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            isEscaped = character == UInt8(ascii: "\\") && isQuoted && !isEscaped
        }
        return options + [word[start...]]
    }

    /// What stands between the quotation marks, with `\"` for a mark inside.
    private static func value(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let (quote, escape) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        guard text.count >= 2, text.first == quote, text.last == quote else { return nil }
        var out: [UInt8] = []
        var rest = text.dropFirst().dropLast()
        while let character = rest.popFirst() {
            if character == quote { return nil }
            if character == escape, rest.first == quote {
                out.append(quote)
                rest = rest.dropFirst()
            } else {
                out.append(character)
            }
        }
        return out
    }

    /// A time in UTC: YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, and a Z.
    ///
    /// Without the Z, OpenSSH means the time zone of the machine that verifies: one file would then
    /// say different things on two machines.
    private static func time(_ value: [UInt8]) -> Timestamp? {
        let digits = value.dropLast()
        guard value.last == UInt8(ascii: "Z"), [8, 12, 14].contains(digits.count) else {
            return nil
        }
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        let padded = digits + [UInt8](repeating: 48, count: 14 - digits.count)
        func part(_ start: Int, _ count: Int) -> String {
            String(decoding: padded[start..<start + count], as: UTF8.self)
        }
        return Timestamp(
            "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))"
                + "T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))Z"
        )
    }
}
