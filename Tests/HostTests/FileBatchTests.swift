import Host
import Support
import Testing

/// Many files that change together; from a few dozen on several threads do it.
@Suite("A batch of files") struct FileBatchTests {
    private let place = TemporaryDirectory()

    private func content(_ count: Int, _ text: String) -> [FileBatch.Content] {
        (0..<count).map { index in
            FileBatch.Content(
                "d\(index % 7)/e\(index % 3)/f\(index)",
                mode: index % 5 == 0 ? 0o755 : 0o644,
                Array("\(text) \(index)".utf8)
            )
        }
    }

    private func listing(_ directory: Directory) throws -> [String] {
        try TreeWalk().list(directory).map(\.text)
    }

    @Test(arguments: [3, 200])
    func `writes, replaces and removes, and takes empty directories away`(count: Int) throws {
        let directory = try Directory.open(place.path)
        for text in ["one", "another"] {
            let files = content(count, text)
            let batch = FileBatch(beneath: directory, expecting: count)
            try batch.write(files)
            let before = text == "one" ? [] : Array("one 0".utf8)
            let found = try? directory.readWhole("d0/e0/f0", limit: 99)
            #expect((found ?? []) == before, "Nothing changes before all of them do.")
            try batch.settle()
            for file in files {
                #expect(try directory.readWhole(file.path, limit: 99) == file.bytes)
                #expect(try directory.facts(of: file.path)?.permissions == file.mode)
            }
        }
        place.write("d1/kept", "kept")
        let batch = FileBatch(beneath: directory, expecting: count)
        for file in content(count, "") { try batch.remove(file.path) }
        try batch.remove("d2/e2/never-there")
        try batch.settle()
        #expect(try listing(directory) == ["d1", "d1/kept"])
    }

    @Test(arguments: [3, 200])
    func `leaves nothing behind when it is let go of, or cannot be carried out`(count: Int) throws {
        let directory = try Directory.open(place.path)
        do {
            let batch = FileBatch(beneath: directory, expecting: count)
            try batch.write(content(count, "never"))
        }
        #expect(try listing(directory) == [])
        // What stands in the place of the last of them is no file, and is found when they take place.
        place.write("d\((count - 1) % 7)/e\((count - 1) % 3)/f\(count - 1)/inner", "x")
        let batch = FileBatch(beneath: directory, expecting: count)
        try batch.write(content(count, "some"))
        let fault = #expect(throws: HostFault.self) { try batch.settle() }
        #expect(fault?.code == "host.not-a-regular-file")
        let temporaries = try listing(directory).filter { $0.contains("charter-new") }
        #expect(temporaries == [])
    }

    @Test func `refuses a path that leads out, and has begun nothing`() throws {
        let directory = try Directory.open(place.path)
        let batch = FileBatch(beneath: directory, expecting: 2)
        let fault = #expect(throws: HostFault.self) {
            try batch.write([FileBatch.Content("../out", mode: 0o644, [1])])
        }
        #expect(fault?.code == "host.unsafe-path")
        #expect(throws: HostFault.self) { try batch.remove("a/../b") }
    }
}
