/// What vendors add to a trace: at most 32 keys with a value each, the one set last in front.
package struct TraceState: Hashable, Sendable, CustomStringConvertible {
    package static let entriesMax = 32

    /// One key and its value; both are plain ASCII.
    package struct Entry: Hashable, Sendable {
        package let key: String
        package let value: String
    }

    package let entries: [Entry]

    /// Whether there are none, so that no header is sent.
    package var isEmpty: Bool { entries.isEmpty }

    /// A state without entries.
    package init() { entries = [] }

    /// Reads all tracestate headers of a message; if anything in them is wrong the state is empty.
    ///
    /// Of a key that comes twice the first, which was set last, is kept.
    package init(headers: [String]) {
        var entries: [Entry] = []
        var keys: Set<String> = []
        for header in headers {
            for member in Array(header.utf8).split(separator: UInt8(ascii: ",")) {
                let member = TraceState.trimmed(member)
                guard !member.isEmpty else { continue }
                guard let entry = TraceState.entry(member) else {
                    self.init()
                    return
                }
                if keys.insert(entry.key).inserted { entries.append(entry) }
            }
        }
        guard entries.count <= TraceState.entriesMax else {
            self.init()
            return
        }
        self.init(entries: entries)
    }

    /// The header value.
    package var description: String {
        entries.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    /// The state with one entry set and moved to the front; `nil` if key or value is malformed.
    ///
    /// The last of 33 entries is dropped.
    package func setting(_ key: String, _ value: String) -> TraceState? {
        guard TraceState.isKey(Array(key.utf8)[...]), TraceState.isValue(Array(value.utf8)[...])
        else { return nil }
        let others = entries.filter { $0.key != key }
        let all = [Entry(key: key, value: value)] + others
        return TraceState(entries: Array(all.prefix(TraceState.entriesMax)))
    }

    private init(entries: [Entry]) { self.entries = entries }

    /// Optional white space is no part of a header's value (RFC 9110 §5.5).
    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, first == 32 || first == 9 { text.removeFirst() }
        while let last = text.last, last == 32 || last == 9 { text.removeLast() }
        return text
    }

    private static func entry(_ member: ArraySlice<UInt8>) -> Entry? {
        guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let (key, value) = (member[..<equals], member[(equals + 1)...])
        guard isKey(key), isValue(value) else { return nil }
        return Entry(
            key: String(decoding: key, as: UTF8.self),
            value: String(decoding: value, as: UTF8.self)
        )
    }

    /// Level 2, §3.3.1.3.1: 1 to 256 characters, of which the first is a letter or a digit.
    private static func isKey(_ key: ArraySlice<UInt8>) -> Bool {
        guard let first = key.first, key.count <= 256, isLetterOrDigit(first) else { return false }
        return key.allSatisfy { isLetterOrDigit($0) || "_-*/@".utf8.contains($0) }
    }

    /// Level 2, §3.3.1.3.2: 1 to 256 printable characters, no comma, no equals, no space at the end.
    private static func isValue(_ value: ArraySlice<UInt8>) -> Bool {
        guard let last = value.last, last != 32, value.count <= 256 else { return false }
        return value.allSatisfy { (0x20...0x7E).contains($0) && !",=".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte)
    }
}
