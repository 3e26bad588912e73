/// The words of the language.
enum Keyword: String, Sendable, CaseIterable {
    case `package`
    case `import`
    case `as`
    case `default`
    case `else`
    case not
    case some
    case with
    case null
    case `true`
    case `false`

    // In v0 these are names, until they are imported.
    case `in`
    case every
    case contains
    case `if`

    /// Whether a v0 policy must import it before it means anything.
    var isImported: Bool {
        switch self {
        case .in, .every, .contains, .if: true
        default: false
        }
    }

    /// The word that some bytes are.
    init?(_ bytes: ArraySlice<UInt8>) {
        // The shortest word has two letters and the longest eight.
        guard (2...8).contains(bytes.count), bytes.allSatisfy({ (0x61...0x7A).contains($0) })
        else { return nil }
        self.init(rawValue: String(decoding: bytes, as: UTF8.self))
    }
}
