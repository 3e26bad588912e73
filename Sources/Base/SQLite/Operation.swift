/// How SQL text appears in a fault: on one line, bounded, and without the text of its literals.
enum Operation {
    static let lengthMax = 200

    /// The statement with every quoted literal emptied and every run of blanks made one.
    static func text(_ sql: String) -> String {
        var out: [UInt8] = []
        var inLiteral = false
        for byte in sql.utf8 {
            if byte == UInt8(ascii: "'") {
                inLiteral.toggle()
                out.append(byte)
                continue
            }
            if inLiteral { continue }
            let blank = byte == 32 || (9...13).contains(byte)
            if !blank {
                out.append(byte)
            } else if out.last != 32 {
                out.append(32)
            }
            if out.count == lengthMax {
                out += Array(" …".utf8)
                break
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
