/// One block of PEM (RFC 7468), strict: nothing before it and nothing behind it but a line break.
///
/// The armor of an SSH signature has the same form with another label.
enum PEM {
    static func encode(_ label: String, _ bytes: [UInt8]) -> [UInt8] {
        let text = Base64.encode(bytes)
        var out = Array("-----BEGIN \(label)-----\n".utf8)
        for start in stride(from: 0, to: text.count, by: 64) {
            out += text[start..<min(start + 64, text.count)] + [UInt8(ascii: "\n")]
        }
        return out + Array("-----END \(label)-----\n".utf8)
    }

    static func decode(_ label: String, _ text: [UInt8]) -> [UInt8]? {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if let last = lines.last, last.isEmpty { lines.removeLast() }
        guard lines.count > 2,
            lines.removeFirst().elementsEqual("-----BEGIN \(label)-----".utf8),
            lines.removeLast().elementsEqual("-----END \(label)-----".utf8),
            !lines.contains(where: \.isEmpty)
        else { return nil }
        return Base64.decode(Array(lines.joined()))
    }
}
