extension Array where Element == UInt8 {
    /// Adds bytes that are lent.
    package mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
