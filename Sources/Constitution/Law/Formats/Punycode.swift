/// The encoding of international labels in ASCII (RFC 3492), with the parameters of §5.
enum Punycode {
    private static let base = 36
    private static let skew = 38
    private static let damp = 700
    private static let limits = 1...26

    /// The scalars that an encoded label, without its `xn--`, stands for.
    static func decoded(_ label: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar]? {
        var out: [Unicode.Scalar] = []
        var rest = label
        if let delimiter = label.lastIndex(of: "-") {
            out = Array(label[..<delimiter])
            rest = label[(delimiter + 1)...]
        }
        var (number, position, bias) = (128, 0, 72)
        while !rest.isEmpty {
            let start = position
            var weight = 1
            var place = base
            while true {
                guard let scalar = rest.popFirst(), let digit = digit(scalar) else { return nil }
                position += digit * weight
                let limit = min(max(place - bias, limits.lowerBound), limits.upperBound)
                if digit < limit { break }
                weight *= base - limit
                place += base
                // A label has 63 bytes, but hostile ones are read before that is checked.
                guard position < 1 << 40, weight < 1 << 40 else { return nil }
            }
            bias = adapted(position - start, out.count + 1, isFirst: start == 0)
            number += position / (out.count + 1)
            position %= out.count + 1
            guard let value = UInt32(exactly: number), let scalar = Unicode.Scalar(value) else {
                return nil
            }
            out.insert(scalar, at: position)
            position += 1
        }
        return out
    }

    /// How many bytes the label has when it is encoded, without its `xn--`.
    static func encodedLength(_ label: [Unicode.Scalar]) -> Int {
        let basic = label.filter(\.isASCII).count
        var length = basic + (basic > 0 ? 1 : 0)
        var (number, delta, bias, done) = (128, 0, 72, basic)
        while done < label.count {
            let next = label.lazy.map { Int($0.value) }.filter { $0 >= number }.min() ?? number
            delta += (next - number) * (done + 1)
            number = next
            for scalar in label {
                if Int(scalar.value) < number { delta += 1 }
                guard Int(scalar.value) == number else { continue }
                var rest = delta
                var place = base
                while true {
                    let limit = min(max(place - bias, limits.lowerBound), limits.upperBound)
                    length += 1
                    if rest < limit { break }
                    rest = (rest - limit) / (base - limit)
                    place += base
                }
                bias = adapted(delta, done + 1, isFirst: done == basic)
                delta = 0
                done += 1
            }
            delta += 1
            number += 1
            // Longer than any label can be; the exact number no longer matters.
            if length > 255 { return length }
        }
        return length
    }

    private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var place = 0
        while delta > (base - limits.lowerBound) * limits.upperBound / 2 {
            delta /= base - limits.lowerBound
            place += base
        }
        return place + (base - limits.lowerBound + 1) * delta / (delta + skew)
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        switch scalar {
        case "a"..."z": Int(scalar.value) - 0x61
        case "A"..."Z": Int(scalar.value) - 0x41
        case "0"..."9": Int(scalar.value) - 0x30 + 26
        default: nil
        }
    }
}
