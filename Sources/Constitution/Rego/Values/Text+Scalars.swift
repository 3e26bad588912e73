extension Text {
    /// How many characters there are, as Unicode scalars.
    var scalarCount: Int {
        withBytes { bytes in
            var count = 0
            for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { count += 1 }
            return count
        }
    }
}
