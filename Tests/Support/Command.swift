import Foundation
import Glibc

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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        // Given even when it is the machine's own: then starting reads no state of the process.
        process.environment = environment ?? inherited
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        // Starts are one at a time: two at once have been seen to crash inside Foundation.
        try starting.withLock { try process.run() }
        // Each pipe is drained by a thread of its own: a full pipe must not stop the program.
        let group = DispatchGroup()
        let (outputBox, errorBox) = (Collected(), Collected())
        for (pipe, box) in [(output, outputBox), (errors, errorBox)] {
            group.enter()
            Thread.detachNewThread {
                box.set(pipe.fileHandleForReading.readDataToEndOfFile())
                group.leave()
            }
        }
        feed(input, to: standardInput.fileHandleForWriting)
        ended.wait()
        group.wait()
        return Result(
            status: process.terminationStatus,
            output: outputBox.text,
            errors: errorBox.text
        )
    }

    private static let starting = NSLock()
    private static let inherited = ProcessInfo.processInfo.environment

    /// Writes to a program that may already have ended.
    ///
    /// SIGPIPE then comes to the writing thread, so it is held back there and taken away. Ignoring it
    /// for the whole process would not do: every program that a test starts would inherit that.
    private static func feed(_ input: [UInt8], to handle: FileHandle) {
        var pipeOnly = sigset_t()
        var before = sigset_t()
        var atOnce = timespec()
        unsafe sigemptyset(&pipeOnly)
        unsafe sigaddset(&pipeOnly, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &pipeOnly, &before)
        try? handle.write(contentsOf: Data(input))
        try? handle.close()
        _ = unsafe sigtimedwait(&pipeOnly, nil, &atOnce)
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}

/// What one pipe delivered.
///
/// A lock guards it: the reader thread writes, the caller reads later.
private final class Collected: @unchecked Sendable {
    private let lock = NSLock()
    private var data = Data()

    func set(_ data: Data) { lock.withLock { self.data = data } }
    var text: String { lock.withLock { String(decoding: data, as: UTF8.self) } }
}
