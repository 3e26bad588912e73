/// An address of the Internet, of version 4 or 6, as a number of so many bits.
///
/// An address of version 4 written inside one of version 6 (`::ffff:10.0.0.1`) is the one of version
/// 4: a policy that forbids a network must not be passed by with another spelling.
struct InternetAddress: Hashable, Sendable {
    let number: UInt128

    /// 32 or 128.
    let bits: Int

    init(number: UInt128, bits: Int) {
        let isMapped = bits == 128 && number >> 32 == 0xFFFF
        self.number = isMapped ? number & 0xFFFF_FFFF : number
        self.bits = isMapped ? 32 : bits
    }

    /// The four or sixteen bytes of a certificate.
    init(bytes: [UInt8]) {
        let number = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        self.init(number: number, bits: bytes.count * 8)
    }

    /// Reads an address; `nil` for anything else, such as a decimal with leading zeros.
    init?(_ text: some Collection<UInt8>) {
        guard let (number, bits) = InternetAddress.parse(ArraySlice(text)) else { return nil }
        self.init(number: number, bits: bits)
    }

    /// Reads an address as it stands, one of version 4 inside one of version 6 included.
    static func parse(_ text: ArraySlice<UInt8>) -> (number: UInt128, bits: Int)? {
        // Of version 6 with one of version 4 at its end: the longest that there is.
        guard text.count <= 45 else { return nil }
        guard text.contains(UInt8(ascii: ":")) else {
            return quad(text).map { (UInt128($0), 32) }
        }
        return long(text).map { ($0, 128) }
    }

    private static func quad(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != 48,
                part.allSatisfy({ (48...57).contains($0) })
            else { return nil }
            let value = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 48) }
            guard value <= 255 else { return nil }
            number = number << 8 | value
        }
        return number
    }

    private static func long(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        guard let gap = text.firstRange(of: [colon, colon]) else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return number(groups)
        }
        // At most one gap, which stands for at least one group.
        guard let head = groups(text[..<gap.lowerBound]),
            let tail = groups(text[gap.upperBound...]),
            head.count + tail.count < 8
        else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - head.count - tail.count)
        return number(head + zeros + tail)
    }

    private static func number(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let last = quad(part) else { return nil }
                groups += [UInt16(last >> 16), UInt16(truncatingIfNeeded: last)]
                continue
            }
            guard (1...4).contains(part.count) else { return nil }
            var group: UInt16 = 0
            for digit in part {
                guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
                group = group << 4 | UInt16(value)
            }
            groups.append(group)
        }
        return groups.count <= 8 ? groups : nil
    }
}

extension InternetAddress: CustomStringConvertible {
    /// The address in its shortest form (RFC 5952).
    var description: String {
        if bits == 32 {
            return [24, 16, 8, 0].map { String(UInt8(truncatingIfNeeded: number >> $0)) }
                .joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: number >> UInt128(112 - 16 * $0)) }
        var gap = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(1, gap.count) { gap = start..<end }
            start = end + 1
        }
        func hex(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if gap.isEmpty { return hex(groups[...]) }
        return hex(groups[..<gap.lowerBound]) + "::" + hex(groups[gap.upperBound...])
    }
}
