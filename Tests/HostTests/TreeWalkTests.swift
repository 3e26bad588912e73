import Foundation
import Glibc
import Host
import Support
import Testing

struct `A tree walk` {
    private func texts(_ listing: TreeListing) -> [String] { listing.map(\.text) }

    @Test func `names every entry of every kind`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("a/file", "x")
        unsafe mkfifo(temporary.file("fifo"), 0o600)
        unsafe symlink("/etc", temporary.file("link"))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        chdirFreeBind(socket, &address, temporary.path)
        let listing = try TreeWalk().list(Directory.open(temporary.path))
        let kinds = Dictionary(uniqueKeysWithValues: listing.map { ($0.text, $0.kind) })
        #expect(
            kinds == [
                "a": .directory, "a/file": .file, "fifo": .fifo, "link": .symbolicLink,
                "socket": .socket,
            ]
        )
        #expect(listing.allSatisfy { $0.problem == nil && !$0.isSkipped })
    }

    /// Binds a socket through /proc, so that a long temporary directory cannot exceed 107 bytes.
    private func chdirFreeBind(_ socket: Int32, _ address: inout sockaddr_un, _ path: String) {
        let directory = unsafe open(path, O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        let name = Array("/proc/self/fd/\(directory)/socket".utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, length)
            }
        }
        #expect(bound == 0)
    }

    @Test func `is ordered by the bytes of the whole path`() throws {
        let temporary = TemporaryDirectory()
        for name in ["a/x", "a-b/y", "a.c", "a/b/c", "a0", "B", "a-/z"] {
            temporary.write(name, "")
        }
        let listing = try TreeWalk().list(Directory.open(temporary.path))
        let paths = listing.map { Array($0.path) }
        #expect(paths == paths.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(
            texts(listing) == [
                "B", "a", "a-", "a-/z", "a-b", "a-b/y", "a.c", "a/b", "a/b/c", "a/x", "a0",
            ]
        )
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func `finds, for any tree, the same as find does`(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let temporary = TemporaryDirectory()
        let parts = ["a", "b", "a-", "a.", "ab", "é", "Z", "0", " ", "-x"]
        for number in 0..<60 {
            let depth = generator.int(0...4)
            let path = (0..<depth).map { _ in generator.pick(parts) } + ["f\(number)"]
            temporary.write(path.joined(separator: "/"), "\(number)")
        }
        let found = try Command.run("/usr/bin/find", [temporary.path, "-mindepth", "1"]).output
            .split(separator: "\n")
            .map { Array($0.utf8.dropFirst(temporary.path.utf8.count + 1)) }
            .sorted { $0.lexicographicallyPrecedes($1) }
        let listing = try TreeWalk().list(Directory.open(temporary.path))
        #expect(listing.map { Array($0.path) } == found, "seed \(seed)")
    }

    @Test func `keeps names that are no text`() throws {
        let temporary = TemporaryDirectory()
        let descriptor = unsafe open(temporary.path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        let name: [CChar] = [-1, 10, 65, 0]
        let made = unsafe openat(descriptor, name, O_CREAT | O_WRONLY, 0o600)
        #expect(made >= 0)
        close(made)
        let directory = try Directory.open(temporary.path)
        let listing = try TreeWalk().list(directory)
        #expect(listing.count == 1)
        #expect(Array(listing[0].path) == [0xFF, 10, 65])
        #expect(listing[0].text == "\\xff\\x0aA")
        let facts = try FileReader().read(0, of: listing, beneath: directory) { _ in }
        #expect(facts.kind == .file)
    }

    @Test func `names a skipped directory and does not enter it`() throws {
        let temporary = TemporaryDirectory()
        for name in [".git/config", "a/.git/config", "a/b/c", "d/.git"] {
            temporary.write(name, "")
        }
        let walk = TreeWalk(skipping: [".git", "a/b"])
        let listing = try walk.list(Directory.open(temporary.path))
        #expect(
            texts(listing) == [".git", "a", "a/.git", "a/.git/config", "a/b", "d", "d/.git"]
        )
        #expect(listing.filter(\.isSkipped).map(\.text) == [".git", "a/b"])
        // The name of a file is not skipped: only a directory's contents can be.
        let file = try TreeWalk(skipping: ["d/.git"]).list(Directory.open(temporary.path))
        #expect(file.filter(\.isSkipped).isEmpty)
    }

    @Test func `reports what it may not read and goes on`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("closed/secret", "")
        temporary.write("open/file", "")
        unsafe chmod(temporary.file("closed"), 0)
        let listing = try TreeWalk().list(Directory.open(temporary.path))
        if getuid() == 0 {
            // The superuser reads it all the same: then nothing may be reported.
            #expect(listing.allSatisfy { $0.problem == nil })
        } else {
            #expect(texts(listing) == ["closed", "open", "open/file"])
            let fault = HostFault.permissionDenied(doing: "Reading", path: "closed")
            #expect(listing[0].problem == .unreadable(fault))
        }
    }

    @Test func `names a mount and does not enter it`() throws {
        // /dev/shm or /dev/pts is a mount of its own on every Linux; both lie below /dev.
        let listing = try TreeWalk(depthMax: 3).list(Directory.open("/dev"))
        let mounted = listing.filter { $0.problem == .mounted }.map(\.text)
        #expect(!mounted.isEmpty)
        for entry in listing {
            #expect(!mounted.contains { entry.text.hasPrefix($0 + "/") })
        }
    }

    @Test func `stops at its depth and its number of entries`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("a/b/c/d", "")
        let directory = try Directory.open(temporary.path)
        let listing = try TreeWalk(depthMax: 2).list(directory)
        #expect(texts(listing) == ["a", "a/b", "a/b/c"])
        #expect(listing.map(\.problem) == [nil, nil, .tooDeep])
        #expect(try TreeWalk(entriesMax: 4).list(directory).count == 4)
        #expect(throws: HostFault.treeTooLarge(path: directory.path, entriesMax: 3)) {
            try TreeWalk(entriesMax: 3).list(directory)
        }
    }

    @Test func `lends a path without its end mark`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("name", "")
        let listing = try TreeWalk().list(Directory.open(temporary.path))
        #expect(listing.withPath(of: 0) { $0.byteCount } == 4)
        let other = TemporaryDirectory()
        #expect(try TreeWalk().list(Directory.open(other.path)).isEmpty)
    }
}
