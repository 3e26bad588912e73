import CLinux
import Glibc

/// The three streams every process has.
package enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case errors = 2

    /// Writes every byte, however many calls it takes.
    package func write(_ bytes: [UInt8]) throws(HostFault) {
        let written = unsafe clinux_write_all(rawValue, bytes, bytes.count)
        if written == -EPIPE { throw .connectionClosed }
        guard written >= 0 else { throw .from(-written, doing: "Writing to", path: name) }
    }

    /// Reads to the end; more than `limit` bytes are refused.
    package func readAll(limit: Int) throws(HostFault) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe clinux_read(rawValue, &chunk, chunk.count)
            guard count >= 0 else {
                let error = Int32(truncatingIfNeeded: -count)
                throw .from(error, doing: "Reading", path: name)
            }
            if count == 0 { return content }
            content += chunk[..<Int(count)]
            guard content.count <= limit else {
                throw .tooLarge(path: name, bytes: UInt64(content.count), limit: UInt64(limit))
            }
        }
    }

    /// Whether a person is at the other end.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// How many columns the terminal has; `nil` where this is none, or it does not say.
    package var columns: Int? {
        let columns = clinux_terminal_columns(rawValue)
        return columns > 0 ? Int(columns) : nil
    }

    private var name: String {
        switch self {
        case .input: "the standard input"
        case .output: "the standard output"
        case .errors: "the standard error stream"
        }
    }
}
