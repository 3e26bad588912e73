import Foundation
import Glibc
import Host
import Support
import Synchronization
import Testing

struct `A durable file` {
    private func names(_ directory: Directory) throws -> [String] {
        try TreeWalk().list(directory).map(\.text)
    }

    @Test func `replaces what stood there and leaves nothing else`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("sub/file", "old")
        let directory = try Directory.open(temporary.path)
        try DurableFile.replace("sub/file", with: Array("new".utf8), in: directory, mode: 0o666)
        try DurableFile.replace("fresh", with: [], in: directory, mode: 0o400)
        #expect(try directory.readWhole("sub/file", limit: 9) == Array("new".utf8))
        #expect(try names(directory) == ["fresh", "sub", "sub/file"])
        // The mode is the one asked for, whatever the umask is.
        #expect(try directory.facts(of: "sub/file")?.permissions == 0o666)
        #expect(try directory.facts(of: "fresh")?.permissions == 0o400)
    }

    @Test func `leaves the old content and no temporary when it fails`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("directory/inner", "x")
        let directory = try Directory.open(temporary.path)
        let blocked = #expect(throws: HostFault.self) {
            try DurableFile.replace("directory", with: [1], in: directory)
        }
        #expect(blocked?.code == "host.not-a-regular-file")
        let missing = #expect(throws: HostFault.self) {
            try DurableFile.replace("none/file", with: [1], in: directory)
        }
        #expect(missing?.code == "host.missing")
        #expect(try names(directory) == ["directory", "directory/inner"])
    }

    @Test func `says when nothing may be written there`() throws {
        // Not even the superuser can make a file in sysfs.
        let fault = #expect(throws: HostFault.self) {
            try DurableFile.replace("charter", with: [1], in: Directory.open("/sys/kernel"))
        }
        let code = try #require(fault?.code)
        #expect(["host.permission-denied", "host.read-only-file-system"].contains(code))
    }

    @Test func `replaces a link and never writes through it`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("target", "untouched")
        unsafe symlink("target", temporary.file("link"))
        let directory = try Directory.open(temporary.path)
        try DurableFile.replace("link", with: Array("own".utf8), in: directory)
        #expect(try directory.facts(of: "link")?.kind == .file)
        #expect(try directory.readWhole("target", limit: 99) == Array("untouched".utf8))
    }

    @Test func `knows its own temporaries`() {
        #expect(DurableFile.isTemporary(".file.0123.charter-new".utf8))
        #expect(!DurableFile.isTemporary("file.charter-new".utf8))
        #expect(!DurableFile.isTemporary(".file".utf8))
    }

    @Test func `takes a name of the greatest length`() throws {
        let temporary = TemporaryDirectory()
        let name = String(repeating: "n", count: 255)
        let directory = try Directory.open(temporary.path)
        try DurableFile.replace(name, with: [7], in: directory)
        #expect(try directory.readWhole(name, limit: 1) == [7])
    }

    @Test func `is moved, and never over another`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("one", "1")
        temporary.write("two", "2")
        let directory = try Directory.open(temporary.path)
        try DurableFile.makeDirectory("sub", in: directory)
        try DurableFile.moveFile("one", in: directory, to: "sub/one", in: directory)
        #expect(throws: HostFault.alreadyExists(path: directory.path + "/sub/one")) {
            try DurableFile.moveFile("two", in: directory, to: "sub/one", in: directory)
        }
        #expect(throws: HostFault.missing(path: directory.path + "/none")) {
            try DurableFile.moveFile("none", in: directory, to: "other", in: directory)
        }
        #expect(try names(directory) == ["sub", "sub/one", "two"])
        #expect(try directory.readWhole("sub/one", limit: 9) == Array("1".utf8))
    }

    @Test func `is not moved to another file system`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("file", "1")
        let directory = try Directory.open(temporary.path)
        let other = try Directory.open("/dev/shm")
        if try other.facts().device == directory.facts().device { return }
        let fault = #expect(throws: HostFault.self) {
            try DurableFile.moveFile("file", in: directory, to: "charter-x", in: other)
        }
        #expect(fault?.code == "host.different-file-system")
        #expect(try names(directory) == ["file"])
    }

    @Test func `is removed, and a directory only when it is empty`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("sub/file", "1")
        let directory = try Directory.open(temporary.path)
        let filled = #expect(throws: HostFault.self) {
            try DurableFile.removeDirectory("sub", in: directory)
        }
        #expect(filled?.code == "host.directory-not-empty")
        let kind = #expect(throws: HostFault.self) {
            try DurableFile.removeFile("sub", in: directory)
        }
        #expect(kind?.code == "host.not-a-regular-file")
        try DurableFile.removeFile("sub/file", in: directory)
        try DurableFile.removeDirectory("sub", in: directory)
        try DurableFile.synchronizeFileSystem(of: directory)
        #expect(try names(directory) == [])
    }

    @Test func `says when a stream has no space left`() async {
        // In a process of its own, whose standard output becomes a device that is always full.
        await #expect(processExitsWith: .success) {
            unsafe dup2(open("/dev/full", O_WRONLY), 1)
            #expect(throws: HostFault.noSpace(path: "the standard output")) {
                try StandardStream.output.write([1])
            }
            unsafe dup2(open("/dev/null", O_WRONLY), 1)
            #expect(throws: Never.self) { try StandardStream.output.write([1]) }
        }
    }

    @Test(.enabled(if: mayMount, "only the superuser can make a small file system"))
    func `keeps its old content on a full disk`() throws {
        let temporary = TemporaryDirectory()
        let options = ["-t", "tmpfs", "-o", "size=64k", "charter", temporary.path]
        let mounted = try Command.run("mount", options)
        try #require(mounted.status == 0, "\(mounted.errors)")
        defer { _ = try? Command.run("umount", ["--lazy", temporary.path]) }
        let directory = try Directory.open(temporary.path)
        try DurableFile.replace("file", with: Array("old".utf8), in: directory)
        let large = [UInt8](repeating: 65, count: 80_000)
        #expect(throws: HostFault.noSpace(path: temporary.path + "/file")) {
            try DurableFile.replace("file", with: large, in: directory)
        }
        #expect(try directory.readWhole("file", limit: 9) == Array("old".utf8))
        #expect(try names(directory) == ["file"])
    }

    /// Whether this process has CAP_SYS_ADMIN.
    private static var mayMount: Bool {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let digits = line?.split(separator: "\t").last ?? "0"
        return (UInt64(digits, radix: 16) ?? 0) & 1 << 21 != 0
    }
}

struct `A tree that is removed` {
    /// Makes an empty file whose name is no text.
    private func makeUnnamable(in path: String) throws {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        let name: [CChar] = [-1, -2, 10, 0]
        let made = unsafe openat(descriptor, name, O_CREAT | O_WRONLY, 0o600)
        try #require(made >= 0)
        close(made)
        let folder: [CChar] = [-61, 40, 0]
        try #require(unsafe mkdirat(descriptor, folder, 0o700) == 0)
    }

    @Test func `is gone with all names, those that are no text too`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("tree/a/b/file", "1")
        temporary.write("tree/a-b", "2")
        temporary.write("other", "3")
        try makeUnnamable(in: temporary.file("tree"))
        try makeUnnamable(in: temporary.file("tree/a/b"))
        unsafe mkfifo(temporary.file("tree/fifo"), 0o600)
        let directory = try Directory.open(temporary.path)
        try DurableFile.removeTree("tree", in: directory)
        #expect(try TreeWalk().list(directory).map(\.text) == ["other"])
    }

    @Test func `is removed from any depth that we make`() throws {
        let temporary = TemporaryDirectory()
        let path = (0..<200).map { _ in "d" }.joined(separator: "/")
        temporary.write("tree/\(path)/file", "1")
        let directory = try Directory.open(temporary.path)
        try DurableFile.removeTree("tree", in: directory)
        #expect(try TreeWalk().list(directory).isEmpty)
    }

    @Test func `takes no link's target along`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("outside/file", "kept")
        temporary.write("tree/file", "1")
        unsafe symlink("../outside", temporary.file("tree/link"))
        unsafe symlink("../outside/file", temporary.file("tree/other"))
        unsafe symlink("outside", temporary.file("top"))
        let directory = try Directory.open(temporary.path)
        #expect(throws: HostFault.symbolicLink(path: directory.path + "/top")) {
            try DurableFile.removeTree("top", in: directory)
        }
        try DurableFile.removeTree("tree", in: directory)
        let left = try TreeWalk().list(directory).map(\.text)
        #expect(left == ["outside", "outside/file", "top"])
        #expect(try directory.readWhole("outside/file", limit: 9) == Array("kept".utf8))
    }

    @Test func `must be there and beneath`() throws {
        let temporary = TemporaryDirectory()
        let directory = try Directory.open(temporary.path)
        #expect(throws: HostFault.missing(path: directory.path + "/none")) {
            try DurableFile.removeTree("none", in: directory)
        }
        let out = #expect(throws: HostFault.self) {
            try DurableFile.removeTree("../x", in: directory)
        }
        #expect(out?.code == "host.unsafe-path")
    }
}

struct `A file lock` {
    @Test func `is held by one only, and says by whom`() throws {
        let temporary = TemporaryDirectory()
        let directory = try Directory.open(temporary.path)
        do {
            let lock = try FileLock.acquire("lock", in: directory)
            #expect(throws: HostFault.locked(path: directory.path + "/lock", holder: getpid())) {
                try FileLock.acquire("lock", in: directory)
            }
            withExtendedLifetime(lock) {}
        }
        _ = try FileLock.acquire("lock", in: directory)
    }

    @Test func `is waited for in turn by one who is patient`() throws {
        let temporary = TemporaryDirectory()
        let directory = try Directory.open(temporary.path)
        let order = Mutex<[String]>([])
        let (started, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        do {
            let lock = try FileLock.acquire("lock", in: directory)
            Thread.detachNewThread {
                started.signal()
                let said: String
                do {
                    _ = try FileLock.acquire("lock", in: directory, waiting: true)
                    said = "acquired"
                } catch {
                    said = "\(error)"
                }
                order.withLock { $0.append(said) }
                ended.signal()
            }
            started.wait()
            #expect(throws: HostFault.locked(path: directory.path + "/lock", holder: getpid())) {
                try FileLock.acquire("lock", in: directory)
            }
            order.withLock { $0.append("released") }
            withExtendedLifetime(lock) {}
        }
        ended.wait()
        let seen = order.withLock { $0 }
        #expect(seen == ["released", "acquired"])
    }

    @Test func `is not taken through a link`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("victim", "content")
        unsafe symlink("victim", temporary.file("lock"))
        let directory = try Directory.open(temporary.path)
        #expect(throws: HostFault.symbolicLink(path: directory.path + "/lock")) {
            try FileLock.acquire("lock", in: directory)
        }
        #expect(try directory.readWhole("victim", limit: 99) == Array("content".utf8))
    }
}

struct `Seeded randomness` {
    @Test func `gives the same bytes for the same seed`() {
        #expect(Randomness.seeded(7).bytes(20) == Randomness.seeded(7).bytes(20))
        #expect(Randomness.seeded(7).bytes(20) != Randomness.seeded(8).bytes(20))
        #expect(Randomness.system.bytes(1000) != Randomness.system.bytes(1000))
        #expect(Randomness.system.bytes(0) == [])
    }
}
