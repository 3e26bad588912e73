import Foundation
import Glibc
import Host
import Support
import Testing

struct `A file reader` {
    private func content(
        _ reader: FileReader,
        _ name: String,
        _ directory: Directory
    ) throws -> ([UInt8], FileFacts) {
        var bytes: [UInt8] = []
        let facts = try reader.read(name.utf8, beneath: directory) { chunk in
            unsafe chunk.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        return (bytes, facts)
    }

    @Test(arguments: [0, 1, 4095, 4096, 4097, 8192, 12289, 100_000])
    func `gives back every byte of a file`(size: Int) throws {
        var generator = Generator(seed: UInt64(size))
        let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let temporary = TemporaryDirectory()
        temporary.write("file", bytes: bytes)
        let directory = try Directory.open(temporary.path)
        let (read, facts) = try content(FileReader(bufferBytes: 4096), "file", directory)
        #expect(read == bytes)
        #expect(facts.bytesRead == UInt64(size) && facts.size == UInt64(size))
        #expect(try directory.readWhole("file", limit: size) == bytes)
    }

    @Test func `reads the files of a listing`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("a/one", "1")
        temporary.write("two", "22")
        let directory = try Directory.open(temporary.path)
        let listing = try TreeWalk().list(directory)
        let reader = FileReader()
        var sizes: [String: Int] = [:]
        for position in listing.indices where listing.kind(of: position) == .file {
            var size = 0
            _ = try reader.read(position, of: listing, beneath: directory) { size += $0.byteCount }
            sizes[listing[position].text] = size
        }
        #expect(sizes == ["a/one": 1, "two": 2])
    }

    @Test func `does not follow a directory that became a link between two of its files`() throws {
        let temporary = TemporaryDirectory()
        for name in ["a/one", "a/two", "b/one", "c/one", "elsewhere/one"] {
            temporary.write(name, name)
        }
        let directory = try Directory.open(temporary.path)
        let listing = try TreeWalk().list(directory)
        let places = Dictionary(
            uniqueKeysWithValues: listing.indices.map { (listing[$0].text, $0) }
        )
        let reader = FileReader()
        func read(_ name: String) throws -> String {
            var text: [UInt8] = []
            _ = try reader.read(#require(places[name]), of: listing, beneath: directory) { chunk in
                unsafe chunk.withUnsafeBytes { unsafe text.append(contentsOf: $0) }
            }
            return String(decoding: text, as: UTF8.self)
        }
        #expect(try read("a/one") == "a/one")
        #expect(try read("b/one") == "b/one")
        #expect(try read("a/two") == "a/two")
        try FileManager.default.removeItem(atPath: temporary.path + "/b")
        try FileManager.default.createSymbolicLink(
            atPath: temporary.path + "/b",
            withDestinationPath: "elsewhere"
        )
        let refused = #expect(throws: HostFault.self) { try read("b/one") }
        #expect(refused?.code == "host.symbolic-link")
        try FileManager.default.removeItem(atPath: temporary.path + "/c")
        let gone = #expect(throws: HostFault.self) { try read("c/one") }
        #expect(gone?.code == "host.missing")
        #expect(try read("a/two") == "a/two")
    }

    @Test func `tells a settled file from one that changed after the start`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("file", "before")
        let directory = try Directory.open(temporary.path)
        let (_, facts) = try content(FileReader(), "file", directory)
        #expect(facts.isSettled(since: facts.changedNanoseconds + 1))
        #expect(!facts.isSettled(since: facts.changedNanoseconds))
        let start = Directory.now
        temporary.write("file", "after, and longer")
        // Setting the modification time back does not help: the kernel keeps the change time.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1)],
            ofItemAtPath: temporary.file("file")
        )
        let (_, later) = try content(FileReader(), "file", directory)
        #expect(later.modifiedNanoseconds < start)
        #expect(!later.isSettled(since: start))
    }

    @Test func `refuses what is no regular file, each with its own code`() throws {
        let temporary = TemporaryDirectory()
        temporary.write("directory/file", "x")
        temporary.write("file", "12345")
        unsafe mkfifo(temporary.file("fifo"), 0o600)
        unsafe symlink("file", temporary.file("link"))
        let directory = try Directory.open(temporary.path)
        func code(_ name: String, limit: Int = 5) -> String? {
            do {
                _ = try directory.readWhole(name, limit: limit)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("file") == nil)
        #expect(code("file", limit: 4) == "host.file-too-large")
        #expect(code("none") == "host.missing")
        #expect(code("link") == "host.symbolic-link")
        #expect(code("fifo") == "host.not-a-regular-file")
        #expect(code("directory") == "host.not-a-regular-file")
        #expect(code("file/x") == "host.not-a-directory")
        for name in ["fifo", "directory"] {
            let fault = #expect(throws: HostFault.self) {
                try content(FileReader(), name, directory)
            }
            #expect(fault?.code == "host.not-a-regular-file")
        }
        #expect(throws: HostFault.notARegularFile(path: "/dev/zero", kind: .characterDevice)) {
            try content(FileReader(), "zero", Directory.open("/dev"))
        }
    }

    @Test func `says permission denied in words`() {
        let fault = HostFault.permissionDenied(doing: "Reading", path: "/x")
        #expect(fault.description.contains("permission denied"))
        let other = HostFault.systemCall(doing: "Reading", path: "/x", error: EIO)
        #expect(
            other.description
                == "Reading /x: input/output error (errno 5); check the disk, then do it again."
        )
    }
}
