import Canon
import Patterns
import Registry

/// The parts of a root that need no owner, each by the name of the policy that says so.
struct Exemptions: Sendable {
    let all: [PolicyDocument.Exemption]
    /// Patterns that are a plain directory with everything below it; the walk does not enter these.
    let skippedDirectories: [String]
    private let others: [PolicyDocument.Exemption]
    /// Whether an exemption may begin with a byte: most paths are told apart by their first one.
    private let beginnings: [Bool]

    init(_ exemptions: [PolicyDocument.Exemption]) {
        all = exemptions
        var skipped: [String] = []
        var others: [PolicyDocument.Exemption] = []
        for exemption in exemptions {
            let text = exemption.pattern.text
            let isPlain =
                text.hasSuffix("/**") && !text.dropLast(3).contains { "*?[]{}\\".contains($0) }
            if isPlain {
                skipped.append(String(text.dropLast(3)))
            } else {
                others.append(exemption)
            }
        }
        skippedDirectories = skipped
        self.others = others
        beginnings = (0...255).map { byte in
            others.contains { $0.pattern.literalPrefix.first.map { Int($0) == byte } ?? true }
        }
    }

    /// Whether a path that the walk met is exempt.
    ///
    /// A skipped directory's own entry is not: if a file or a link stands where the directory is
    /// expected, it is an entry like any other.
    func covers(_ path: ArraySlice<UInt8>) -> Bool {
        guard let first = path.first, beginnings[Int(first)] else { return false }
        return others.contains { $0.pattern.matches(path) }
    }

    /// The exemption that a path falls under, for people who ask.
    func exemption(of path: [UInt8]) -> PolicyDocument.Exemption? {
        all.first { $0.pattern.matches(path) }
    }
}
