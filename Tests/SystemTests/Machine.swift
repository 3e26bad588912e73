import Canon
import Foundation
import Support
import Testing

/// A machine of a test's own: a place, a state directory, and the built program; none of our code runs
/// inside the program that is tested.
struct Machine {
    let place = TemporaryDirectory()
    var root: String { place.file("root") }
    var state: String { place.file("state") }

    static var charter: String { BuiltProgram.path }

    var environment: [String: String] {
        [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": place.path, "XDG_STATE_HOME": state, "LC_ALL": "C",
        ]
    }

    /// A machine with a governed root: a copy of one that was made once.
    static func governed() throws -> Machine {
        let machine = Machine()
        let pattern = try #require(Machine.pattern, "The first root could not be made.")
        let copied = try Command.run("/bin/cp", ["-a", pattern.path + "/.", machine.place.path])
        try #require(copied.status == 0, "\(copied.text)")
        return machine
    }

    /// Where the first root lies; it goes with the process, since nothing else outlives the tests.
    private static let pattern: TemporaryDirectory? = {
        let machine = Machine()
        atexit { _ = try? Command.run("/bin/rm", ["-rf", Machine.pattern?.path ?? ""]) }
        let made = try? machine.charter(
            "init",
            machine.root,
            "--id",
            "sample",
            in: machine.place.path
        )
        return made?.status == 0 ? machine.place : nil
    }()

    /// A machine whose root took in so many files.
    static func adopted(files count: Int) throws -> Machine {
        let machine = Machine()
        for number in 0..<count {
            machine.place.write("root/content/\(number % 17)/\(number).txt", "file \(number)\n")
        }
        let made = try machine.charter("init", "--adopt", "root", in: machine.place.path)
        try #require(made.status == 0, "\(made.text)")
        return machine
    }

    /// Runs the program in the root, or in another directory.
    func charter(
        _ arguments: String...,
        in directory: String? = nil,
        adding variables: [String: String] = [:]
    ) throws -> Command.Result {
        try charter(arguments, in: directory, adding: variables)
    }

    func charter(
        _ arguments: [String],
        in directory: String? = nil,
        adding variables: [String: String] = [:]
    ) throws -> Command.Result {
        try Command.run(
            Machine.charter,
            arguments,
            environment: environment.merging(variables) { $1 },
            directory: directory ?? root
        )
    }

    /// Runs a script of the shell in the place; the program is `$charter`, the root `$root`.
    @discardableResult
    func shell(_ script: String, in directory: String? = nil) throws -> Command.Result {
        // A thread of the tests may block SIGCHLD, and a shell that inherits that waits for ever.
        try Command.run(
            "/usr/bin/env",
            ["--default-signal=CHLD", "/bin/sh", "-c", script],
            environment: environment.merging(["charter": Machine.charter, "root": root]) { $1 },
            directory: directory ?? place.path
        )
    }

    func write(_ path: String, _ text: String) { place.write("root/" + path, text) }

    func text(_ path: String) throws -> String {
        String(decoding: try place.read("root/" + path), as: UTF8.self)
    }

    /// Replaces a piece of a file, which must be there.
    func replace(_ old: String, with new: String, in path: String) throws {
        let before = try text(path)
        let after = before.replacing(old, with: new)
        try #require(before != after, "\(path) has no \(old)")
        write(path, after)
    }

    /// Everything that is in the root: names, kinds, modes, targets, bytes.
    func picture() throws -> String {
        let script = """
            cd "$root" && find . -path ./ledger/root -prune -o -printf '%P %y %m %s %l\\n' \
            | LC_ALL=C sort && find . -path ./ledger/root -prune -o -type f -print0 \
            | LC_ALL=C sort -z | xargs -0 sha256sum
            """
        let drawn = try shell(script)
        try #require(!drawn.output.isEmpty)
        return drawn.output
    }

    static var isSuperuser: Bool { getuid() == 0 }
}

extension Command.Result {
    var text: String { output + errors }
    var json: JSONValue? { try? JSONValue(parsing: Array(output.utf8)) }
    var faultCode: String? { json?["fault"]?["code"]?.string }
    var verdict: String? { json?["verdict"]?.string }
    var violations: [String] {
        json?["violations"]?.array?.compactMap { $0["code"]?.string } ?? []
    }
}
