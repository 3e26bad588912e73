import Archives
import Canon
import Crypto
import Foundation
import Host
import Integrity
import Law
import Registry
import Support
import Synchronization
import Testing

@Suite(.covers("D34"))
struct `The pristine guard` {
    @Test func `writes what an operation stages, all of it, when it is done`() throws {
        let fixture = try GovernedFixture()
        let path = try RelativePath("new/deep/file")
        let removed = try RelativePath("empty.txt")
        let outcome = try door(fixture).installing("test") { mode throws(IntegrityFault) in
            mode.write(path, Array("new".utf8))
            mode.remove(removed)
            return FileManager.default.fileExists(atPath: fixture.file("new"))
        }
        guard case .done(let wasThereBefore) = outcome else { throw FixtureProblem(what: "denied") }
        #expect(!wasThereBefore)
        #expect(try fixture.text("new/deep/file") == "new")
        #expect(!FileManager.default.fileExists(atPath: fixture.file("empty.txt")))
        #expect(try staged(fixture) == [])
    }

    @Test(arguments: [2, 40])
    func `puts files of an archive in their place, and takes empty directories away`(
        _ count: Int
    ) throws {
        let fixture = try GovernedFixture()
        let (archive, members) = try shelve(fixture, count)
        let old = try (0..<count).map { try RelativePath("new/d\($0 % 7)/old\($0)") }
        for path in old { fixture.write(path.text, "old") }
        fixture.write("new/stays", "")
        _ = try door(fixture).installing("test") { mode throws(IntegrityFault) in
            for (member, digest) in members {
                mode.place(member.path, member, of: archive, content: digest)
            }
            for path in old { mode.remove(path) }
        }
        for (member, digest) in members {
            #expect(Digest.sha256(of: try fixture.bytes(member.path.text)) == digest)
            let facts = try Directory.open(fixture.path).facts(of: member.path.text)
            #expect(facts?.permissions == member.mode)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: fixture.file("new"))
        #expect(left == ["stays"])
        #expect(try staged(fixture) == [])
    }

    @Test func `places nothing of an archive that is another than was decided`() throws {
        let fixture = try GovernedFixture()
        let (archive, members) = try shelve(fixture, 3)
        let before = try fixture.contents()
        let fault = #expect(throws: IntegrityFault.self) {
            _ = try door(fixture).installing("test") { mode throws(IntegrityFault) in
                for (member, _) in members {
                    mode.place(member.path, member, of: archive, content: .sha256(of: [1]))
                }
            }
        }
        #expect(fault?.code == "archives.damaged")
        #expect(try fixture.contents() == before)
        #expect(!FileManager.default.fileExists(atPath: fixture.file("placed")))
        #expect(try staged(fixture) == [])
    }

    /// An archive of so many files on the shelf of a fixture.
    private func shelve(
        _ fixture: GovernedFixture,
        _ count: Int
    ) throws -> (Digest, [(ArchiveMember, Digest)]) {
        let root = try GovernedRoot(path: fixture.path, stateHome: fixture.stateHome)
        let shelf = try ArchiveShelf(state: root.openState())
        let draft = try FileDraft("new", in: shelf.directory)
        var stream = SHA256Stream()
        let writer = try ArchiveWriter(to: draft) { stream.update($0) }
        var members: [(ArchiveMember, Digest)] = []
        for index in 0..<count {
            let bytes = Array("content \(index)\n".utf8)
            let path = try RelativePath("placed/\(index % 3)/\(1000 + index)")
            let member = ArchiveMember(
                path,
                byteCount: bytes.count,
                isExecutable: index.isMultiple(of: 2)
            )
            members.append((member, .sha256(of: bytes)))
        }
        members.sort { $0.0.path < $1.0.path }
        for (member, _) in members {
            let number = (Int(member.path.name) ?? 0) - 1000
            try writer.add(member, Array("content \(number)\n".utf8))
        }
        try writer.finish()
        try draft.finish(isDurable: true)
        try draft.place(isDurable: true)
        let digest = stream.finish()
        try DurableFile.moveFile(
            "new",
            in: shelf.directory,
            to: ArchiveShelf.name(of: digest),
            in: shelf.directory
        )
        return (digest, members)
    }

    @Test func `writes nothing when the operation throws`() throws {
        let fixture = try GovernedFixture()
        let before = try fixture.contents()
        let path = try RelativePath("src/main.txt")
        let fault = #expect(throws: IntegrityFault.self) {
            _ = try door(fixture).installing("test") { mode throws(IntegrityFault) -> Bool in
                mode.write(path, [])
                throw .notEmpty(path: "x")
            }
        }
        #expect(fault?.code == "integrity.not-empty")
        #expect(try fixture.contents() == before)
        // And the door is free again.
        #expect(try fixture.compile().violations == [])
    }

    @Test func `lets one in at a time`() throws {
        let fixture = try GovernedFixture()
        var inner: IntegrityFault?
        _ = try door(fixture).installing("outer") { _ throws(IntegrityFault) in
            do throws(IntegrityFault) {
                _ = try door(fixture).installing("inner") { _ throws(IntegrityFault) in true }
            } catch {
                inner = error
            }
        }
        #expect(inner?.code == "host.locked")
        #expect(throws: Never.self) {
            _ = try door(fixture).installing("later") { _ throws(IntegrityFault) in true }
        }
    }

    @Test func `completes what a crash cut short after its commit`() throws {
        let fixture = try GovernedFixture()
        try leave(fixture, isCommitted: true)
        // One file was in place already, and the other's temporary was left beside it.
        fixture.write("src/other.txt", "first\n")
        fixture.write("src/.main.txt.12ab.charter-new", "half")
        _ = try door(fixture).installing("next") { _ throws(IntegrityFault) in true }
        #expect(try fixture.text("src/other.txt") == "first\n")
        #expect(try fixture.text("src/main.txt") == "second\n")
        #expect(!FileManager.default.fileExists(atPath: fixture.file("empty.txt")))
        #expect(
            !FileManager.default.fileExists(atPath: fixture.file("src/.main.txt.12ab.charter-new"))
        )
        #expect(try staged(fixture) == [])
    }

    @Test func `forgets what a crash cut short before its commit`() throws {
        let fixture = try GovernedFixture()
        let before = try fixture.contents()
        try leave(fixture, isCommitted: false)
        _ = try door(fixture).installing("next") { _ throws(IntegrityFault) in true }
        #expect(try fixture.contents() == before)
        #expect(try staged(fixture) == [])
    }

    @Test func `overwrites nothing that somebody did after the crash`() throws {
        let fixture = try GovernedFixture()
        try leave(fixture, isCommitted: true)
        fixture.write("src/main.txt", "somebody's work\n")
        let before = try fixture.contents()
        let fault = #expect(throws: IntegrityFault.self) { _ = try fixture.compile() }
        #expect(fault?.code == "integrity.unfinished-operation")
        #expect(fault?.description.contains("src/main.txt") == true)
        #expect(try fixture.contents() == before)
    }

    @Test func `never completes an operation in another root of the same id`() throws {
        let fixture = try GovernedFixture()
        try leave(fixture, isCommitted: true)
        let copy = fixture.home.file("copy")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: copy)
        let root = try GovernedRoot(path: copy, stateHome: fixture.stateHome)
        let guardian = PristineGuard(root, clock: GovernedFixture.clock)
        _ = try guardian.installing("next") { _ throws(IntegrityFault) in true }
        let text = try String(contentsOfFile: copy + "/src/main.txt", encoding: .utf8)
        #expect(text == "main: it begins here\n")
        // The first root still gets what was meant for it.
        _ = try door(fixture).installing("next") { _ throws(IntegrityFault) in true }
        #expect(try fixture.text("src/main.txt") == "second\n")
    }

    @Test(arguments: [true, false])
    func `never completes what was decided for another root of the same number`(
        isElsewhere: Bool
    ) throws {
        let fixture = try GovernedFixture()
        // As a directory that got the number of one that is gone finds it, or a copy of a whole disk.
        try leave(
            fixture,
            isCommitted: true,
            place: isElsewhere ? Digest.sha256(of: Array("/elsewhere".utf8)).hex : nil,
            born: isElsewhere ? nil : "1"
        )
        let before = try fixture.contents()
        let fault = #expect(throws: IntegrityFault.self) { _ = try fixture.compile() }
        #expect(fault?.code == "integrity.other-root")
        #expect(try fixture.contents() == before)
        #expect(try !staged(fixture).isEmpty)
    }

    @Test func `says that it completed something before it does what was asked`() throws {
        let fixture = try GovernedFixture()
        try leave(fixture, isCommitted: true)
        let notices = Notices()
        let root = try GovernedRoot(
            path: fixture.path,
            stateHome: fixture.stateHome,
            notice: { notices.add($0) }
        )
        for _ in 0..<2 {
            _ = try PristineGuard(root, clock: GovernedFixture.clock)
                .installing("next") { _ throws(IntegrityFault) in true }
        }
        #expect(notices.all == ["'test' of then was cut short; it was completed."])
    }

    private final class Notices: Sendable {
        private let texts = Mutex<[String]>([])

        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock { $0 } }
    }

    @Test func `says so when a commit cannot be read`() throws {
        let fixture = try GovernedFixture()
        try leave(fixture, isCommitted: true)
        fixture.home.write("\(try stage(fixture))/commit.json", "{")
        let fault = #expect(throws: IntegrityFault.self) { _ = try fixture.compile() }
        #expect(fault?.code == "integrity.unfinished-operation")
    }

    @Test func `keeps the mode of a file, without the bits that lend rights`() throws {
        let fixture = try GovernedFixture()
        fixture.setMode("src/main.txt", 0o4750)
        let path = try RelativePath("src/main.txt")
        _ = try door(fixture).installing("test") { mode throws(IntegrityFault) in
            mode.write(path, [])
        }
        let facts = try Directory.open(fixture.path).facts(of: "src/main.txt")
        #expect(facts?.permissions == 0o750)
    }

    @Test func `guards no root whose own state lies inside it`() throws {
        let fixture = try GovernedFixture()
        let root = try GovernedRoot(path: fixture.path, stateHome: fixture.file(".state"))
        let fault = #expect(throws: IntegrityFault.self) {
            _ = try PristineGuard(root, clock: GovernedFixture.clock)
                .installing("test") { _ throws(IntegrityFault) in true }
        }
        #expect(fault?.code == "integrity.state-inside-root")
        #expect(!FileManager.default.fileExists(atPath: fixture.file(".state")))
    }

    private func door(_ fixture: GovernedFixture) throws(IntegrityFault) -> PristineGuard {
        PristineGuard(
            try GovernedRoot(path: fixture.path, stateHome: fixture.stateHome),
            clock: GovernedFixture.clock
        )
    }

    /// The stage's directory below the fixture's home.
    private func stage(_ fixture: GovernedFixture) throws -> String {
        let facts = try Directory.open(fixture.path).facts()
        return "state/charter/fixture/install-\(facts.device)-\(facts.inode)"
    }

    /// What is left in the stage.
    private func staged(_ fixture: GovernedFixture) throws -> [String] {
        let path = fixture.home.file(try stage(fixture))
        return FileManager.default.fileExists(atPath: path)
            ? try FileManager.default.contentsOfDirectory(atPath: path) : []
    }

    /// The stage as a crash leaves it: two files to write and one to remove.
    private func leave(
        _ fixture: GovernedFixture,
        isCommitted: Bool,
        place: String? = nil,
        born: String? = nil
    ) throws {
        let stage = try stage(fixture)
        let directory = try Directory.open(fixture.path)
        func digest(_ name: String) throws -> JSONValue {
            .string(Digest.sha256(of: try fixture.bytes(name)).hex)
        }
        func hex(_ text: String) -> JSONValue { .string(Digest.sha256(of: Array(text.utf8)).hex) }
        fixture.home.write(stage + "/content", "first\nsecond\n")
        guard isCommitted else { return }
        let commit: JSONValue = [
            "purpose": "test", "time": "then", "root": .string(fixture.path),
            "place": .string(place ?? Digest.sha256(of: directory.place()).hex),
            "born": .string(try born ?? String(directory.identity().bornNanoseconds)),
            "files": [
                [
                    "path": "src/other.txt", "bytes": 6,
                    "before": try digest("src/other.txt"), "after": hex("first\n"),
                ],
                [
                    "path": "src/main.txt", "bytes": 7,
                    "before": try digest("src/main.txt"), "after": hex("second\n"),
                ],
                [
                    "path": "empty.txt", "before": try digest("empty.txt"), "after": .null,
                ],
            ],
        ]
        fixture.home.write(stage + "/commit.json", bytes: commit.pretty)
    }
}
