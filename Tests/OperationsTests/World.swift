import Canon
import Foundation
import Host
import Operations
import Support
import Testing

/// A world of a test's own: a place on disk, a clock that stands still, randomness from a seed.
struct World {
    let place = TemporaryDirectory()
    var surroundings: Surroundings
    var root: String { place.file("root") }

    init() {
        surroundings = Surroundings(
            workingDirectory: place.path,
            stateHome: place.file("state"),
            // 2026-11-20T08:00:00Z.
            clock: .fixed(1_795_161_600_000_000_000),
            randomness: .seeded(1)
        )
    }

    /// A world with a governed root, in which calls are made: a copy of one that was made once.
    static func governed() throws -> World {
        var world = World()
        let pattern = try #require(World.pattern, "The first root could not be made.")
        _ = try Command.run("/bin/cp", ["-a", pattern.path + "/.", world.place.path])
        world.surroundings.workingDirectory = world.root
        return world
    }

    /// Where the first root lies; it goes with the process, since nothing else outlives the tests.
    private static let pattern: TemporaryDirectory? = {
        let world = World()
        atexit { _ = try? Command.run("/bin/rm", ["-rf", World.pattern?.path ?? ""]) }
        let made = world.call("init", world.root, "--id", "sample")
        return made.status == 0 ? world.place : nil
    }()

    func call(_ arguments: String...) -> CommandLineDoor.Response { call(arguments) }

    func call(_ arguments: [String]) -> CommandLineDoor.Response {
        CommandLineDoor.response(to: arguments, in: surroundings)
    }

    /// Writes a file of the root.
    func write(_ path: String, _ text: String) { place.write("root/" + path, text) }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: root + "/" + path)
    }
}

extension CommandLineDoor.Response {
    /// Everything that was said.
    var text: String { String(decoding: output + errors, as: UTF8.self) }

    var said: String { String(decoding: output, as: UTF8.self) }
    var complained: String { String(decoding: errors, as: UTF8.self) }

    var json: JSONValue? { try? JSONValue(parsing: output) }

    /// The code of the fault that a `--json` call answered with.
    var faultCode: String? { json?["fault"]?["code"]?.string }

    /// The codes of the violations that a `--json` call answered with.
    var violations: [String] {
        json?["violations"]?.array?.compactMap { $0["code"]?.string } ?? []
    }
}

/// What the program said last time; `UPDATE_SNAPSHOTS=1` writes what it says now.
enum Snapshot {
    static func expect(
        _ text: String,
        is name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let path = Repository.file("Tests/Snapshots/" + name)
        if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1" {
            let url = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url)
            return
        }
        let known = FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(
            known == text,
            "Tests/Snapshots/\(name) differs; UPDATE_SNAPSHOTS=1 rewrites it, git shows how",
            sourceLocation: sourceLocation
        )
    }
}
