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
