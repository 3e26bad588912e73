import Foundation
import Glibc
import Host
import Support
import Testing

struct `A child process` {
    private func shell(_ script: String) throws -> ChildProcess.Start {
        ChildProcess.Start(try Executable.at("/bin/sh"), arguments: ["sh", "-c", script])
    }

    private func run(_ start: ChildProcess.Start, input: [UInt8] = []) throws -> CapturedProcess {
        try CapturedProcess.run(start, input: input, bytesMax: 1 << 20, milliseconds: 20_000)
    }

    @Test func `gives its arguments, environment and directory, and nothing else`() throws {
        let temporary = TemporaryDirectory()
        var start = try shell("printf '%s|' \"$0\" \"$1\"; pwd -P; env | grep -v ^_= | sort")
        start.arguments += ["zero", "one two"]
        start.environment = ["PATH": "/usr/bin:/bin", "CHARTER_X": "ä=b"]
        start.directory = try Directory.open(temporary.path)
        let done = try run(start)
        let text = String(decoding: done.output, as: UTF8.self)
        #expect(done.isSuccess, "\(String(decoding: done.errors, as: UTF8.self))")
        #expect(text.hasPrefix("zero|one two|"))
        #expect(text.contains("CHARTER_X=ä=b\n") && !text.contains("HOME="))
    }

    @Test func `has the descriptors of the map and no others`() throws {
        let (one, two) = try UnixSocket.pair()
        let temporary = TemporaryDirectory()
        temporary.write("out", "")
        // Descriptors of this process that a child must not see; they are not close-on-exec.
        let leak = unsafe open(temporary.file("out"), O_WRONLY)
        defer { close(leak) }
        var start = try shell("ls /proc/self/fd; echo hello >&4")
        start.environment = ["PATH": "/usr/bin:/bin"]
        start.descriptors = [nil, nil, nil, nil, two.descriptor]
        let done = try run(start)
        let numbers = String(decoding: done.output, as: UTF8.self).split(separator: "\n")
        // 5 is the directory that ls itself reads.
        #expect(numbers == ["0", "1", "2", "3", "4", "5"])
        #expect(try one.receiveExactly(6) == Array("hello\n".utf8))
    }

    @Test func `tells how it ended`() throws {
        #expect(try run(shell("exit 7")).status == .exited(7))
        #expect(try run(shell("kill -TERM $$")).status == .signalled(SIGTERM))
        let child = try ChildProcess.start(shell("read line"))
        #expect(try child.wait() == .exited(1))
        #expect(try child.wait() == .exited(1))
    }

    @Test func `is fed and drained at once`() throws {
        let input = [UInt8](repeating: 65, count: 600_000)
        let done = try run(
            ChildProcess.Start(Executable.at("/bin/cat"), arguments: ["cat"]),
            input: input
        )
        #expect(done.output == input && done.isSuccess)
        let deaf = try run(shell("exit 0"), input: input)
        #expect(deaf.isSuccess)
    }

    @Test func `is stopped at its limits, with everything it started`() throws {
        var start = try shell("sleep 1000 & echo $!; yes")
        start.environment = ["PATH": "/usr/bin:/bin"]
        let loud = try CapturedProcess.run(start, bytesMax: 10_000, milliseconds: 20_000)
        #expect(loud.stopped == .outputLimit && loud.status == .signalled(SIGKILL))
        let text = String(decoding: loud.output.prefix(20), as: UTF8.self)
        let sleeper = try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
        #expect(!isAlive(sleeper))
        start.arguments = ["sh", "-c", "sleep 1000 & echo $!; wait"]
        let slow = try CapturedProcess.run(start, bytesMax: 10_000, milliseconds: 300)
        #expect(slow.stopped == .timeLimit && slow.status == .signalled(SIGKILL))
        let other = String(decoding: slow.output, as: UTF8.self).dropLast()
        #expect(!isAlive(try #require(Int32(other))))
    }

    @Test func `takes along what it left running when it ends by itself`() throws {
        var start = try shell("sleep 1000 >/dev/null 2>&1 & echo $!")
        start.environment = ["PATH": "/usr/bin:/bin"]
        let done = try run(start)
        #expect(done.isSuccess)
        let text = String(decoding: done.output, as: UTF8.self).dropLast()
        #expect(!isAlive(try #require(Int32(text))))
    }

    /// Killed and not yet reaped by its new parent counts as dead: state Z or X.
    private func isAlive(_ number: Int32) -> Bool {
        for _ in 0..<200_000 {
            guard let status = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
                let state = status.split(separator: ") ").last?.first
            else { return false }
            if state == "Z" || state == "X" { return false }
            sched_yield()
        }
        return true
    }

    @Test func `says why it could not be started`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("data", "no program")
        #expect(throws: HostFault.missing(path: temporary.file("none"))) {
            try Executable.at(temporary.file("none"))
        }
        let data = ChildProcess.Start(try .at(temporary.file("data")), arguments: ["data"])
        let fault = #expect(throws: HostFault.self) { try ChildProcess.start(data) }
        #expect(fault?.code == "host.permission-denied")
        #expect(fault?.description.hasPrefix("Executing \(temporary.path)") == true)
    }

    @Test func `executes what was opened, whatever its name means now`() throws {
        let temporary = TemporaryDirectory()
        try FileManager.default.copyItem(atPath: "/bin/echo", toPath: temporary.file("program"))
        let executable = try Executable.at(temporary.file("program"))
        try FileManager.default.removeItem(atPath: temporary.file("program"))
        try FileManager.default.copyItem(atPath: "/bin/false", toPath: temporary.file("program"))
        let done = try run(ChildProcess.Start(executable, arguments: ["program", "first"]))
        #expect(done.output == Array("first\n".utf8))
        #expect(try Executable.ownImage().descriptor.number >= 0)
    }
}
