extension BuiltinTable {
    /// Versions as Semantic Versioning 2.0 has them.
    static let versions: [Builtin] = [
        Builtin("semver.compare", [.string, .string], .number) {
            arguments,
            context throws(BuiltinError) in
            let (left, right) = (try version(arguments, 0), try version(arguments, 1))
            try context.charge(steps: 4)
            return .integer(left.precedes(right) ? -1 : right.precedes(left) ? 1 : 0)
        },
        validity("semver.is_valid") { ComparableVersion($0) != nil },
    ]

    private static func version(
        _ arguments: Arguments,
        _ index: Int
    ) throws(BuiltinError) -> ComparableVersion {
        let text = try arguments.text(index)
        guard let version = ComparableVersion(text) else {
            throw .failed("operand \(index + 1): string \"\(text)\" is not a valid SemVer")
        }
        return version
    }
}

/// A version taken apart; numbers are compared by length and digits, so none is too long.
private struct ComparableVersion {
    private let core: [[UInt8]]
    private let pre: [[UInt8]]

    init?(_ text: Text) {
        let bytes = text.bytes
        let build = bytes.firstIndex(of: UInt8(ascii: "+")) ?? bytes.endIndex
        let main = bytes[..<build]
        let dash = main.firstIndex(of: UInt8(ascii: "-")) ?? main.endIndex
        let dot = UInt8(ascii: ".")
        func parts(_ slice: ArraySlice<UInt8>) -> [[UInt8]] {
            slice.split(separator: dot, omittingEmptySubsequences: false).map(Array.init)
        }
        core = parts(main[..<dash])
        pre = dash == main.endIndex ? [] : parts(main[(dash + 1)...])
        let built = build == bytes.endIndex ? [] : parts(bytes[(build + 1)...])
        guard core.count == 3, core.allSatisfy(ComparableVersion.isNumber),
            pre.allSatisfy({ ComparableVersion.isName($0) && ComparableVersion.isTidy($0) }),
            built.allSatisfy(ComparableVersion.isName)
        else { return nil }
    }

    func precedes(_ other: ComparableVersion) -> Bool {
        for (one, two) in zip(core, other.core) where one != two {
            return ComparableVersion.isLess(one, two)
        }
        // A version before release stands before the release.
        if pre.isEmpty || other.pre.isEmpty { return !pre.isEmpty }
        for (one, two) in zip(pre, other.pre) where one != two {
            let numbers = (ComparableVersion.isDigits(one), ComparableVersion.isDigits(two))
            switch numbers {
            case (true, true): return ComparableVersion.isLess(one, two)
            case (false, false): return one.lexicographicallyPrecedes(two)
            default: return numbers.0
            }
        }
        return pre.count < other.pre.count
    }

    private static func isLess(_ one: [UInt8], _ two: [UInt8]) -> Bool {
        one.count == two.count ? one.lexicographicallyPrecedes(two) : one.count < two.count
    }

    private static func isDigits(_ part: [UInt8]) -> Bool {
        part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isNumber(_ part: [UInt8]) -> Bool {
        !part.isEmpty && isDigits(part) && isTidy(part)
    }

    /// Whether a number has no zero in front; a name may have.
    private static func isTidy(_ part: [UInt8]) -> Bool {
        !isDigits(part) || part.count == 1 || part.first != UInt8(ascii: "0")
    }

    private static func isName(_ part: [UInt8]) -> Bool {
        !part.isEmpty
            && part.allSatisfy { byte in
                let scalar = Unicode.Scalar(byte)
                return scalar.isASCII
                    && (scalar.properties.isAlphabetic || isDigits([byte]) || scalar == "-")
            }
    }
}
