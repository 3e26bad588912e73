/// The bytes of hexadecimal digits.
func bytes(hex text: String) -> [UInt8] {
    let digits = text.lowercased().utf8.filter { $0 != 32 }.map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
