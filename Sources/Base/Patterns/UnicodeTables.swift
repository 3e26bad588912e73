/// Sets made from the Unicode data that the standard library carries.
///
/// Scripts are not among that data, so `\p{Greek}` is unknown here and refused.
enum UnicodeTables {
    /// The set of a property as `\p{…}` names it, or `nil` for a name without a table.
    static func property(_ name: String) -> ScalarSet? {
        var value = name
        for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) {
            value = String(name.dropFirst(prefix.count))
            return categories(value)
        }
        switch value {
        case "Any": return .all
        case "ASCII": return ScalarSet([0...0x7F])
        case "Assigned": return categories("Cn")?.inverted
        case "Alphabetic", "Alpha": return alphabetic
        case "Lowercase", "Lower": return lowercase
        case "Uppercase", "Upper": return uppercase
        case "White_Space", "space": return whitespace
        case "Emoji": return emoji
        case "ID_Start", "IDS": return idStart
        case "ID_Continue", "IDC": return idContinue
        case "XID_Start", "XIDS": return xidStart
        case "XID_Continue", "XIDC": return xidContinue
        case "ASCII_Hex_Digit", "AHex": return asciiHexDigit
        default: return categories(value)
        }
    }

    // Each is made once, on first need: it asks about every scalar there is.
    private static let alphabetic = scalars { $0.isAlphabetic }
    private static let lowercase = scalars { $0.isLowercase }
    private static let uppercase = scalars { $0.isUppercase }
    private static let whitespace = scalars { $0.isWhitespace }
    private static let emoji = scalars { $0.isEmoji }
    private static let idStart = scalars { $0.isIDStart }
    private static let idContinue = scalars { $0.isIDContinue }
    private static let xidStart = scalars { $0.isXIDStart }
    private static let xidContinue = scalars { $0.isXIDContinue }
    private static let asciiHexDigit = scalars { $0.isASCIIHexDigit }

    private static func scalars(_ has: (Unicode.Scalar.Properties) -> Bool) -> ScalarSet {
        var ranges: [ClosedRange<UInt32>] = []
        var start: UInt32?
        for value in 0...ScalarSet.last {
            let isIn = Unicode.Scalar(value).map { has($0.properties) } ?? false
            if isIn {
                if start == nil { start = value }
            } else if let first = start {
                ranges.append(first...value - 1)
                start = nil
            }
        }
        if let start { ranges.append(start...ScalarSet.last) }
        return ScalarSet(ranges)
    }

    private static func categories(_ name: String) -> ScalarSet? {
        guard let wanted = categoryNames[name] else { return nil }
        return ScalarSet(runs.filter { wanted.contains($0.category) }.map(\.range))
    }

    private struct Run {
        let range: ClosedRange<UInt32>
        let category: String
    }

    /// Every scalar's general category as runs; made once, on first need.
    private static let runs: [Run] = {
        var runs: [Run] = []
        var start: UInt32 = 0
        var current = category(0)
        for value in 1...ScalarSet.last + 1 {
            let next = value > ScalarSet.last ? nil : category(value)
            guard next != current else { continue }
            if let current { runs.append(Run(range: start...value - 1, category: short(current))) }
            start = value
            current = next
        }
        return runs
    }()

    /// Surrogates are no scalars; their category is Cs by definition.
    private static func category(_ value: UInt32) -> Unicode.GeneralCategory? {
        Unicode.Scalar(value)?.properties.generalCategory ?? .surrogate
    }

    private static func short(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }

    /// Each alias of PropertyValueAliases.txt for General_Category, and what it is made of.
    private static let categoryNames: [String: Set<String>] = {
        let lines = """
            Lu Uppercase_Letter
            Ll Lowercase_Letter
            Lt Titlecase_Letter
            Lm Modifier_Letter
            Lo Other_Letter
            Mn Nonspacing_Mark
            Mc Spacing_Mark
            Me Enclosing_Mark
            Nd Decimal_Number digit
            Nl Letter_Number
            No Other_Number
            Pc Connector_Punctuation
            Pd Dash_Punctuation
            Ps Open_Punctuation
            Pe Close_Punctuation
            Pi Initial_Punctuation
            Pf Final_Punctuation
            Po Other_Punctuation
            Sm Math_Symbol
            Sc Currency_Symbol
            Sk Modifier_Symbol
            So Other_Symbol
            Zs Space_Separator
            Zl Line_Separator
            Zp Paragraph_Separator
            Cc Control cntrl
            Cf Format
            Cs Surrogate
            Co Private_Use
            Cn Unassigned
            """
        let groups = [
            "L": "Letter", "M": "Mark Combining_Mark", "N": "Number", "P": "Punctuation punct",
            "S": "Symbol", "Z": "Separator", "C": "Other",
        ]
        var names: [String: Set<String>] = [
            "LC": ["Lu", "Ll", "Lt"], "Cased_Letter": ["Lu", "Ll", "Lt"],
        ]
        for line in lines.split(separator: "\n") {
            let aliases = line.split(separator: " ").map(String.init)
            let group = String(aliases[0].prefix(1))
            for alias in aliases { names[alias] = [aliases[0]] }
            names[group, default: []].insert(aliases[0])
        }
        for (group, aliases) in groups {
            for alias in aliases.split(separator: " ") { names[String(alias)] = names[group] }
        }
        return names
    }()

    // MARK: - Case

    /// The set and everything that differs from a member only in case.
    static func folded(_ set: ScalarSet) -> ScalarSet {
        if let range = set.ranges.first, set.ranges.count == 1, range.count == 1 {
            return ScalarSet((orbitOf[range.lowerBound] ?? [range.lowerBound]).map { $0...$0 })
        }
        var ranges = set.ranges
        for orbit in orbits where orbit.contains(where: set.contains) {
            ranges += orbit.map { $0...$0 }
        }
        return ScalarSet(ranges)
    }

    /// The orbit of each scalar that has one.
    private static let orbitOf: [UInt32: [UInt32]] = {
        var orbitOf: [UInt32: [UInt32]] = [:]
        for orbit in orbits {
            for scalar in orbit { orbitOf[scalar] = orbit }
        }
        return orbitOf
    }()

    /// Scalars that fold to the same one; simple case folding (CaseFolding.txt, status C and S).
    private static let orbits: [[UInt32]] = {
        var byFold: [UInt32: [UInt32]] = [:]
        for value in UInt32(0)...0x1F000 {
            guard let scalar = Unicode.Scalar(value),
                scalar.properties.changesWhenCaseMapped || scalar.properties.changesWhenCaseFolded
            else { continue }
            byFold[fold(scalar), default: []].append(value)
        }
        return byFold.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map(\.value)
    }()

    private static func fold(_ scalar: Unicode.Scalar) -> UInt32 {
        // U+0130 and U+0131 fold only in Turkic languages.
        if scalar.value == 0x130 || scalar.value == 0x131 { return scalar.value }
        let upper = single(scalar.properties.uppercaseMapping) ?? scalar
        return (single(upper.properties.lowercaseMapping) ?? scalar).value
    }

    private static func single(_ mapping: String) -> Unicode.Scalar? {
        mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }
}
