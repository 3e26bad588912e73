/// A path as the kernel takes it: checked bytes and a NUL behind them.
struct PathBytes {
    /// The bytes and one NUL.
    let terminated: [UInt8]

    /// A path that stays beneath the directory it is used in.
    ///
    /// Not empty, not absolute, no part that is empty, `.` or `..`, no NUL.
    static func beneath(_ bytes: some Collection<UInt8>) throws(HostFault) -> PathBytes {
        func refused(_ reason: String) -> HostFault {
            .unsafePath(path: printable(bytes), reason: reason)
        }
        if bytes.isEmpty { throw refused("it is empty") }
        var path = Array(bytes)
        // Asked for every file there is, so each byte is looked at once.
        var start = 0
        for index in 0...path.count {
            if index < path.count {
                if path[index] == 0 { throw refused("it contains a NUL byte") }
                guard path[index] == UInt8(ascii: "/") else { continue }
            }
            let length = index - start
            if length == 0 { throw refused("it is absolute or has an empty part") }
            if length <= 2, path[start..<index].allSatisfy({ $0 == UInt8(ascii: ".") }) {
                throw refused("it has a part \".\" or \"..\"")
            }
            start = index + 1
        }
        path.append(0)
        return PathBytes(terminated: path)
    }

    /// One name in a directory: as `beneath`, without a slash.
    static func name(_ bytes: some Collection<UInt8>) throws(HostFault) -> PathBytes {
        if bytes.contains(UInt8(ascii: "/")) {
            throw .unsafePath(path: printable(bytes), reason: "it must be one name without \"/\"")
        }
        return try beneath(bytes)
    }

    /// A path from the root of the file system.
    static func absolute(_ path: String) throws(HostFault) -> PathBytes {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw .unsafePath(path: path, reason: "it must be absolute")
        }
        guard !path.utf8.contains(0) else {
            throw .unsafePath(path: printable(path.utf8), reason: "it contains a NUL byte")
        }
        return PathBytes(terminated: Array(path.utf8) + [0])
    }

    var text: String { PathBytes.printable(terminated.dropLast()) }

    /// The directory part, `nil` where there is none, and the last name.
    var split: (directory: PathBytes?, name: PathBytes) {
        guard let slash = terminated.lastIndex(of: UInt8(ascii: "/")) else { return (nil, self) }
        return (
            PathBytes(terminated: Array(terminated[..<slash]) + [0]),
            PathBytes(terminated: Array(terminated[(slash + 1)...]))
        )
    }

    /// A path as text that is safe to show: what is not printable UTF-8 becomes `\xNN`.
    static func printable(_ bytes: some Collection<UInt8>) -> String {
        let array = Array(bytes)
        if let text = String(validating: array, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 && !isHidden($0) })
        {
            return text
        }
        var text = ""
        for byte in array {
            if byte >= 32, byte < 127 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16)
                text += digits.count == 1 ? "\\x0" + digits : "\\x" + digits
            }
        }
        return text
    }

    /// Characters that change how the text around them is shown: C1 controls and format characters.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
