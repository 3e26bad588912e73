package import Canon

/// A pattern over paths relative to a root: `src/**`, `tests/test_*.py`, `docs/{a,b}/[0-9]?.md`.
///
/// `*` and `?` stay within one segment, `**` is a whole segment and stands for any number of
/// segments, none included; at the end of a pattern it stands for at least one, so that `dir/**`
/// is everything inside `dir` but never `dir` itself. `[a-z]` and `[!a-z]` match one character,
/// `{a,b}` is expanded when the pattern is read, `\` takes the next character as it is. A leading
/// dot is a character like any other. Nothing is normalised: paths are bytes.
///
/// Matching allocates nothing and cannot explode: braces are gone before it begins, and without
/// them retrying only the last star is enough, so the work is at most path length times pattern
/// length.
package struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as it was written.
    package let text: String

    /// What every matching path begins with, up to the first wildcard.
    package let literalPrefix: [UInt8]

    private let shapes: [Shape]

    package static let bytesMax = 1024
    package static let alternativesMax = 128

    /// Reads a pattern, refusing absolute ones, empty segments, `.` and `..`.
    package init(_ text: String) throws(PatternFault) {
        self.text = text
        let alternatives = try PathPatternReader.alternatives(of: text)
        shapes = alternatives.map(Shape.init(segments:))
        var prefix = shapes[0].literalPrefix
        for shape in shapes.dropFirst() {
            var shared = 0
            let other = shape.literalPrefix
            while shared < min(prefix.count, other.count), prefix[shared] == other[shared] {
                shared += 1
            }
            prefix.removeSubrange(shared...)
        }
        literalPrefix = prefix
    }

    /// Whether the pattern has no wildcard at all and so names exactly one path.
    package var isExact: Bool {
        if shapes.count == 1, case .exact = shapes[0] { return true }
        return false
    }

    package var description: String { text }

    /// Whether the path, as UTF-8 bytes relative to the root, matches.
    package func matches(_ path: Span<UInt8>) -> Bool {
        for index in shapes.indices where shapes[index].matches(path) { return true }
        return false
    }

    /// Whether the path matches.
    package func matches(_ path: RelativePath) -> Bool { matches(path.bytes.span) }

    /// Whether the path matches.
    package func matches(_ path: [UInt8]) -> Bool { matches(path.span) }

    /// Whether the path matches.
    package func matches(_ path: ArraySlice<UInt8>) -> Bool { matches(path.span) }

    /// Whether the path matches.
    package func matches(_ path: String) -> Bool { matches(path.utf8.span) }

    package static func == (left: PathPattern, right: PathPattern) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}

/// One alternative of a pattern, in the cheapest form that decides it.
private enum Shape: Sendable {
    /// One path.
    case exact([UInt8])
    /// Everything: `**`.
    case everything
    /// `dir/**`: the bytes of `dir/`.
    case inside([UInt8])
    /// `dir/*.ext`: the bytes of `dir/` and of `.ext`, either of which may be empty.
    case named(folder: [UInt8], ending: [UInt8])
    /// `dir/**/*.ext`: the same at any depth.
    case namedInside(folder: [UInt8], ending: [UInt8])
    /// Anything else, with its literal prefix.
    case segments([PathSegment], prefix: [UInt8])

    init(segments: [PathSegment]) {
        var folder: [UInt8] = []
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case .literal(let name):
                folder += name
                if isLast {
                    self = .exact(folder)
                    return
                }
                folder.append(PathPatternReader.slash)
                continue
            case .anySegments where isLast:
                self = folder.isEmpty ? .everything : .inside(folder)
                return
            case .wild(let tokens) where isLast:
                if let ending = Shape.ending(tokens) {
                    self = .named(folder: folder, ending: ending)
                    return
                }
            case .anySegments where index == segments.count - 2:
                if case .wild(let tokens) = segments[index + 1],
                    let ending = Shape.ending(tokens)
                {
                    self = .namedInside(folder: folder, ending: ending)
                    return
                }
            default: break
            }
            if case .wild(let tokens) = segment {
                for token in tokens {
                    guard case .byte(let byte) = token else { break }
                    folder.append(byte)
                }
            }
            self = .segments(segments, prefix: folder)
            return
        }
        preconditionFailure("A path pattern has at least one segment.")
    }

    /// The bytes after a single star at the beginning, or `nil` for any other form.
    private static func ending(_ tokens: [PathToken]) -> [UInt8]? {
        guard case .star? = tokens.first else { return nil }
        var bytes: [UInt8] = []
        for token in tokens.dropFirst() {
            guard case .byte(let byte) = token else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    var literalPrefix: [UInt8] {
        switch self {
        case .exact(let path): path
        case .everything: []
        case .inside(let folder): folder
        case .named(let folder, _), .namedInside(let folder, _): folder
        case .segments(_, let prefix): prefix
        }
    }

    func matches(_ path: Span<UInt8>) -> Bool {
        switch self {
        case .exact(let wanted):
            return path.count == wanted.count && begins(path, with: wanted)
        case .everything:
            return path.count > 0
        case .inside(let folder):
            return path.count > folder.count && begins(path, with: folder)
        case .named(let folder, let ending):
            guard ends(path, with: ending, after: folder) else { return false }
            for index in folder.count..<path.count where path[index] == PathPatternReader.slash {
                return false
            }
            return true
        case .namedInside(let folder, let ending):
            return ends(path, with: ending, after: folder)
        case .segments(let segments, let prefix):
            return begins(path, with: prefix) && PathSegment.match(segments, path)
        }
    }

    /// Whether the path is the folder, at least one byte, and the ending as a part of that.
    private func ends(
        _ path: Span<UInt8>,
        with ending: [UInt8],
        after folder: [UInt8]
    ) -> Bool {
        guard path.count >= folder.count + ending.count, path.count > folder.count else {
            return false
        }
        let tail = path.count - ending.count
        for index in 0..<ending.count where path[tail + index] != ending[index] { return false }
        return path[path.count - 1] != PathPatternReader.slash && begins(path, with: folder)
    }

    private func begins(_ path: Span<UInt8>, with prefix: [UInt8]) -> Bool {
        guard path.count >= prefix.count else { return false }
        // Backwards, because paths of one tree differ at their ends.
        var index = prefix.count - 1
        while index >= 0 {
            if path[index] != prefix[index] { return false }
            index -= 1
        }
        return true
    }
}
