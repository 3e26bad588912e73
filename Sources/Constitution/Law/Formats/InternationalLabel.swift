/// Labels of international domain names (RFC 5891 §4.2, RFC 5892).
///
/// Limit: the rule for text that runs from right to left (RFC 5893) needs a table that the standard
/// library does not carry, so it is not checked.
enum InternationalLabel {
    static func isValid(_ label: [Unicode.Scalar]) -> Bool {
        guard let first = label.first, let last = label.last, first != "-", last != "-",
            !(label.count >= 4 && label[2] == "-" && label[3] == "-"),
            !isMark(first)
        else { return false }
        for index in label.indices where !isAllowed(label[index], index, label) { return false }
        let hasArabicDigit = label.contains { (0x660...0x669).contains($0.value) }
        let hasExtendedDigit = label.contains { (0x6F0...0x6F9).contains($0.value) }
        return !(hasArabicDigit && hasExtendedDigit)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isAllowed(
        _ scalar: Unicode.Scalar,
        _ index: Int,
        _ label: [Unicode.Scalar]
    ) -> Bool {
        let before = index > 0 ? label[index - 1] : nil
        let after = index + 1 < label.count ? label[index + 1] : nil
        switch scalar.value {
        // Exceptions that are valid (RFC 5892 §2.6).
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
        // Exceptions that are not.
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        // Valid in a context (appendix A).
        case 0xB7: return before == "l" && after == "l"
        case 0x375: return isIn(after, 0x370...0x3FF) || isIn(after, 0x1F00...0x1FFF)
        case 0x5F3, 0x5F4: return isIn(before, 0x591...0x5F4)
        case 0x30FB:
            return label.contains {
                (0x3041...0x3096).contains($0.value) || (0x309D...0x309F).contains($0.value)
                    || (0x30A1...0x30FA).contains($0.value) || (0x30FD...0x30FF).contains($0.value)
                    || $0.properties.isIdeographic
            }
        case 0x200C, 0x200D: return before?.properties.canonicalCombiningClass == .virama
        case 0x2D, 0x30...0x39, 0x61...0x7A: return true
        case 0...0x7F: return false
        default: break
        }
        guard !scalar.properties.changesWhenNFKCCaseFolded,
            !scalar.properties.isDefaultIgnorableCodePoint
        else { return false }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            return true
        default: return false
        }
    }

    private static func isIn(_ scalar: Unicode.Scalar?, _ range: ClosedRange<UInt32>) -> Bool {
        scalar.map { range.contains($0.value) } ?? false
    }
}
