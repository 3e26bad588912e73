import CLinux
import Foundation
import Glibc
import Host
import Support
import Testing

struct `A directory` {
    @Test func `is opened by an absolute path`() throws {
        let temporary = TemporaryDirectory()
        let directory = try Directory.open(temporary.path)
        #expect(try directory.facts().kind == .directory)
    }

    @Test func `says why it cannot be opened`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("file", "x")
        try FileManager.default.createSymbolicLink(
            atPath: temporary.file("link"),
            withDestinationPath: temporary.path
        )
        func code(_ path: String) -> String? {
            do {
                _ = try Directory.open(path)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(temporary.file("none")) == "host.missing")
        #expect(code(temporary.file("file")) == "host.not-a-directory")
        #expect(code(temporary.file("link")) == "host.symbolic-link")
        #expect(code("relative") == "host.unsafe-path")
        #expect(code(temporary.path) == nil)
    }

    @Test func `never leads out of itself`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("inside/deep/file", "x")
        temporary.write("outside", "secret")
        try FileManager.default.createSymbolicLink(
            atPath: temporary.file("inside/out"),
            withDestinationPath: temporary.path
        )
        let directory = try Directory.open(temporary.file("inside"))
        #expect(try directory.openDirectory("deep").readWhole("file", limit: 9) == [120])
        #expect(throws: HostFault.symbolicLink(path: directory.path + "/out/outside")) {
            try directory.readWhole("out/outside", limit: 99)
        }
        #expect(throws: HostFault.symbolicLink(path: directory.path + "/out/inside")) {
            try directory.openDirectory("out/inside")
        }
        #expect(throws: HostFault.symbolicLink(path: directory.path + "/out")) {
            try directory.openDirectory("out")
        }
        #expect(throws: HostFault.notADirectory(path: directory.path + "/deep/file")) {
            try directory.openDirectory("deep/file")
        }
        for path in ["../outside", "deep/../../outside", "/etc/passwd", "", "a//b", "./a"] {
            let fault = #expect(throws: HostFault.self) {
                try directory.readWhole(path, limit: 99)
            }
            #expect(fault?.code == "host.unsafe-path")
        }
    }

    @Test func `is reached by steps where the kernel has no openat2`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("inside/deep/file", "x")
        temporary.write("outside", "secret")
        try FileManager.default.createSymbolicLink(
            atPath: temporary.file("inside/out"),
            withDestinationPath: temporary.path
        )
        let root = unsafe clinux_directory_open(temporary.file("inside"))
        defer { _ = clinux_close(root) }
        func opened(_ path: String) -> Int32 {
            let opened = unsafe clinux_open_beneath_by_steps(root, path, O_RDONLY)
            if opened >= 0 { _ = clinux_close(opened) }
            return min(opened, 0)
        }
        #expect(opened("deep/file") == 0)
        #expect(opened("deep") == 0)
        #expect(opened("out") == -ELOOP)
        #expect(opened("out/outside") == -ELOOP)
        #expect(opened("../outside") == -EXDEV)
        #expect(opened("deep/../../outside") == -EXDEV)
        #expect(opened("/etc/passwd") == -EXDEV)
        #expect(opened("deep/none") == -ENOENT)
    }

    @Test func `tells the facts of a link and not of its target`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("file", "four")
        try FileManager.default.createSymbolicLink(
            atPath: temporary.file("link"),
            withDestinationPath: "file"
        )
        let directory = try Directory.open(temporary.path)
        #expect(try directory.facts(of: "file")?.size == 4)
        #expect(try directory.facts(of: "link")?.kind == .symbolicLink)
        #expect(try directory.facts(of: "none") == nil)
        #expect(try directory.linkTarget(of: "link".utf8) == Array("file".utf8))
        #expect(throws: HostFault.self) { try directory.linkTarget(of: "file".utf8) }
    }
}

struct `A directory in trouble` {
    @Test func `does not lead into a mount`() throws {
        // /dev/shm or /dev/pts is a mount of its own on every Linux.
        let root = try Directory.open("/dev")
        let mounts = try TreeWalk(depthMax: 1).list(root).filter { $0.problem == .mounted }
        let mount = try #require(mounts.first?.text)
        #expect(throws: HostFault.leavesDirectory(path: "/dev/\(mount)")) {
            try root.openDirectory(mount)
        }
        #expect(throws: HostFault.leavesDirectory(path: "/dev/\(mount)/x")) {
            try root.facts(of: "\(mount)/x")
        }
        #expect(try Directory.open("/dev/\(mount)").facts().kind == .directory)
    }

    @Test func `says when too many files are open`() async {
        // In a process of its own: the limit holds for all threads.
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 256, rlim_max: 256)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var open: [Directory] = []
            let fault = #expect(throws: HostFault.self) {
                for _ in 0..<300 { open.append(try Directory.open("/")) }
            }
            #expect(fault?.code == "host.too-many-open-files")
            open = []
            #expect(throws: Never.self) { try Directory.open("/") }
        }
    }
}
