import Canon
import Crypto
import Foundation
import Host
import Integrity
import Registry
import Support
import Testing

/// One thing done to a root, and all that a check must then find: `code path`, in order.
struct Mutation: Sendable, CustomTestStringConvertible {
    let name: String
    let finds: [String]
    let apply: @Sendable (GovernedFixture) throws -> Void

    init(
        _ name: String,
        finds: String...,
        apply: @escaping @Sendable (GovernedFixture) throws -> Void
    ) {
        self.name = name
        self.finds = finds
        self.apply = apply
    }

    var testDescription: String { name }
}

@Suite(.covers("C01", "C16", "D02", "D03", "D07", "D08"))
struct `A governed root` {
    @Test func `is whole when it is made`() throws {
        let report = try GovernedFixture().check()
        #expect(report.violations == [])
        #expect(report.isWhole)
        #expect(report.stages == Violation.Stage.allCases)
        #expect(report.seal == .none)
        #expect(report.gateRuns == 3)
        #expect(report.stateRoot != nil)
        #expect(report.json["verdict"]?.string == "whole")
        #expect(report.json["stopped_at"] == .null)
    }

    @Test(.covers("D10"))
    func `has no file that is not in the compiled registry, and the other way round`() throws {
        let fixture = try GovernedFixture()
        let table = try fixture.text(RootLayout.ownershipRegistry)
        let rows = table.components(separatedBy: "\r\n").dropFirst()
            .compactMap { $0.components(separatedBy: ",").first }.filter { !$0.isEmpty }
        let files = try Directory.open(fixture.path)
        let there = try fixture.contents().keys.filter { try files.facts(of: $0)?.kind == .file }
        #expect(rows == there.sorted())
    }

    @Test(arguments: additions + deletions + changes)
    func `has no change that a check does not find`(mutation: Mutation) throws {
        let fixture = try GovernedFixture()
        try mutation.apply(fixture)
        let found = try fixture.findings()
        #expect(found == mutation.finds)
    }

    @Test(arguments: namings)
    func `has no name that hides a file`(mutation: Mutation) throws {
        let fixture = try GovernedFixture()
        try mutation.apply(fixture)
        let found = try fixture.findings()
        #expect(found == mutation.finds)
    }

    @Test(.enabled(if: geteuid() == 0, "only root may make a device"))
    func `finds a device node and never reads it`() throws {
        let fixture = try GovernedFixture()
        #expect(unsafe mknod(fixture.file("src/zero"), S_IFCHR | 0o600, 1 << 8 | 5) == 0)
        #expect(try fixture.findings() == ["integrity.forbidden-kind src/zero"])
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything"))
    func `finds what cannot be read`() throws {
        let fixture = try GovernedFixture()
        fixture.setMode("src/other.txt", 0)
        #expect(try fixture.findings() == ["integrity.unreadable src/other.txt"])
        fixture.setMode("src/other.txt", 0o644)
        fixture.setMode("src/deep", 0)
        #expect(try fixture.findings() == ["integrity.unreadable src/deep"])
        fixture.setMode("src/deep", 0o755)
        fixture.setMode("src/.file_registry.csv", 0)
        #expect(
            try fixture.findings() == ["integrity.unreadable src/.file_registry.csv"]
        )
    }

    @Test func `is whole although exempt things lie in it`() throws {
        let fixture = try GovernedFixture()
        fixture.write("build/product", "made anew")
        fixture.write("planes/hot/run/pid", "1")
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file("build/link"),
            withDestinationPath: "/etc"
        )
        #expect(try fixture.findings() == [])
    }

    @Test func `is whole again when a change is taken back`() throws {
        let fixture = try GovernedFixture()
        let before = try fixture.bytes("src/main.txt")
        fixture.write("src/main.txt", "begins otherwise")
        #expect(try !fixture.check().isWhole)
        fixture.write("src/main.txt", bytes: before)
        #expect(try fixture.check().isWhole)
    }

    @Test func `does not read a giant that nobody owns, and reads one that somebody does`() throws {
        let fixture = try GovernedFixture()
        // Sparse: a terabyte takes no room, and an hour to read.
        fixture.write("src/giant", "")
        try resize(fixture, "src/giant", 1 << 40)
        let found = try fixture.check().violations
        #expect(found.map(GovernedFixture.line) == ["integrity.orphan src/giant"])
        #expect(found.first?.reason.contains("1099511627776 bytes") == true)
        let refused = try fixture.compile(accept: true).violations
        #expect(refused.map(\.code) == [.orphan])
        #expect(refused.first?.reason.contains("1099511627776 bytes") == true)
        let quarantine = try Quarantine(fixture.open(), clock: GovernedFixture.clock, threads: 1)
        #expect(try quarantine.run().moved == ["src/giant"])
        #expect(try fixture.findings() == [])

        // One byte more than is read without asking.
        fixture.write("src/large", "")
        try resize(fixture, "src/large", 1 << 30 + 1)
        let path = try RelativePath("src/large")
        _ = try fixture.authoring().assign([path], to: "PKG-CODE", registry: .package)
        #expect(try fixture.compile().violations == [])
        try resize(fixture, "src/large", 1 << 30 + 2)
        #expect(
            try fixture.check(through: .hashes).violations.map(GovernedFixture.line)
                == ["integrity.tampered src/large"]
        )
    }

    private func resize(_ fixture: GovernedFixture, _ name: String, _ size: UInt64) throws {
        let handle = try #require(FileHandle(forWritingAtPath: fixture.file(name)))
        try handle.truncate(atOffset: size)
        try handle.close()
    }

    @Test func `finds a file that is written while it is read`() throws {
        let fixture = try GovernedFixture()
        let big = [UInt8](repeating: 7, count: 24 << 20)
        try fixture.own("src/big.txt", "")
        fixture.write("src/big.txt", bytes: big)
        try fixture.forge()
        #expect(try fixture.check(through: .hashes).violations == [])
        let writer = BoundedWriter(path: fixture.file("src/big.txt"))
        defer { writer.stop() }
        writer.start()
        let found = try fixture.check(through: .hashes).violations.map(\.code)
        // A write between two looks is "changing"; one that is settled in time is "tampered".
        #expect(found == [.changing] || found == [.tampered])
        #expect(writer.count > 0)
    }

    // MARK: - Tables

    private static let additions = [
        Mutation("a file", finds: "integrity.orphan src/new.txt") {
            $0.write("src/new.txt", "new")
        },
        Mutation("an empty file", finds: "integrity.orphan src/new") { $0.write("src/new", "") },
        Mutation("a file at the top", finds: "integrity.orphan new") { $0.write("new", "x") },
        Mutation("a dot file", finds: "integrity.orphan src/.hidden") {
            $0.write("src/.hidden", "x")
        },
        Mutation("a file among the law", finds: "integrity.orphan registries/x.csv") {
            $0.write("registries/x.csv", "x")
        },
        Mutation("a file in a new directory", finds: "integrity.orphan new/deep/file") {
            $0.write("new/deep/file", "x")
        },
        Mutation("a temporary of a crash", finds: "integrity.orphan src/.main.txt.1.charter-new") {
            $0.write("src/.main.txt.1.charter-new", "x")
        },
        Mutation("a left-over of genesis", finds: "integrity.orphan .charter-init/0") {
            $0.write(".charter-init/0", "x")
        },
        Mutation("an empty directory", finds: "integrity.orphan src/empty") {
            try FileManager.default.createDirectory(
                atPath: $0.file("src/empty"),
                withIntermediateDirectories: false
            )
        },
        Mutation("an empty directory in one", finds: "integrity.orphan new/empty") {
            try FileManager.default.createDirectory(
                atPath: $0.file("new/empty"),
                withIntermediateDirectories: true
            )
        },
        Mutation("a link to inside", finds: "integrity.forbidden-kind src/link") {
            try link($0, "src/link", "main.txt")
        },
        Mutation("a link to outside", finds: "integrity.forbidden-kind src/link") {
            try link($0, "src/link", "/etc/hostname")
        },
        Mutation("a dangling link", finds: "integrity.forbidden-kind src/link") {
            try link($0, "src/link", "nowhere")
        },
        Mutation("a link to a directory", finds: "integrity.forbidden-kind src/link") {
            try link($0, "src/link", "/etc")
        },
        Mutation("a link that only names itself", finds: "integrity.forbidden-kind src/link") {
            try link($0, "src/link", "link")
        },
        Mutation("a link in place of an exempt directory", finds: "integrity.forbidden-kind build")
        {
            try link($0, "build", "/etc")
        },
        Mutation("a file in place of an exempt directory", finds: "integrity.orphan build") {
            $0.write("build", "x")
        },
        Mutation("a FIFO", finds: "integrity.forbidden-kind src/fifo") {
            unsafe mkfifo($0.file("src/fifo"), 0o600)
        },
        Mutation("a socket", finds: "integrity.forbidden-kind src/socket") {
            _ = try UnixListener.listen($0.file("src/socket"))
        },
        Mutation(
            "a directory with a registry of its own",
            finds: "integrity.stale-registry new/.file_registry.csv",
            "integrity.stale-registry new/file"
        ) {
            $0.write("new/file", "x")
            $0.write(
                "new/.file_registry.csv",
                "file_path,owner_id,owner_registry,content_hash\r\n"
                    + "file,PKG-CODE,package,\(Digest.sha256(of: Array("x".utf8)).hex)\r\n"
            )
        },
    ]

    private static let deletions =
        [
            Mutation("a file", finds: "integrity.missing src/main.txt") {
                try $0.remove("src/main.txt")
            },
            Mutation("an empty file", finds: "integrity.missing empty.txt") {
                try $0.remove("empty.txt")
            },
            Mutation("a local registry", finds: "integrity.no-local-registry src") {
                try $0.remove("src/.file_registry.csv")
            },
            Mutation("the registry at the top", finds: "integrity.no-local-registry .") {
                try $0.remove(".file_registry.csv")
            },
            Mutation(
                "a whole directory",
                finds: "integrity.missing src/deep/er/.file_registry.csv",
                "integrity.missing src/deep/er/leaf.txt"
            ) { try $0.remove("src/deep") },
            Mutation("a document of the law", finds: "integrity.missing registries/gates/G1.json") {
                try $0.remove("registries/gates/G1.json")
            },
            Mutation("a policy", finds: "integrity.missing registries/policies/POL-EXEMPT-001.json")
            {
                try $0.remove("registries/policies/POL-EXEMPT-001.json")
            },
        ]
        + RootLayout.compiled.map { name in
            Mutation("the compiled \(name)", finds: "integrity.missing \(name)") {
                try $0.remove(name)
            }
        }

    private static let changes = [
        Mutation("one byte", finds: "integrity.tampered src/other.txt") {
            $0.write("src/other.txt", "othes\n")
        },
        Mutation("one byte more", finds: "integrity.tampered empty.txt") {
            $0.write("empty.txt", "\n")
        },
        Mutation("nothing left", finds: "integrity.tampered src/other.txt") {
            $0.write("src/other.txt", "")
        },
        Mutation(
            "a new name",
            finds: "integrity.orphan src/moved.txt",
            "integrity.missing src/other.txt"
        ) {
            try FileManager.default.moveItem(
                atPath: $0.file("src/other.txt"),
                toPath: $0.file("src/moved.txt")
            )
        },
        Mutation(
            "two files swapped",
            finds: "integrity.tampered docs/guide.md",
            "integrity.tampered src/main.txt"
        ) {
            let (a, b) = (try $0.bytes("docs/guide.md"), try $0.bytes("src/main.txt"))
            $0.write("docs/guide.md", bytes: b)
            $0.write("src/main.txt", bytes: a)
        },
        Mutation("a link in its place", finds: "integrity.forbidden-kind src/other.txt") {
            let copy = $0.home.file("copy")
            try FileManager.default.moveItem(atPath: $0.file("src/other.txt"), toPath: copy)
            try link($0, "src/other.txt", copy)
        },
        Mutation("a link in place of its directory", finds: "integrity.forbidden-kind src/deep") {
            let copy = $0.home.file("copy")
            try FileManager.default.moveItem(atPath: $0.file("src/deep"), toPath: copy)
            try link($0, "src/deep", copy)
        },
        Mutation("a directory in its place", finds: "integrity.orphan src/other.txt") {
            try $0.remove("src/other.txt")
            try FileManager.default.createDirectory(
                atPath: $0.file("src/other.txt"),
                withIntermediateDirectories: false
            )
        },
        Mutation("a second name outside", finds: "integrity.hard-link src/other.txt") {
            try FileManager.default.linkItem(
                atPath: $0.file("src/other.txt"),
                toPath: $0.home.file("other")
            )
        },
        Mutation("a set-user-id bit", finds: "integrity.mode src/other.txt") {
            $0.setMode("src/other.txt", 0o4755)
        },
        Mutation("a set-group-id bit", finds: "integrity.mode src/other.txt") {
            $0.setMode("src/other.txt", 0o2755)
        },
        Mutation("a local registry", finds: "integrity.tampered src/.file_registry.csv") {
            let text = try $0.text("src/.file_registry.csv")
            $0.write("src/.file_registry.csv", text.replacingOccurrences(of: "\r\n", with: "\n"))
        },
        Mutation("the root's manifest", finds: "integrity.tampered registries/root.json") {
            try $0.replace("Fixture", with: "Another", in: "registries/root.json")
        },
        Mutation(
            "a framework",
            finds: "integrity.tampered registries/frameworks/FMWK-CODE.schema.json"
        ) {
            try $0.replace(
                "1.2.0",
                with: "1.3.0",
                in: "registries/frameworks/FMWK-CODE.schema.json"
            )
        },
        Mutation(
            "a spec that is broken",
            finds: "integrity.tampered registries/specs/SPEC-CODE.json"
        ) {
            $0.write("registries/specs/SPEC-CODE.json", "{")
        },
        Mutation(
            "a package that is empty",
            finds: "integrity.tampered registries/packages/PKG-CODE.json"
        ) {
            $0.write("registries/packages/PKG-CODE.json", "")
        },
    ]

    private static let namings = [
        Mutation("not UTF-8", finds: "integrity.bad-path src/\\x{invalid}") {
            try raw($0, Array("src/".utf8) + [0xFF])
        },
        Mutation("a line feed", finds: "integrity.bad-path src/a\\u{a}b") {
            $0.write("src/a\nb", "x")
        },
        Mutation("an escape", finds: "integrity.bad-path src/\\u{1b}[2J") {
            $0.write("src/\u{1B}[2J", "x")
        },
        Mutation("a line feed in a directory", finds: "integrity.bad-path a\\u{a}b/file") {
            $0.write("a\nb/file", "x")
        },
        Mutation("text that runs backwards", finds: "integrity.orphan src/\\u{202e}txt.nim") {
            $0.write("src/\u{202E}txt.nim", "x")
        },
        Mutation(
            "a twin in case",
            finds: "integrity.orphan src/MAIN.txt",
            "integrity.twin src/main.txt"
        ) {
            $0.write("src/MAIN.txt", "x")
        },
        Mutation(
            "a twin by a sign like K",
            finds: "integrity.orphan dock",
            "integrity.orphan doc\u{212A}",
            "integrity.twin doc\u{212A}"
        ) {
            $0.write("dock", "x")
            $0.write("doc\u{212A}", "x")
        },
        Mutation(
            "twins by a sharp s",
            finds: "integrity.orphan STRASSE",
            "integrity.orphan stra\u{DF}e",
            "integrity.twin stra\u{DF}e"
        ) {
            $0.write("STRASSE", "x")
            $0.write("stra\u{DF}e", "x")
        },
        Mutation(
            "twins by a final sigma",
            finds: "integrity.orphan \u{3BB}\u{3BF}\u{3C2}",
            "integrity.orphan \u{3BB}\u{3BF}\u{3C3}",
            "integrity.twin \u{3BB}\u{3BF}\u{3C3}"
        ) {
            $0.write("\u{3BB}\u{3BF}\u{3C2}", "x")
            $0.write("\u{3BB}\u{3BF}\u{3C3}", "x")
        },
        Mutation(
            "a dotless i, which is no twin",
            finds: "integrity.orphan i",
            "integrity.orphan \u{131}"
        ) {
            $0.write("i", "x")
            $0.write("\u{131}", "x")
        },
        Mutation(
            "twins by accent",
            finds: "integrity.orphan src/e\u{301}.txt",
            "integrity.orphan src/\u{E9}.txt",
            "integrity.twin src/\u{E9}.txt"
        ) {
            try raw($0, Array("src/".utf8) + [0xC3, 0xA9] + Array(".txt".utf8))
            try raw($0, Array("src/e".utf8) + [0xCC, 0x81] + Array(".txt".utf8))
        },
        Mutation("255 bytes", finds: "integrity.orphan src/" + String(repeating: "n", count: 255)) {
            $0.write("src/" + String(repeating: "n", count: 255), "x")
        },
        Mutation("spaces only", finds: "integrity.orphan src/   ") { $0.write("src/   ", "x") },
        Mutation("a comma and quotes", finds: "integrity.orphan src/a,\"b\"") {
            $0.write("src/a,\"b\"", "x")
        },
        Mutation("three dots", finds: "integrity.orphan src/...") { $0.write("src/...", "x") },
        Mutation("deeper than the walk goes", finds: "integrity.too-deep " + deep(65)) {
            $0.write(deep(66) + "/f", "x")
        },
    ]

    private static func deep(_ count: Int) -> String {
        Array(repeating: "d", count: count).joined(separator: "/")
    }

    private static func link(
        _ fixture: GovernedFixture,
        _ name: String,
        _ target: String
    ) throws {
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file(name),
            withDestinationPath: target
        )
    }

    /// Makes a file by the very bytes of its name, which Foundation would normalise or refuse.
    private static func raw(_ fixture: GovernedFixture, _ name: [UInt8]) throws {
        let path = (Array((fixture.path + "/").utf8) + name + [0]).map { CChar(bitPattern: $0) }
        let descriptor = unsafe Glibc.open(path, O_CREAT | O_WRONLY, 0o644)
        guard descriptor >= 0 else { throw FixtureProblem(what: "a file of odd name") }
        close(descriptor)
    }
}

/// Writes to a file again and again until it is told to stop, or has done so very often.
private final class BoundedWriter: @unchecked Sendable {
    private let path: String
    private let lock = NSLock()
    private let ended = DispatchSemaphore(value: 0)
    private let began = DispatchSemaphore(value: 0)
    private var isStopped = false
    private var written = 0

    init(path: String) { self.path = path }

    var count: Int { lock.withLock { written } }

    func start() {
        Thread.detachNewThread { self.run() }
        began.wait()
    }

    func stop() {
        lock.withLock { isStopped = true }
        ended.wait()
    }

    private func run() {
        let handle = FileHandle(forWritingAtPath: path)
        for round in 0..<2_000_000 {
            if lock.withLock({ isStopped }) { break }
            try? handle?.seek(toOffset: UInt64(round % 4096))
            try? handle?.write(contentsOf: Data([UInt8(truncatingIfNeeded: round)]))
            lock.withLock { written += 1 }
            if round == 0 { began.signal() }
        }
        try? handle?.close()
        ended.signal()
    }
}
