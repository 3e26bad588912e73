package import Canon
package import Patterns

/// A tree as a value: every governed file by path and digest, in the order of the paths' bytes.
///
/// The law reads documents through `document`, which the caller supplies; nothing here touches a disk.
package struct TreeSnapshot: Sendable {
    package let paths: [RelativePath]
    /// The digest of the file at the same index; `nil` where it could not be read.
    package let digests: [Digest?]
    /// The bytes of a document, or why they cannot be had.
    package let document: @Sendable (RelativePath) -> Result<[UInt8], DocumentFault>

    /// Takes paths that are sorted already.
    package init(
        paths: [RelativePath],
        digests: [Digest?],
        document: @escaping @Sendable (RelativePath) -> Result<[UInt8], DocumentFault>
    ) {
        precondition(paths.count == digests.count, "Each path has one digest.")
        self.paths = paths
        self.digests = digests
        self.document = document
    }

    /// The same tree with some files added, changed (a digest) or taken away (`nil`).
    ///
    /// Documents that are not on the disk yet come from `contents`.
    package func changed(
        by changes: [RelativePath: Digest?],
        contents: (@Sendable (RelativePath) -> Result<[UInt8], DocumentFault>?)? = nil
    ) -> TreeSnapshot {
        var all: [RelativePath: Digest?] = [:]
        for (index, path) in paths.enumerated() { all[path] = digests[index] }
        for (path, digest) in changes {
            if let digest { all[path] = .some(digest) } else { all[path] = nil }
        }
        let sorted = all.sorted { $0.key < $1.key }
        let before = document
        return TreeSnapshot(
            paths: sorted.map(\.key),
            digests: sorted.map(\.value),
            document: { contents?($0) ?? before($0) }
        )
    }

    /// The same tree, with documents that are at hand.
    package func reading(
        _ contents: @escaping @Sendable (RelativePath) -> Result<[UInt8], DocumentFault>?
    ) -> TreeSnapshot {
        let before = document
        return TreeSnapshot(paths: paths, digests: digests) { contents($0) ?? before($0) }
    }

    /// Where a path stands, if it is there.
    package func index(of path: RelativePath) -> Int? {
        let index = lowerBound(path.bytes)
        return index < paths.count && paths[index] == path ? index : nil
    }

    /// Whether there is a file at a path.
    package func contains(_ path: RelativePath) -> Bool { index(of: path) != nil }

    /// The digest of a file.
    package func digest(of path: RelativePath) -> Digest? {
        index(of: path).flatMap { digests[$0] }
    }

    /// The files directly in a directory whose names end so, in order.
    package func files(in directory: String, suffix: String) -> [RelativePath] {
        let prefix = Array((directory + "/").utf8)
        let ending = Array(suffix.utf8)
        var out: [RelativePath] = []
        for path in paths[lowerBound(prefix)...] {
            guard path.bytes.starts(with: prefix) else { break }
            if !path.bytes[prefix.count...].contains(UInt8(ascii: "/")),
                path.bytes.suffix(ending.count).elementsEqual(ending)
            {
                out.append(path)
            }
        }
        return out
    }

    /// The files that a pattern matches, in order.
    package func files(matching pattern: PathPattern) -> [RelativePath] {
        var out: [RelativePath] = []
        for path in paths[lowerBound(pattern.literalPrefix)...] {
            guard path.bytes.starts(with: pattern.literalPrefix) else { break }
            if pattern.matches(path.bytes) { out.append(path) }
        }
        return out
    }

    private func lowerBound(_ bytes: [UInt8]) -> Int {
        var low = 0
        var high = paths.count
        while low < high {
            let middle = (low + high) / 2
            if paths[middle].bytes.lexicographicallyPrecedes(bytes) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

/// Why a document cannot be had.
package struct DocumentFault: Fault, Equatable {
    package let code: String
    package let description: String

    /// A reason with its code.
    package init(code: String, description: String) {
        self.code = code
        self.description = description
    }

    /// The fault of a lower layer, seen as that of a document.
    package init(_ fault: any Fault) {
        self.init(code: fault.code, description: fault.description)
    }
}
