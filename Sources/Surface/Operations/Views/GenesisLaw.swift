import Genesis

/// Files of the first law, by their paths.
enum GenesisLaw {
    /// The bytes of one; `nil` where there is none of that path.
    static func file(_ path: String) -> [UInt8]? {
        GenesisFile.all.first { $0.path == path }?.bytes
    }
}
