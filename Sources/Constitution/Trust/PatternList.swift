/// A list of wildcard patterns as OpenSSH has them (ssh_config, PATTERNS): `*`, `?`, and `!`.
///
/// A name matches when one pattern matches it and none that begins with `!` does. A list of
/// negations alone matches nothing.
struct PatternList: Hashable, Sendable {
    private struct Pattern: Hashable {
        let isNegated: Bool
        let characters: [UInt8]
    }

    private let patterns: [Pattern]

    /// Reads patterns that are parted by commas; `nil` if one of them is empty.
    init?(_ text: some Collection<UInt8>) {
        var patterns: [Pattern] = []
        for part in text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let isNegated = part.first == UInt8(ascii: "!")
            let characters = Array(isNegated ? part.dropFirst() : part)
            guard !characters.isEmpty else { return nil }
            patterns.append(Pattern(isNegated: isNegated, characters: characters))
        }
        self.patterns = patterns
    }

    /// Whether this name is in the list.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        var isMatched = false
        for pattern in patterns where PatternList.matches(pattern.characters, name) {
            if pattern.isNegated { return false }
            isMatched = true
        }
        return isMatched
    }

    /// Goes back only to the last star, so that no pattern takes more than pattern times name.
    private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (p, n) = (0, 0)
        var retry: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                retry = (p + 1, n)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                (p, n) = (p + 1, n + 1)
            } else if let back = retry {
                retry = (back.pattern, back.name + 1)
                (p, n) = (back.pattern, back.name + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
