/// The name of an algorithm, an attribute or an extension in DER: a path of numbers.
package struct ObjectIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The content bytes of the DER value.
    let encoded: [UInt8]

    /// The numbers of the path.
    package let arcs: [UInt64]

    /// Reads the content bytes of the DER value; `nil` where they do not have their form.
    init?(encoded: [UInt8]) {
        var numbers: [UInt64] = []
        var value: UInt64 = 0
        var isInside = false
        for byte in encoded {
            // A number may not begin with zeros, and must fit in 64 bits.
            guard isInside || byte != 0x80, value >> 57 == 0 else { return nil }
            value = value << 7 | UInt64(byte & 0x7F)
            isInside = byte >= 0x80
            guard !isInside else { continue }
            numbers.append(value)
            value = 0
        }
        guard !isInside, let first = numbers.first else { return nil }
        // The first byte holds the first two numbers (X.690 §8.19.4).
        let root = min(first / 40, 2)
        self.encoded = encoded
        arcs = [root, first - root * 40] + numbers.dropFirst()
    }

    /// The path with dots, as `1.2.840.113549`.
    package var description: String { arcs.map(String.init).joined(separator: ".") }

    package static func == (left: ObjectIdentifier, right: ObjectIdentifier) -> Bool {
        left.encoded == right.encoded
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}
