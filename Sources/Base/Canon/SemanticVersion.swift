/// A version of SemVer 2.0.0.
package struct SemanticVersion: Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int
    package let patch: Int
    /// The identifiers after the hyphen; empty for a release.
    package let prerelease: [String]
    /// The identifiers after the plus sign; they take no part in comparisons.
    package let build: [String]

    /// Numbers beyond this are refused: others compute with doubles and would disagree.
    package static let numberMax = 1 << 53 - 1

    /// A version of its parts, without build metadata.
    package init(_ major: Int, _ minor: Int, _ patch: Int, prerelease: [String] = []) {
        (self.major, self.minor, self.patch) = (major, minor, patch)
        self.prerelease = prerelease
        build = []
    }

    /// Reads a version, strictly: three numbers without leading zeros, no `v`.
    package init?(_ text: String) {
        guard text.utf8.count <= 256 else { return nil }
        let (rest, buildText) = SemanticVersion.cut(text[...], at: "+")
        let (core, prereleaseText) = SemanticVersion.cut(rest, at: "-")
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, let major = SemanticVersion.number(numbers[0]),
            let minor = SemanticVersion.number(numbers[1]),
            let patch = SemanticVersion.number(numbers[2]),
            let prerelease = SemanticVersion.identifiers(prereleaseText, numbersAreStrict: true),
            let build = SemanticVersion.identifiers(buildText, numbersAreStrict: false)
        else { return nil }
        (self.major, self.minor, self.patch) = (major, minor, patch)
        (self.prerelease, self.build) = (prerelease, build)
    }

    package var description: String {
        var text = "\(major).\(minor).\(patch)"
        if !prerelease.isEmpty { text += "-" + prerelease.joined(separator: ".") }
        if !build.isEmpty { text += "+" + build.joined(separator: ".") }
        return text
    }

    /// A number without a leading zero and within bounds.
    static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }),
            text == "0" || text.first != "0", let value = Int(text), value <= numberMax
        else { return nil }
        return value
    }

    static func identifiers(_ text: Substring?, numbersAreStrict: Bool) -> [String]? {
        guard let text else { return [] }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        for part in parts {
            let isWord = part.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || byte == 45
            }
            let isNumeric = part.utf8.allSatisfy { (48...57).contains($0) }
            if part.isEmpty || !isWord { return nil }
            if numbersAreStrict && isNumeric && number(part) == nil { return nil }
        }
        return parts.map(String.init)
    }

    private static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }
}

extension SemanticVersion: Comparable {
    /// Precedence, SemVer 2.0.0 §11: build metadata does not count.
    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        let (a, b) = (
            (left.major, left.minor, left.patch), (right.major, right.minor, right.patch)
        )
        if a != b { return a < b }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        for (x, y) in zip(left.prerelease, right.prerelease) where x != y {
            switch (Int(x), Int(y)) {
            case (let m?, let n?): return m < n
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return x < y
            }
        }
        return left.prerelease.count < right.prerelease.count
    }

    package static func == (left: SemanticVersion, right: SemanticVersion) -> Bool {
        (left.major, left.minor, left.patch) == (right.major, right.minor, right.patch)
            && left.prerelease == right.prerelease
    }
}
