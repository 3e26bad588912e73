import Foundation
import Glibc
import Host
import Support
import Testing

/// A directory of a confined process beside one that is none of its business.
private struct Arena {
    let temporary = TemporaryDirectory()
    var own: String { temporary.file("own") }
    var other: String { temporary.file("other") }

    init() {
        temporary.write("own/file", "own")
        temporary.write("other/file", "other")
    }

    var profile: Confinement {
        Confinement(
            writable: [own, "/dev/null"],
            executable: ["/bin", "/usr/bin"] + Confinement.loaderPaths,
            allowsExecution: true
        )
    }

    /// Runs a shell script in the own directory, confined or, with `nil`, not.
    func run(_ script: String, _ profile: Confinement?) throws -> CapturedProcess {
        var start = ChildProcess.Start(
            try Executable.at("/bin/sh"),
            arguments: ["sh", "-c", script, "sh", own, other]
        )
        start.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
        start.directory = try Directory.open(own)
        start.confinement = profile
        return try CapturedProcess.run(start, bytesMax: 1 << 20, milliseconds: 20_000)
    }
}

struct `A confined process` {
    /// Each of these works for a process without walls, and must not work inside them.
    static let misdeeds = [
        "write a file of another": "echo changed > \"$2/file\"",
        "make a file beside another's": "echo new > \"$2/new\"",
        "empty a file of another": ": > \"$2/file\"",
        "remove a file of another": "rm -f \"$2/file\"",
        "read a file of another": "cat \"$2/file\"",
        "list a directory of another": "ls \"$2\"",
        "link a file of another to its own": "ln \"$2/file\" \"$1/stolen\"",
        "move a file of another to its own": "mv \"$2/file\" \"$1/stolen\"",
        "move its own into another's": "mv \"$1/file\" \"$2/moved\"",
        "change a mode of another": "chmod 600 \"$2/file\"",
        "change a mode at all": "chmod 600 \"$1/file\"",
        "change a time": "touch -d 2001-01-01 \"$1/file\"",
        "list the root": "ls /",
        "leave its group": "setsid true",
        "look at a process outside": "kill -0 \"$CHARTER_VICTIM\"",
        "make a namespace": "unshare --user true",
    ]

    @Test(.covers("A15"), arguments: misdeeds.keys.sorted())
    func `cannot`(name: String) throws {
        let misdeed = try #require(Self.misdeeds[name])
        let victim = try ChildProcess.start(
            ChildProcess.Start(Executable.at("/bin/sleep"), arguments: ["sleep", "1000"])
        )
        defer {
            victim.kill()
            _ = try? victim.wait()
        }
        let script = misdeed.replacing("$CHARTER_VICTIM", with: "\(victim.number)")
        let (free, walled) = (Arena(), Arena())
        let control = try free.run(script, nil)
        // Without walls the same script works, so this test can fail. (Only the superuser and a
        // generous kernel make user namespaces.)
        if name != "make a namespace" || control.isSuccess {
            #expect(control.isSuccess, "\(String(decoding: control.errors, as: UTF8.self))")
        }
        let confined = try walled.run(script, walled.profile)
        #expect(!confined.status.isSuccess && confined.stopped == nil)
        #expect(try walled.temporary.read("other/file") == Array("other".utf8))
        #expect(try victim.wait(milliseconds: 0) == nil)
    }

    @Test func `cannot end a process outside`() throws {
        let victim = try ChildProcess.start(
            ChildProcess.Start(Executable.at("/bin/sleep"), arguments: ["sleep", "1000"])
        )
        let arena = Arena()
        let script = "kill -KILL \(victim.number)"
        #expect(try !arena.run(script, arena.profile).isSuccess)
        #expect(try victim.wait(milliseconds: 0) == nil)
        // And without walls it can.
        #expect(try arena.run(script, nil).isSuccess)
        #expect(try victim.wait() == .signalled(SIGKILL))
    }

    @Test func `can work in its own directory`() throws {
        let arena = Arena()
        let script = """
            set -e
            mkdir a b; echo one > a/one; mv a/one b/two; ln b/two b/three; ln -s two b/link
            cat b/link b/three; : > file; rm -r a; sleep 0 & kill -0 $!; wait; echo x > /dev/null
            """
        let done = try arena.run(script, arena.profile)
        #expect(done.isSuccess, "\(String(decoding: done.errors, as: UTF8.self))")
        #expect(done.output == Array("one\none\n".utf8))
    }

    @Test func `executes once where it may not execute`() throws {
        let arena = Arena()
        var profile = arena.profile
        #expect(try arena.run("/bin/true && echo ran", profile).output == Array("ran\n".utf8))
        profile.allowsExecution = false
        let done = try arena.run("echo started; /bin/true && echo ran", profile)
        #expect(done.output == Array("started\n".utf8))
        #expect(!done.isSuccess)
        let limit = try arena.run("echo started; ulimit -n 2000", profile)
        #expect(limit.output == Array("started\n".utf8) && !limit.isSuccess)
    }

    @Test func `has the limits it was given`() throws {
        let arena = Arena()
        var profile = arena.profile
        profile.limits = ResourceLimits(fileBytes: 4096, openFiles: 20)
        let numbers = try arena.run("ulimit -n; ulimit -c", profile)
        #expect(numbers.output == Array("20\n0\n".utf8))
        let big = try arena.run("head -c 5000 /dev/null; yes | head -c 5000 > big", profile)
        #expect(!big.isSuccess)
        #expect(try arena.temporary.read("own/big").count == 4096)
        // Exactly the full disk: a write that stops half way.
        profile.limits = ResourceLimits()
        #expect(try arena.run("yes | head -c 5000 > big", profile).isSuccess)
    }

    @Test func `is known to the kernel as confined`() throws {
        let arena = Arena()
        var profile = arena.profile
        profile.readable = ["/proc"]
        let script = "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status"
        let text = String(decoding: try arena.run(script, profile).output, as: UTF8.self)
        #expect(text == "NoNewPrivs:\t1\nSeccomp:\t2\n")
    }

    @Test func `is not started where the kernel cannot hold it`() throws {
        let arena = Arena()
        var start = ChildProcess.Start(
            try Executable.at("/bin/sh"),
            arguments: ["sh", "-c", "echo ran > ran"]
        )
        start.directory = try Directory.open(arena.own)
        start.confinement = arena.profile
        let lacking = [
            ConfinementAvailability(landlockVersion: 0, hasSeccomp: true),
            ConfinementAvailability(landlockVersion: 2, hasSeccomp: true),
            ConfinementAvailability(landlockVersion: 7, hasSeccomp: false),
        ]
        for availability in lacking {
            start.availability = availability
            let fault = #expect(throws: HostFault.self) { try ChildProcess.start(start) }
            #expect(fault?.code == "host.confinement-unavailable")
        }
        #expect(throws: (any Error).self) { try arena.temporary.read("own/ran") }
        // Where the operator says so in so many words, it starts with what there is.
        start.confinement?.strictness = .reduced
        for availability in lacking {
            start.availability = availability
            #expect(try ChildProcess.start(start).wait() == .exited(0))
        }
        #expect(try arena.temporary.read("own/ran") == Array("ran\n".utf8))
    }

    @Test func `needs a place to write that exists`() throws {
        let arena = Arena()
        var profile = arena.profile
        profile.writable.append(arena.temporary.file("none"))
        #expect(throws: HostFault.missing(path: arena.temporary.file("none"))) {
            try arena.run("true", profile)
        }
    }

    @Test func `cannot be granted what lies in no tree`() throws {
        let arena = Arena()
        let (one, _) = try UnixSocket.pair()
        var profile = arena.profile
        let path = "/proc/self/fd/\(one.descriptor.number)"
        profile.readable = [path]
        #expect(throws: HostFault.confinementFailed(step: path, error: EBADFD)) {
            try arena.run("true", profile)
        }
        profile.readable = ["/proc/self/fd"]
        #expect(try arena.run("true", profile).isSuccess)
    }

    @Test func `is not made of a process that has threads`() throws {
        let thread = ThreadExecutor(name: "other")
        defer { thread.shutdown() }
        let fault = #expect(throws: HostFault.self) {
            try ConfinedImage.enter(
                Confinement(),
                executing: .at("/bin/true"),
                arguments: ["true"],
                environment: [:]
            )
        }
        #expect(fault?.code == "host.not-single-threaded")
    }
}

struct `A confinement report` {
    @Test func `says that no wall stands around a process without walls`() {
        let report = ConfinementReport.probe()
        #expect(report.availability == .probe())
        #expect(!report.denied.contains(.execution) && !report.denied.contains(.modes))
        #expect(!report.denied.contains(.rootDirectory) && !report.denied.contains(.sessions))
    }

    @Test func `knows what the kernel offers`() throws {
        let facts = HostFacts.probe()
        #expect(facts.processors >= 1 && facts.user == getuid())
        #expect(facts.kernelRelease.contains("."))
        #expect(try HostFacts.fileSystem(of: Directory.open("/proc")) == "proc")
        #expect(ConfinementAvailability(landlockVersion: 3, hasSeccomp: true).shortcoming == nil)
    }
}

struct `The environment of this process` {
    @Test func `is read here`() throws {
        #expect(try HostEnvironment.variable("CHARTER_NO_SUCH_VARIABLE") == nil)
        #expect(try HostEnvironment.variable("PATH") != nil)
        #expect(HostEnvironment.arguments == CommandLine.arguments.map { Array($0.utf8) })
        #expect(try Directory.open(HostEnvironment.workingDirectory()).facts().kind == .directory)
    }
}
