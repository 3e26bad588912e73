import Foundation
import Glibc
import Host
import Support
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
