/// Paths into documents, written as JSON pointers or as arrays of keys.
enum DocumentPath {
    /// Refuses a path that leads deeper than any value is: what follows it goes as deep.
    static func checkLength(_ path: [Value]) throws(BuiltinError) {
        if path.count > Value.depthMax {
            throw .failed("a path has more than \(Value.depthMax) keys")
        }
    }

    /// The keys of a path; `nil` for what is no path.
    static func keys(of value: Value) -> [Value]? {
        switch value {
        case .array(let array): return array.elements
        case .string(let text):
            if text.isEmpty { return [] }
            let slash = UInt8(ascii: "/")
            let bytes = text.bytes.drop { $0 == slash }
            let parts = bytes.split(separator: slash, omittingEmptySubsequences: false)
            return parts.map { .string(Text(unescaped($0))) }
        default: return nil
        }
    }

    /// `~1` means a slash and `~0` a tilde.
    private static func unescaped(_ part: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var isEscaped = false
        for byte in part {
            if isEscaped, byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") {
                out[out.count - 1] =
                    byte == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~")
                isEscaped = false
            } else {
                out.append(byte)
                isEscaped = byte == UInt8(ascii: "~")
            }
        }
        return out
    }
}
