import CLinux
import Glibc

/// What the process was started with: the only place that reads it.
package enum HostEnvironment {
    /// An environment variable; `nil` where it is not set.
    ///
    /// One that is not UTF-8 is refused: a repaired one would name something else.
    package static func variable(_ name: String) throws(HostFault) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return try text(unsafe bytes(value), of: "the environment variable \(name)")
    }

    /// All arguments, the name of the program first.
    ///
    /// Not `CommandLine.arguments`: that reads /proc/self/cmdline, which is closed to a confined role.
    /// As bytes, because nobody promises that they are text.
    package static var arguments: [[UInt8]] {
        var arguments: [[UInt8]] = []
        while let argument = unsafe clinux_argument(Int32(arguments.count)) {
            arguments.append(unsafe bytes(argument))
        }
        return arguments
    }

    /// The absolute path of the directory the process works in.
    package static func workingDirectory() throws(HostFault) -> String {
        guard let path = unsafe getcwd(nil, 0) else {
            throw .from(errno, doing: "Finding", path: "the working directory")
        }
        defer { unsafe free(path) }
        return try text(unsafe bytes(path), of: "the working directory")
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        let count = unsafe strlen(text)
        return unsafe UnsafeBufferPointer(start: text, count: count)
            .map { UInt8(bitPattern: $0) }
    }

    private static func text(
        _ bytes: [UInt8],
        of what: String
    ) throws(HostFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .notText(what: what, shown: PathBytes.printable(bytes))
        }
        return text
    }

    /// Makes a write to a closed pipe, and one beyond the limit of a file's size, an error instead of
    /// the end of the process.
    package static func ignoreWriteSignals() {
        let done = clinux_ignore_write_signals()
        precondition(done >= 0, "SIGPIPE and SIGXFSZ can always be ignored.")
    }

    /// Ends the process with a status.
    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
