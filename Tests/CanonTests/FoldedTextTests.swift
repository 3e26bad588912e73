import Canon
import Support
import Testing

@Suite(.covers("D07"))
struct `Folded text` {
    private static let alike: [(String, String)] = [
        ("README", "readme"), ("straße", "STRASSE"), ("straẞe", "strasse"),
        ("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"),
        ("\u{212A}", "k"), ("\u{2126}", "ω"), ("ﬁ", "FI"), ("e\u{301}", "\u{C9}"), ("\u{B5}", "μ"),
        ("ſ", "S"), ("\u{1F0}", "J\u{30C}"), ("\u{1FB3}", "ΑΙ"), ("Ǆ", "ǆ"), ("\u{149}", "ʼN"),
        ("İ", "i\u{307}"), ("ꭰ", "Ꭰ"),
    ]

    @Test(arguments: alike)
    func `is one for names that differ in case or in how they are written`(
        left: String,
        right: String
    ) {
        #expect(FoldedText(bytes: left.utf8) == FoldedText(bytes: right.utf8))
        #expect(FoldedText(bytes: right.utf8) == FoldedText(bytes: left.utf8))
    }

    @Test(arguments: [("a", "b"), ("ı", "i"), ("é", "e"), ("ss", "s"), ("ａ", "a"), ("²", "2")])
    func `is two for names that are two everywhere`(left: String, right: String) {
        #expect(FoldedText(bytes: left.utf8) != FoldedText(bytes: right.utf8))
    }

    @Test func `folds ASCII as everybody does`() {
        for byte in UInt8(0)...0x7F {
            let scalar = Unicode.Scalar(byte)
            #expect(FoldedText(bytes: [byte]).text == scalar.properties.lowercaseMapping)
        }
        #expect(FoldedText(bytes: [0xFF, 0x41]).text == "\u{FFFD}a")
    }
}
