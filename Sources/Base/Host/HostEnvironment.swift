import CLinux
import Glibc

/// What the process was started with: the only place that reads it.
package enum HostEnvironment {
    /// An environment variable; `nil` where it is not set.
    package static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// All arguments, the name of the program first.
    ///
    /// Not `CommandLine.arguments`: that reads /proc/self/cmdline, which is closed to a confined role.
    package static var arguments: [String] {
        var arguments: [String] = []
        while let argument = unsafe clinux_argument(Int32(arguments.count)) {
            arguments.append(unsafe String(cString: argument))
        }
        return arguments
    }

    /// The absolute path of the directory the process works in.
    package static func workingDirectory() throws(HostFault) -> String {
        guard let path = unsafe getcwd(nil, 0) else {
            throw .from(errno, doing: "Finding", path: "the working directory")
        }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// Makes a write to a closed pipe or socket an error instead of the end of the process.
    package static func ignoreBrokenPipes() {
        let done = clinux_ignore_broken_pipes()
        precondition(done >= 0, "SIGPIPE can always be ignored.")
    }

    /// Ends the process with a status.
    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
