/// Numbers that look random and follow from a seed and a key alone (SplitMix64).
///
/// Within one decision the same key gives the same numbers; nothing here may guard a secret.
struct SeededChance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number below a bound that is not zero, each as likely as another.
    mutating func next(below bound: UInt64) -> UInt64 {
        // Multiplying and keeping the high half maps the range evenly but for one part in 2^64.
        next().multipliedFullWidth(by: bound).high
    }
}

extension BuiltinContext {
    /// What chance says to a key in this decision; the same to the same key and number.
    func chance(of key: Text, _ number: Int) -> SeededChance {
        // FNV-1a, and not the hash of texts: that one differs from process to process.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        key.withBytes { bytes in
            for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        }
        return SeededChance(seed: seed ^ hash ^ UInt64(bitPattern: Int64(number)) &* 0x9E37_79B9)
    }
}
