import Foundation
import Host

/// Runs a program of the machine (ssh-keygen, openssl, node, charter …) and returns what it said.
package enum Command {
    package struct Result: Sendable {
        package let status: Int32
        package let output: String
        package let errors: String
    }

    package struct NotFound: Error {
        package let program: String
    }

    /// The path of a program on this machine, or `nil` where it is not installed.
    package static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        for folder in path.split(separator: ":") {
            let candidate = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        return nil
    }

    /// Runs a program to its end.
    ///
    /// `program` is a path, or a name that is looked up on PATH.
    package static func run(
        _ program: String,
        _ arguments: [String] = [],
        input: [UInt8] = [],
        environment: [String: String]? = nil,
        directory: String? = nil
    ) throws -> Result {
        guard let path = program.hasPrefix("/") ? program : find(program) else {
            throw NotFound(program: program)
        }
        let whole = try script(at: path).map { $0 + arguments } ?? [path] + arguments
        var start = ChildProcess.Start(try .at(whole[0]), arguments: whole)
        start.environment = environment ?? inherited
        start.directory = try directory.map { path throws(HostFault) in try Directory.open(path) }
        // What a test leaves running in the background is the test's own business.
        start.newSession = false
        let captured = try CapturedProcess.run(
            start,
            input: input,
            bytesMax: 1 << 30,
            milliseconds: 1_200_000
        )
        let status: Int32 =
            switch captured.status {
            case .exited(let status): status
            case .signalled(let number): number
            }
        return Result(
            status: status,
            output: String(decoding: captured.output, as: UTF8.self),
            errors: String(decoding: captured.errors, as: UTF8.self)
        )
    }

    /// The words that run a file which names its interpreter; `nil` for a program.
    private static func script(at path: String) throws -> [String]? {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        let first = String(decoding: try handle.read(upToCount: 256) ?? Data(), as: UTF8.self)
        guard first.hasPrefix("#!"), let line = first.split(separator: "\n").first else {
            return nil
        }
        return line.dropFirst(2).split(separator: " ", maxSplits: 1).map(String.init) + [path]
    }

    private static let inherited = ProcessInfo.processInfo.environment
}
