package import Canon

/// A tree of files as a value: what a governor judges.
///
/// Law reads nothing itself. Whoever makes the value says how a file's bytes are had, and answers
/// for it that they are those of the tree.
package struct TreeTarget: Sendable {
    /// What asking for a file's bytes gave.
    package enum Content: Hashable, Sendable {
        case bytes([UInt8])
        /// The file has more bytes than were asked for.
        case tooLarge
        /// The file could not be read, with the reason as a phrase.
        case unreadable(String)
    }

    /// The files in the order of their bytes; directories are what stands above them.
    package let files: [RelativePath]

    /// What is known about the tree as a whole, such as its manifest.
    package let metadata: JSONValue

    /// The bytes of a file, at most as many as stated.
    package let content: @Sendable (_ file: RelativePath, _ bytesMax: Int) -> Content

    /// A tree whose content is asked for when a rule needs it.
    package init(
        files: [RelativePath],
        metadata: JSONValue = .object(JSONObject()),
        content: @escaping @Sendable (_ file: RelativePath, _ bytesMax: Int) -> Content
    ) {
        self.files = files.sorted()
        self.metadata = metadata
        self.content = content
    }

    /// A tree held in memory.
    package init(
        files: [RelativePath: [UInt8]],
        metadata: JSONValue = .object(JSONObject())
    ) {
        self.init(files: Array(files.keys), metadata: metadata) { file, bytesMax in
            guard let bytes = files[file] else { return .unreadable("it is not there") }
            return bytes.count > bytesMax ? .tooLarge : .bytes(bytes)
        }
    }
}
