/// A range of versions in the grammar of node-semver 7, since semver.org defines none.
///
/// `^1.2`, `~1.2.3`, `1.x`, `>=1 <3`, `1.2 - 2.3`, `a || b`. A prerelease matches only where a
/// comparator of the same set names a prerelease of the same three numbers.
package struct VersionRange: Sendable, CustomStringConvertible {
    private enum Operator: String {
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case equal = "="
    }

    private struct Comparator {
        var relation: Operator
        var version: SemanticVersion

        func admits(_ other: SemanticVersion) -> Bool {
            switch relation {
            case .less: other < version
            case .lessOrEqual: other <= version
            case .greater: other > version
            case .greaterOrEqual: other >= version
            case .equal: other == version
            }
        }
    }

    /// The range as it was written.
    package let description: String
    private let alternatives: [[Comparator]]

    /// Reads a range; `nil` where the grammar does not allow it.
    package init?(_ text: String) {
        guard text.utf8.count <= 256 else { return nil }
        var sets: [[Comparator]] = []
        for part in VersionRange.alternatives(of: text) {
            guard let set = VersionRange.comparators(of: part) else { return nil }
            sets.append(set)
        }
        alternatives = sets
        description = text
    }

    /// Whether a version lies in the range.
    package func contains(_ version: SemanticVersion) -> Bool {
        alternatives.contains { set in
            guard set.allSatisfy({ $0.admits(version) }) else { return false }
            if version.prerelease.isEmpty { return true }
            return set.contains { comparator in
                !comparator.version.prerelease.isEmpty
                    && comparator.version.major == version.major
                    && comparator.version.minor == version.minor
                    && comparator.version.patch == version.patch
            }
        }
    }

    private static func alternatives(of text: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = text[...]
        while let bar = rest.firstRange(of: "||") {
            parts.append(rest[..<bar.lowerBound])
            rest = rest[bar.upperBound...]
        }
        return parts + [rest]
    }

    private static func comparators(of text: Substring) -> [Comparator]? {
        let words = joined(text.split(whereSeparator: { $0 == " " || $0 == "\t" }))
        if words.count == 3, words[1] == "-" { return hyphen(words[0], words[2]) }
        var out: [Comparator] = []
        for word in words {
            guard let expanded = simple(word[...]) else { return nil }
            out += expanded
        }
        // An empty set means any release.
        return out.isEmpty
            ? [Comparator(relation: .greaterOrEqual, version: SemanticVersion(0, 0, 0))] : out
    }

    /// Joins an operator that stands alone with the version after it: `>= 1.2`.
    private static func joined(_ words: [Substring]) -> [String] {
        var out: [String] = []
        var pending = ""
        for word in words {
            if word.allSatisfy({ "<>=~^".contains($0) }) {
                pending += word
            } else {
                out.append(pending + word)
                pending = ""
            }
        }
        return pending.isEmpty ? out : out + [pending]
    }

    private static func hyphen(_ from: String, _ to: String) -> [Comparator]? {
        guard let low = Partial(from[...]), let high = Partial(to[...]) else { return nil }
        var out = [Comparator(relation: .greaterOrEqual, version: low.floor)]
        if high.isWhole {
            out.append(Comparator(relation: .lessOrEqual, version: high.floor))
        } else if let ceiling = high.ceiling {
            out.append(Comparator(relation: .less, version: ceiling))
        }
        return out
    }

    private static func simple(_ word: Substring) -> [Comparator]? {
        let mark = word.prefix { "<>=~^".contains($0) }
        guard let partial = Partial(word.dropFirst(mark.count)) else { return nil }
        switch mark {
        case "^": return between(partial.floor, partial.caretCeiling)
        case "~", "~>": return between(partial.floor, partial.tildeCeiling)
        case "", "=":
            return partial.isWhole
                ? [Comparator(relation: .equal, version: partial.floor)]
                : between(partial.floor, partial.ceiling)
        case ">=": return [Comparator(relation: .greaterOrEqual, version: partial.floor)]
        case "<":
            // `<1.2` excludes the prereleases of 1.2.0 as well; so does `<*`, which is empty.
            return [
                Comparator(
                    relation: .less,
                    version: partial.isWhole ? partial.floor : partial.floor.lowestPrerelease
                )
            ]
        case ">":
            if partial.isWhole { return [Comparator(relation: .greater, version: partial.floor)] }
            guard let ceiling = partial.ceiling else {
                return [
                    Comparator(relation: .less, version: SemanticVersion(0, 0, 0).lowestPrerelease)
                ]
            }
            return [Comparator(relation: .greaterOrEqual, version: ceiling.release)]
        case "<=":
            if partial.isWhole {
                return [Comparator(relation: .lessOrEqual, version: partial.floor)]
            }
            return between(nil, partial.ceiling)
        default: return nil
        }
    }

    private static func between(
        _ low: SemanticVersion?,
        _ high: SemanticVersion?
    ) -> [Comparator] {
        let floor = low ?? SemanticVersion(0, 0, 0)
        var out = [Comparator(relation: .greaterOrEqual, version: floor)]
        if let high { out.append(Comparator(relation: .less, version: high)) }
        return out
    }
}

/// A version of which the last numbers may be missing or `x`.
private struct Partial {
    var numbers: [Int]
    var prerelease: [String]

    init?(_ text: Substring) {
        var text = text
        if text.first == "v" || text.first == "=" { text = text.dropFirst() }
        let withoutBuild = text.prefix { $0 != "+" }
        let core = withoutBuild.prefix { $0 != "-" }
        let suffix = withoutBuild.dropFirst(core.count)
        let parts = core.split(separator: ".", omittingEmptySubsequences: false)
        numbers = []
        guard parts.count <= 3 else { return nil }
        var isOpen = false
        for part in parts {
            if part.isEmpty && parts.count == 1 || part == "x" || part == "X" || part == "*" {
                isOpen = true
                continue
            }
            guard let number = SemanticVersion.number(part) else { return nil }
            if !isOpen { numbers.append(number) }
        }
        if suffix.isEmpty {
            prerelease = []
        } else {
            guard
                let parsed = SemanticVersion.identifiers(
                    suffix.dropFirst(),
                    numbersAreStrict: true
                )
            else { return nil }
            prerelease = numbers.count == 3 ? parsed : []
        }
    }

    var isWhole: Bool { numbers.count == 3 }

    private func at(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }

    var floor: SemanticVersion { SemanticVersion(at(0), at(1), at(2), prerelease: prerelease) }

    /// The first version beyond every version that begins with these numbers.
    var ceiling: SemanticVersion? {
        switch numbers.count {
        case 0: nil
        case 1: SemanticVersion(at(0) + 1, 0, 0).lowestPrerelease
        default: SemanticVersion(at(0), at(1) + 1, 0).lowestPrerelease
        }
    }

    var tildeCeiling: SemanticVersion? { ceiling }

    var caretCeiling: SemanticVersion? {
        switch numbers.count {
        case 0: nil
        case 1: SemanticVersion(at(0) + 1, 0, 0).lowestPrerelease
        case _ where at(0) > 0: SemanticVersion(at(0) + 1, 0, 0).lowestPrerelease
        case 2: SemanticVersion(0, at(1) + 1, 0).lowestPrerelease
        case _ where at(1) > 0: SemanticVersion(0, at(1) + 1, 0).lowestPrerelease
        default: SemanticVersion(0, 0, at(2) + 1).lowestPrerelease
        }
    }
}

extension SemanticVersion {
    /// The lowest version of these three numbers: `2.0.0-0`, the bound that node-semver uses.
    fileprivate var lowestPrerelease: SemanticVersion {
        SemanticVersion(major, minor, patch, prerelease: ["0"])
    }

    fileprivate var release: SemanticVersion { SemanticVersion(major, minor, patch) }
}
