import CGenesis

/// One file of the law that this executable was built with.
///
/// A fresh root starts from these, so that making one needs neither a network nor an installed share
/// directory. The bytes are those of this repository's own law; nothing here knows what they mean.
package struct GenesisFile: Sendable {
    /// The path below a root.
    package let path: String
    /// The package that owns the file.
    package let owner: String
    package let bytes: [UInt8]

    /// All of them, in the order of their paths.
    package static var all: [GenesisFile] {
        (0..<genesis_count()).map { index in
            let file = unsafe genesis_file(index)
            return unsafe GenesisFile(
                path: String(cString: file.path),
                owner: String(cString: file.owner),
                bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            )
        }
    }
}
