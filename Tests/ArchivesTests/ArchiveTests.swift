import Archives
import Canon
import Foundation
import Glibc
import Host
import Support
import Testing

struct `An archive` {
    private let place = TemporaryDirectory()

    private var directory: Directory { get throws { try Directory.open(place.path) } }

    private func member(
        _ path: String,
        _ count: Int,
        executable: Bool = false
    ) throws -> ArchiveMember {
        ArchiveMember(try RelativePath(path), byteCount: count, isExecutable: executable)
    }

    private func write(
        _ name: String,
        _ files: [(path: String, bytes: [UInt8])]
    ) throws -> [UInt8] {
        let draft = try FileDraft(name, in: directory)
        var seen = 0
        let writer = try ArchiveWriter(to: draft) { seen += $0.byteCount }
        for file in files {
            try writer.add(
                member(file.path, file.bytes.count, executable: file.path.hasSuffix(".sh")),
                file.bytes
            )
        }
        try writer.finish()
        try draft.finish(isDurable: false)
        try draft.place(isDurable: false)
        let bytes = try directory.readWhole(name, limit: 1 << 30)
        #expect(seen == bytes.count)
        return bytes
    }

    private func read(
        _ name: String,
        members: Int = 1000,
        bytes: Int = 1 << 24
    ) throws -> [(ArchiveMember, [UInt8])] {
        let reader = try ArchiveReader(
            FileSource(name, in: directory),
            limits: ArchiveReader.Limits(members: members, bytes: bytes)
        )
        var files: [(ArchiveMember, [UInt8])] = []
        while let member = try reader.next() {
            files.append((member, try reader.readWhole(limit: bytes)))
        }
        return files
    }

    private var samples: [(path: String, bytes: [UInt8])] {
        let long = String(repeating: "directory/", count: 30) + "file"
        return [
            ("a/empty", []), ("a/run.sh", Array("#!/bin/sh\n".utf8)),
            ("b/grün.txt", Array("ü".utf8)), (long, [1, 2, 3]),
            ("z", (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }),
        ]
    }

    @Test func `gives back what was put in, and the same bytes each time`() throws {
        let first = try write("one.tar.zst", samples)
        #expect(try write("two.tar.zst", samples) == first)
        let files = try read("one.tar.zst")
        #expect(files.map(\.0.path.text) == samples.map(\.path))
        #expect(files.map(\.1) == samples.map(\.bytes))
        #expect(files.map(\.0.isExecutable) == [false, true, false, false, false])
    }

    @Test func `is what tar and zstd read`() throws {
        _ = try write("one.tar.zst", samples)
        let unpacked = try Command.run(
            "/bin/sh",
            ["-c", "mkdir out && zstd -qdc one.tar.zst | tar -xpf - -C out && ls -l out/a"],
            directory: place.path
        )
        #expect(unpacked.status == 0, "\(unpacked.errors)")
        #expect(unpacked.output.contains("-rwxr-xr-x"))
        for file in samples {
            let bytes = try [UInt8](
                Data(contentsOf: URL(fileURLWithPath: place.file("out/\(file.path)")))
            )
            #expect(bytes == file.bytes, "\(file.path)")
        }
    }

    @Test func `says what the disk said`() throws {
        // The first page of a process can never be read.
        let source = try FileSource("\(getpid())/mem", in: Directory.open("/proc"))
        let fault = #expect(throws: ArchiveFault.self) {
            let limits = ArchiveReader.Limits(members: 1, bytes: 1)
            _ = try ArchiveReader(source, limits: limits).next()
        }
        #expect(fault?.code == "archives.host")
        #expect(fault?.cause?.code == "host.system-call-failed")
    }

    /// Archives that a stranger's program makes, each with one thing that ours never has.
    @Test(
        arguments: [
            ("symbolic", "a link"), ("hard", "a link"), ("device", "no regular file"),
            ("directory", "no regular file"), ("fifo", "no regular file"),
            ("absolute", "empty-segment"),
            ("upwards", "dot-segment"), ("control", "control-character"), ("twice", "paths ascend"),
            ("order", "paths ascend"), ("setuid", "permissions"), ("owned", "owner"),
            ("timed", "owner"),
        ]
    )
    func `of a stranger is refused`(_ kind: String, _ words: String) throws {
        try make(kind)
        let fault = #expect(throws: ArchiveFault.self) { _ = try read("hostile.tar.zst") }
        #expect(fault?.code == "archives.member-refused")
        #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
    }

    @Test func `of a stranger with nothing odd in it is taken`() throws {
        try make("plain")
        #expect(try read("hostile.tar.zst").map(\.0.path.text) == ["a"])
    }

    private func make(_ kind: String) throws {
        let script = """
            import io, sys, tarfile
            kind, out = sys.argv[1:]
            with tarfile.open(out, "w", format=tarfile.GNU_FORMAT) as tar:
                def add(name, content=b"x", **also):
                    info = tarfile.TarInfo(name)
                    info.size, info.mode = len(content), 0o644
                    for key, value in also.items(): setattr(info, key, value)
                    tar.addfile(info, io.BytesIO(content) if info.isreg() else None)
                if kind == "symbolic": add("a", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")
                elif kind == "hard": add("0"); add("a", b"", type=tarfile.LNKTYPE, linkname="0")
                elif kind == "device": add("a", b"", type=tarfile.CHRTYPE, devmajor=1, devminor=3)
                elif kind == "directory": add("a", b"", type=tarfile.DIRTYPE)
                elif kind == "fifo": add("a", b"", type=tarfile.FIFOTYPE)
                elif kind == "absolute": add("/etc/cron.d/a")
                elif kind == "upwards": add("a/../../b")
                elif kind == "control": add("a\\x1b[2J")
                elif kind == "twice": add("a"); add("a")
                elif kind == "order": add("b"); add("a")
                elif kind == "setuid": add("a", mode=0o4755)
                elif kind == "owned": add("a", uid=1000)
                elif kind == "timed": add("a", mtime=1700000000)
                else: add("a")
            """
        place.write("make.py", script)
        let made = try Command.run(
            "/bin/sh",
            [
                "-c",
                "python3 make.py \(kind) hostile.tar && zstd -q hostile.tar -o hostile.tar.zst",
            ],
            directory: place.path
        )
        #expect(made.status == 0, "\(made.errors)")
    }

    @Test func `that unpacks to more than was allowed is left`() throws {
        // Three hundred megabytes of nothing are a few kilobytes when they are packed.
        let made = try Command.run(
            "/bin/sh",
            [
                "-c",
                """
                truncate -s 300M zeros && tar -c --owner=0 --group=0 --mtime=@0 --mode=0644 \
                --format=gnu zeros | zstd -q -o bomb.tar.zst
                """,
            ],
            directory: place.path
        )
        #expect(made.status == 0, "\(made.errors)")
        let large = #expect(throws: ArchiveFault.self) { _ = try read("bomb.tar.zst") }
        #expect(large?.code == "archives.too-large")
        _ = try write("many.tar.zst", (0..<9).map { ("f\($0)", [1]) })
        let many = #expect(throws: ArchiveFault.self) { _ = try read("many.tar.zst", members: 8) }
        #expect(many?.code == "archives.too-large")
    }

    @Test func `that was cut or changed is damaged`() throws {
        let whole = try write("one.tar.zst", samples)
        for count in [0, 3, 100, whole.count / 2, whole.count - 1] {
            try DurableFile.replace("cut.tar.zst", with: Array(whole.prefix(count)), in: directory)
            let fault = #expect(throws: ArchiveFault.self, "\(count) bytes") {
                _ = try read("cut.tar.zst")
            }
            #expect(fault?.code == "archives.damaged", "\(count)")
        }
        place.write("other.tar.zst", "hello")
        try make("plain")
        for name in ["other.tar.zst", "hostile.tar"] {
            let fault = #expect(throws: ArchiveFault.self, "\(name)") { _ = try read(name) }
            #expect(fault?.code == "archives.damaged", "\(name)")
        }
    }
}
