/// One segment of a path pattern after its braces are gone.
enum PathSegment: Sendable {
    /// `**`.
    case anySegments
    /// A name without wildcards.
    case literal([UInt8])
    /// A name with wildcards.
    case wild([PathToken])

    /// Whether the whole path matches the whole list of segments.
    ///
    /// Only the last `**` is ever retried: whatever an earlier one could give up, the later one can
    /// skip itself.
    static func match(_ segments: [PathSegment], _ path: Span<UInt8>) -> Bool {
        var next = 0
        var start = 0
        var retry: (segment: Int, start: Int)?
        while start <= path.count {
            let end = segmentEnd(path, start)
            if next < segments.count {
                if case .anySegments = segments[next] {
                    if next == segments.count - 1 { return true }
                    retry = (next, start)
                    next += 1
                    continue
                }
                if segments[next].matches(path, start, end) {
                    next += 1
                    start = end + 1
                    continue
                }
            }
            guard let last = retry else { return false }
            start = segmentEnd(path, last.start) + 1
            retry = (last.segment, start)
            next = last.segment + 1
        }
        return next == segments.count
    }

    private static func segmentEnd(_ path: Span<UInt8>, _ start: Int) -> Int {
        var end = start
        while end < path.count, path[end] != PathPatternReader.slash { end += 1 }
        return end
    }

    private func matches(_ path: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        switch self {
        case .anySegments:
            return true
        case .literal(let name):
            guard end - start == name.count else { return false }
            for index in 0..<name.count where path[start + index] != name[index] { return false }
            return true
        case .wild(let tokens):
            // A name has at least one byte, even for a star.
            return start < end && PathToken.match(tokens, path, start, end)
        }
    }
}

/// One piece of a name with wildcards.
enum PathToken: Sendable {
    case byte(UInt8)
    case star
    /// `?`: one character.
    case any
    /// `[…]`: one character of the set.
    case set(ScalarSet)

    /// Whether the bytes from `start` to `end` match all the tokens; only the last star is retried.
    static func match(
        _ tokens: [PathToken],
        _ path: Span<UInt8>,
        _ start: Int,
        _ end: Int
    ) -> Bool {
        var next = 0
        var position = start
        var retry: (token: Int, position: Int)?
        while true {
            if next < tokens.count {
                if case .star = tokens[next] {
                    retry = (next, position)
                    next += 1
                    continue
                }
                if position < end {
                    let length = tokens[next].length(path, position, end)
                    if length > 0 {
                        next += 1
                        position += length
                        continue
                    }
                }
            } else if position == end {
                return true
            }
            guard let last = retry, last.position < end else { return false }
            retry = (last.token, last.position + 1)
            position = last.position + 1
            next = last.token + 1
        }
    }

    /// How many bytes the token takes at the position; 0 where it does not match.
    private func length(_ path: Span<UInt8>, _ position: Int, _ end: Int) -> Int {
        switch self {
        case .byte(let byte):
            return path[position] == byte ? 1 : 0
        case .star:
            return 0
        case .any:
            // A continuation byte is never a character's beginning, else a retried star could
            // stop within one and '?' would take its rest.
            let (scalar, length) = ScalarReader.read(path, position, end)
            return isContinuation(path[position]) && scalar == ScalarReader.replacement
                && position > 0 && path[position - 1] >= 0x80 ? 0 : length
        case .set(let set):
            let (scalar, length) = ScalarReader.read(path, position, end)
            return !isContinuation(path[position]) && set.contains(scalar) ? length : 0
        }
    }

    private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
