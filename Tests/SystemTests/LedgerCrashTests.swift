import Canon
import Foundation
import Support
import Testing

/// Writers of logs that die, or whose disk fails, at a call of our choice.
///
/// `Tests/Verifiers/faulty_disk.c` stands between the program and libc, and counts the calls by which
/// files change. A normal run takes a spread of them; one with CHARTER_LONG_TESTS takes every one.
@Suite(.covers("B01"))
struct `A log on a disk that fails` {
    private static let seed: UInt64 =
        ProcessInfo.processInfo.environment["CHARTER_TEST_SEED"].flatMap(UInt64.init) ?? 20_261_120

    // MARK: - The log itself

    @Test func `for any call before which its writer dies, keeps what it acknowledged`() throws {
        let machine = Machine()
        func bench(_ name: String, _ settings: [String: String]) throws -> Command.Result {
            try machine.charter(
                [
                    "ledger", "bench", name, "--callers", "4", "--entries", "40", "--attempts",
                    "--acknowledge", "--json",
                ],
                in: machine.place.path,
                adding: FaultyDisk.variables("/\(name)/", settings)
            )
        }
        let counted = try bench("bench", ["FAULTY_COUNT": machine.place.file("count")])
        try #require(counted.status == 0, "\(counted.text)")
        #expect(try acknowledged(by: counted.output, in: "bench", machine) == 80)
        let total = try FaultyDisk.count(machine.place.read("count"))
        var (killed, seen) = (0, 0)
        for (number, call) in FaultyDisk.moments(25, of: total).enumerated() {
            // The process dies, and every other time all that was not flushed is lost with it.
            for loses in FaultyDisk.isLong ? [0, 1] : [number % 2] {
                let name = "bench-\(call)-\(loses)"
                let died = try bench(
                    name,
                    ["FAULTY_KILL_AT": "\(call)", "FAULTY_LOSE": "\(loses)"]
                )
                // Callers share flushes as it happens, so a run may end before its last moment.
                #expect([0, SIGKILL].contains(died.status), "\(name): \(died.text)")
                killed += died.status == SIGKILL ? 1 : 0
                seen += try acknowledged(by: died.output, in: name, machine)
            }
        }
        #expect(killed > 10 && seen > 80, "\(killed) were killed, \(seen) entries acknowledged")
    }

    @Test func `for any moment at which its writer dies, keeps what it acknowledged`() throws {
        let machine = Machine()
        var generator = Generator(seed: Self.seed)
        let script = Repository.file("Tests/Verifiers/check_log.py")
        for round in 0..<(FaultyDisk.isLong ? 2000 : 5) {
            // sed takes the lines one by one and leaves the rest to cat: what was printed was durable.
            let lines = generator.int(1...2500)
            let checked = try machine.shell(
                """
                rm -rf bench lines; mkfifo lines
                "$charter" ledger bench bench --callers 16 --entries 1000000 --attempts \
                --acknowledge > lines & pid=$!
                { sed -u \(lines)q; kill -KILL $pid; cat; } < lines > acknowledged
                wait $pid
                echo $?
                exec python3 '\(script)' bench/log.sqlite3 acknowledged
                """
            )
            let words = checked.output.split(whereSeparator: \.isWhitespace)
            let moment = "seed \(generator.seed), round \(round), \(lines) lines"
            #expect(checked.status == 0 && words.count == 4, "\(moment): \(checked.text)")
            guard words.count == 4 else { continue }
            #expect(words[0] == "137" && Int(words[1]) ?? 0 >= lines, "\(moment): \(words)")
        }
    }

    /// How many entries a program acknowledged, all of which must be in its log.
    private func acknowledged(
        by lines: String,
        in directory: String,
        _ machine: Machine
    ) throws -> Int {
        machine.place.write("acknowledged", lines)
        let script = Repository.file("Tests/Verifiers/check_log.py")
        let checked = try machine.shell(
            "exec python3 '\(script)' \(directory)/log.sqlite3 acknowledged"
        )
        #expect(checked.status == 0, "\(directory): \(checked.text)")
        return Int(checked.output.prefix { $0 != " " }) ?? 0
    }

    // MARK: - A root and its log

    /// The path by which a command is seen to act.
    private func act(_ command: String, _ machine: Machine) -> String {
        machine.root
            + (command == "owner assign"
                ? "/.file_registry.csv" : "/registries/control_plane_registry.csv")
    }

    /// Gives a command something to do that it has not done under the number before.
    private func call(_ command: String, _ number: Int, in machine: Machine) -> [String] {
        if command == "owner assign" {
            let owner = number % 2 == 0 ? "PKG-LAW" : "PKG-DOCS"
            return ["owner", "assign", "README.md", "--package", owner, "--json"]
        }
        machine.write("README.md", "# Changed \(number)\n")
        return ["registry", "compile", "--accept", "--json"]
    }

    @Test(arguments: ["registry compile", "owner assign"])
    func `for any call before which a command dies, answers its attempt`(
        _ command: String
    ) throws {
        let machine = try Machine.governed()
        // A long run has every call by which the command changes anything, in the root and outside.
        let path = FaultyDisk.isLong ? machine.place.path + "/" : Self.log
        let total = try count(machine, call(command, 0, in: machine), path)
        var unanswered = 0
        // All along, and then each call of the log that comes after the act.
        let moments =
            FaultyDisk.moments(8, of: total).map { (number: $0, settings: [:], path: path) }
            + (1...3).map {
                (number: $0, settings: ["FAULTY_AFTER": act(command, machine)], path: Self.log)
            }
        for (round, place) in moments.enumerated() {
            for loses in FaultyDisk.isLong ? [0, 1] : [round % 2] {
                let moment =
                    "\(command), call \(place.number), \(loses == 1 ? "power" : "process") lost, "
                    + "\(place.settings)"
                let arguments = call(command, 2 * round + loses + 1, in: machine)
                let settings = ["FAULTY_KILL_AT": "\(place.number)", "FAULTY_LOSE": "\(loses)"]
                let died = try machine.charter(
                    arguments,
                    adding: FaultyDisk.variables(
                        place.path,
                        settings.merging(place.settings) { $1 }
                    )
                )
                #expect([0, SIGKILL].contains(died.status), "\(moment): \(died.text)")
                let open = try entries(machine, "--open").compactMap { $0["digest"]?.string }
                unanswered += open.count
                try expectWhole(machine, moment)
                let next = try machine.charter(arguments)
                #expect(next.status == 0, "\(moment): \(next.text)")
                #expect(try entries(machine, "--open").isEmpty, "\(moment)")
                let unknown = try entries(machine, "--outcome", "unknown")
                let answers = unknown.compactMap { $0["answers"]?.string }
                #expect(Set(open).isSubset(of: answers), "\(moment): \(open), \(answers)")
                try expectWhole(machine, moment)
            }
        }
        #expect(unanswered > 0, "No command died between its act and the record of its outcome.")
        try expectLawful(machine)
    }

    /// By their numbers: ENOSPC, no room is left, and EIO, the device does not do it.
    @Test(arguments: ["28", "5"])
    func `for any call that fails, is a fault, and nothing is done without a record`(
        _ wrong: String
    ) throws {
        let machine = try Machine.governed()
        let total = try count(machine, call("registry compile", 0, in: machine), Self.log)
        var (undone, unsaid) = (0, 0)
        // All along, and from the act on; no number of a call says for sure where that is.
        let moments =
            FaultyDisk.moments(6, of: total).map { (number: $0, settings: [:]) }
            + [(number: 1, settings: ["FAULTY_AFTER": act("registry compile", machine)])]
        for (round, place) in moments.enumerated() {
            let moment = "errno \(wrong) from call \(place.number) on, \(place.settings)"
            let arguments = call("registry compile", round + 1, in: machine)
            let settings = ["FAULTY_FAIL_AT": "\(place.number)", "FAULTY_ERRNO": wrong]
            let before = try files(machine)
            let attempts = try entries(machine, "--phase", "attempt").count
            let failed = try machine.charter(
                arguments,
                adding: FaultyDisk.variables(
                    Self.log,
                    settings.merging(place.settings) { $1 }
                )
            )
            let isRecorded = try entries(machine, "--phase", "attempt").count > attempts
            let isDone = try files(machine) != before
            // What comes after the record of the outcome only tidies up, and may fail.
            #expect([0, 2].contains(failed.status), "\(moment): \(failed.text)")
            #expect(isRecorded || !isDone, "\(moment): something was done without a record")
            if failed.status == 2 {
                #expect(saysWhatNext(failed), "\(moment): \(failed.text)")
                undone += isDone ? 0 : 1
                unsaid += isDone ? 1 : 0
            } else {
                #expect(isRecorded && isDone, "\(moment): \(failed.text)")
            }
            // The disk does its part again.
            try expectWhole(machine, moment)
            let next = try machine.charter(arguments)
            #expect(next.status == 0, "\(moment): \(next.text)")
            #expect(try entries(machine, "--open").isEmpty, "\(moment)")
            try expectWhole(machine, moment)
        }
        #expect(undone > 0, "No call failed before the attempt was recorded.")
        #expect(unsaid > 0, "No call failed between the attempt and its outcome.")
        try expectLawful(machine)
    }

    @Test func `may lie where nothing can be written, and then nothing is done`() throws {
        let machine = try Machine.governed()
        let command = "\"$charter\" registry compile --accept --json"
        let ways =
            Machine.isSuperuser
            ? [
                """
                chattr +i "$root/ledger/root" || exit 77
                (cd "$root" && \(command)); status=$?
                chattr -i "$root/ledger/root"; exit $status
                """,
                """
                unshare --mount true || exit 77
                unshare --mount sh -c 'mount --bind "$root/ledger/root" "$root/ledger/root" \
                && mount -o remount,ro,bind "$root/ledger/root" || exit 77
                cd "$root" && \(command)'
                """,
                """
                unshare --mount true || exit 77
                unshare --mount sh -c 'mount --bind "$root" "$root" \
                && mount -o remount,ro,bind "$root" || exit 77
                cd "$root" && \(command)'
                """,
            ]
            : [
                """
                chmod -R a-w "$root/ledger/root"
                (cd "$root" && \(command)); status=$?
                chmod -R u+w "$root/ledger/root"; exit $status
                """
            ]
        machine.write("README.md", "# Changed\n")
        let before = try files(machine)
        for way in ways {
            // What a reader may have left there could be written without making a file.
            try machine.shell("rm -f \"$root\"/ledger/root/log.sqlite3-*")
            let refused = try machine.shell(way)
            // Where this machine does not let us take the right to write away.
            if refused.status == 77 { continue }
            #expect(refused.status == 2 && refused.faultCode != nil, "\(way): \(refused.text)")
            #expect(try files(machine) == before, "\(way)")
        }
        let next = try machine.charter("registry", "compile", "--accept")
        #expect(next.status == 0, "\(next.text)")
        try expectWhole(machine, "afterwards")
        try expectLawful(machine)
    }

    @Test func `may hold no database any more, and then nothing is done`() throws {
        let machine = try Machine.governed()
        let path = "root/ledger/root/log.sqlite3"
        try machine.shell("rm -f \"$root\"/ledger/root/log.sqlite3-*")
        let good = try machine.place.read(path)
        machine.write("README.md", "# Changed\n")
        let before = try files(machine)
        let cases: [(bytes: [UInt8], code: String)] = [
            (Array(repeatElement("garbage ", count: 1000).joined().utf8), "sqlite.not-a-database"),
            ([UInt8](repeating: 0, count: good.count), "sqlite.not-a-database"),
            (Array(good[..<(good.count / 2)]), "sqlite.corrupt"),
        ]
        for (bytes, code) in cases {
            machine.place.write(path, bytes: bytes)
            for call in [
                ["registry", "compile", "--accept"],
                ["owner", "assign", "README.md", "--package", "PKG-LAW"],
                ["ledger", "verify"], ["ledger", "query"], ["ledger", "checkpoint"],
            ] {
                let refused = try machine.charter(call + ["--json"])
                #expect(refused.status == 2, "\(call): \(refused.text)")
                #expect(refused.faultCode == code, "\(call): \(refused.text)")
                #expect(try files(machine) == before, "\(call)")
            }
            // What was found is kept as it was: somebody may want to look at it.
            #expect(try machine.place.read(path) == bytes)
        }
        machine.place.write(path, bytes: good)
        try machine.shell("rm -f \"$root\"/ledger/root/log.sqlite3-*")
        let next = try machine.charter("registry", "compile", "--accept")
        #expect(next.status == 0, "\(next.text)")
        try expectWhole(machine, "afterwards")
        try expectLawful(machine)
    }

    // MARK: - What is looked at

    /// What stands in the paths of a root's log, and in no other.
    private static let log = "/ledger/root/"

    /// By how many calls a command changes files with a text in their path.
    private func count(_ machine: Machine, _ arguments: [String], _ path: String) throws -> Int {
        let counted = try machine.charter(
            arguments,
            adding: FaultyDisk.variables(path, ["FAULTY_COUNT": machine.place.file("count")])
        )
        try #require(counted.status == 0, "\(counted.text)")
        return try FaultyDisk.count(machine.place.read("count"))
    }

    private func entries(_ machine: Machine, _ conditions: String...) throws -> [JSONValue] {
        let found = try machine.charter(
            ["ledger", "query", "--json", "--limit", "10000"] + conditions
        )
        #expect(found.status == 0, "\(found.text)")
        return found.json?["entries"]?.array ?? []
    }

    /// Everything in the root but its log.
    private func files(_ machine: Machine) throws -> [Substring] {
        try machine.picture().split(separator: "\n").filter { !$0.contains("ledger/root") }
    }

    private func expectWhole(_ machine: Machine, _ moment: String) throws {
        let verified = try machine.charter("ledger", "verify", "--json")
        #expect(
            verified.status == 0 && verified.verdict == "verified",
            "\(moment): \(verified.text)"
        )
    }

    /// Brings the root into the state that its law asks for, whatever was in the middle.
    private func expectLawful(_ machine: Machine) throws {
        let back = ["owner", "assign", "README.md", "--package", "PKG-DOCS"]
        for call in [back, ["registry", "compile", "--accept"], ["integrity", "check"]] {
            let done = try machine.charter(call)
            #expect(done.status == 0, "\(call): \(done.text)")
        }
    }

    /// Whether a fault says what to do, as every one has to: the words with which ours do.
    private func saysWhatNext(_ result: Command.Result) -> Bool {
        let message = result.json?["fault"]?["message"]?.string ?? ""
        let words = ["again", "check ", "free ", "restore ", "'charter "]
        return words.contains { message.contains($0) }
    }
}
