import Canon
import Foundation
import Glibc
import Support
import Testing

/// An operation with packages that dies at a moment of our choice leaves the root as it was or as it
/// shall be.
///
/// Every call that changes the root or the stage of the operation is such a moment; what happens in the
/// log is tried by `LedgerCrashTests`.
@Suite(.covers("E04", "E05"))
struct `A package operation that dies` {
    private enum Operation: String, CaseIterable {
        case install
        case upgrade
        case uninstall
        case sync
        case rollback

        /// What is asked, on a machine that is prepared for it.
        func arguments(on machine: Machine) throws -> [String] {
            switch self {
            case .install: ["package", "install", "../dist/canary-1.0.0.tar.zst", "--json"]
            case .upgrade: ["package", "install", "../dist/newer.tar.zst", "--json"]
            case .uninstall: ["package", "uninstall", "PKG-CANARY", "--json"]
            case .sync: ["package", "sync", "--json"]
            case .rollback: ["version", "rollback", try keptState(machine), "--json"]
            }
        }

        private func keptState(_ machine: Machine) throws -> String {
            let listed = try machine.charter("version", "list", "--json")
            let versions = listed.json?["versions"]?.array
            return try #require(versions?.first?["id"]?.string, "\(listed.text)")
        }
    }

    @Test(arguments: Operation.allCases.map(\.rawValue))
    func `leaves the old state or the new one, whatever the moment`(_ name: String) throws {
        let operation = try #require(Operation(rawValue: name))
        let pattern = try prepared(for: operation)
        let arguments = try operation.arguments(on: pattern)
        let before = try files(pattern)
        let (after, moments) = try traced(operation, pattern)
        try #require(before != after && moments.count > 20, "\(moments.count) moments")
        var (old, new) = (0, 0)
        for (number, moment) in moments.enumerated() {
            let words = "\(operation), call \(moment.number), \(moment.what)"
            let machine = try copy(pattern)
            let died = try machine.charter(
                arguments,
                adding: FaultyDisk.variables(
                    machine.place.path + "/",
                    ["FAULTY_KILL_AT": "\(moment.number)", "FAULTY_LOSE": "\(number % 2)"]
                )
            )
            #expect(died.status == SIGKILL, "\(words): \(died.text)")
            // The next operation completes what was decided, or forgets it.
            let next = try machine.charter("registry", "compile", "--json")
            let found = try files(machine)
            let isDamaged = operation == .sync && found == before
            #expect(next.status == (isDamaged ? 1 : 0), "\(words): \(next.text)")
            if !isDamaged { try whole(machine) }
            #expect([before, after].contains(found), "\(words)")
            old += found == before ? 1 : 0
            new += found == after ? 1 : 0
            // Asked once more, it comes to the same end; that is tried at some of the moments.
            guard number.isMultiple(of: 4) || FaultyDisk.isLong else { continue }
            let again = try machine.charter(arguments)
            let isGone = operation == .uninstall && found == after
            #expect(again.status == (isGone ? 1 : 0), "\(words): \(again.text)")
            #expect(try files(machine) == after, "\(words)")
            try whole(machine)
            #expect(try leftovers(machine) == [], "\(words)")
            let verified = try machine.charter("ledger", "verify")
            #expect(verified.status == 0, "\(words): \(verified.text)")
            let open = try machine.charter("ledger", "query", "--open", "--json")
            #expect(open.json?["entries"]?.array?.isEmpty == true, "\(words): \(open.text)")
        }
        #expect(old > 5 && new > 5, "\(old) times the old state, \(new) times the new one")
    }

    @Test(arguments: Operation.allCases.map(\.rawValue))
    func `goes on after a disk that failed, from what it was decided with`(_ name: String) throws {
        let operation = try #require(Operation(rawValue: name))
        let pattern = try prepared(for: operation)
        let arguments = try operation.arguments(on: pattern)
        let (after, moments) = try traced(operation, pattern)
        let places = moments.filter { moment in
            ["renameat", "unlinkat", "syncfs"].contains { moment.what.hasPrefix($0) }
                && moment.what.split(separator: "/").contains("root")
        }
        var cuts = 0
        for moment in [places.first, places.dropFirst(places.count / 2).first, places.last]
            .compactMap(\.self)
        {
            let words = "\(operation), call \(moment.number), \(moment.what)"
            let machine = try copy(pattern)
            let cut = try machine.charter(
                arguments,
                adding: FaultyDisk.variables(
                    machine.place.path + "/",
                    [
                        "FAULTY_FAIL_AT": "\(moment.number)", "FAULTY_FAIL_FOR": "1",
                        "FAULTY_ERRNO": "5",
                    ]
                )
            )
            #expect([0, 2].contains(cut.status), "\(words): \(cut.text)")
            cuts += cut.faultCode == "integrity.cut-short" ? 1 : 0
            let next = try machine.charter("registry", "compile", "--json")
            #expect(
                next.status == 0 || operation == .sync && next.status == 1,
                "\(words): \(next.text)"
            )
            let again = try machine.charter(arguments)
            #expect([0, 1].contains(again.status), "\(words): \(again.text)")
            #expect(try files(machine) == after, "\(words)")
            try whole(machine)
        }
        #expect(cuts > 0, "No call failed between the first file and the last.")
    }

    @Test func `is one of two that want the same root, and both come to an end`() throws {
        let machine = try prepared(for: .install)
        let both = try machine.shell(
            """
            cd root; for i in 1 2 3; do \
            "$charter" package install ../dist/canary-1.0.0.tar.zst >/dev/null 2>../err$i & done; wait
            """
        )
        #expect(both.status == 0)
        let again = try machine.charter(Operation.install.arguments(on: machine))
        #expect(again.json?["verdict"]?.string == "unchanged", "\(again.text)")
        try whole(machine)
        #expect(try leftovers(machine) == [])
    }

    // MARK: - Machines

    /// A moment at which a program is killed.
    private struct Moment {
        let number: Int
        let what: String
    }

    /// A machine that is about to do it: with an author's packages, and a root that trusts the author.
    private func prepared(for operation: Operation) throws -> Machine {
        let machine = try Machine.governed()
        let author = machine.place.file("author")
        func run(_ arguments: String..., in directory: String? = nil) throws -> Command.Result {
            let done = try machine.charter(arguments, in: directory)
            try #require(done.status == 0, "\(arguments): \(done.text)")
            return done
        }
        _ = try run("init", author, "--id", "author", in: machine.place.path)
        for (file, place) in Canary.files {
            machine.place.write("author/" + place, try Canary.text(file, "1.0.0"))
        }
        for path in Canary.documents {
            _ = try run("owner", "assign", path, "--package", "PKG-REGISTRIES", in: author)
        }
        _ = try run("owner", "assign", "agents/canary", "--package", "PKG-CANARY", in: author)
        _ = try run("registry", "compile", "--accept", in: author)
        let added = try run("package", "signer", "add", "--json", in: author)
        let key = try #require(added.json?["signers"]?.array?.first?["key"]?.string)
        _ = try run("package", "pack", "PKG-CANARY", "--output", "../dist", in: author)
        let forged = try machine.shell(
            "exec python3 '\(Repository.file("Tests/Verifiers/forge_package.py"))' newer"
                + " dist/canary-1.0.0.tar.zst state/charter/author/builder.key.pem dist/newer.tar.zst"
        )
        try #require(forged.status == 0, "\(forged.text)")
        _ = try run("package", "signer", "add", key)
        if operation != .install {
            _ = try run("package", "install", "../dist/canary-1.0.0.tar.zst")
        }
        switch operation {
        case .install, .upgrade, .uninstall: break
        case .sync:
            let harmed = try machine.shell(
                """
                cd root/agents/canary && echo changed >> README.md && rm src/canary.py \
                && chmod +x 08_commit.md
                """
            )
            try #require(harmed.status == 0, "\(harmed.text)")
        case .rollback:
            _ = try run("version", "checkpoint", "--note", "before the newer one")
            _ = try run("package", "install", "../dist/newer.tar.zst")
        }
        return machine
    }

    private func copy(_ pattern: Machine) throws -> Machine {
        let machine = Machine()
        let copied = try Command.run(
            "/bin/cp",
            ["-a", pattern.place.path + "/.", machine.place.path]
        )
        try #require(copied.status == 0, "\(copied.text)")
        return machine
    }

    /// Does it once, on a copy: what it comes to, and the moments at which it changes something.
    private func traced(
        _ operation: Operation,
        _ pattern: Machine
    ) throws -> (after: String, moments: [Moment]) {
        let machine = try copy(pattern)
        let done = try machine.charter(
            operation.arguments(on: machine),
            adding: FaultyDisk.variables(
                machine.place.path + "/",
                ["FAULTY_TRACE": machine.place.file("trace")]
            )
        )
        try #require(done.status == 0, "\(done.text)")
        let trace = String(decoding: try machine.place.read("trace"), as: UTF8.self)
        var moments: [Moment] = []
        var last: Substring = ""
        for line in trace.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count == 3, let number = Int(words[0]), !words[2].contains("/ledger/")
            else {
                continue
            }
            // Of many writes into one file the first is enough, and of many files' writes a few.
            let isWrite = words[1].hasPrefix("write") || words[1].hasPrefix("pwrite")
            defer { last = isWrite ? "write" : words[1] }
            if isWrite, last == "write", !number.isMultiple(of: 6), !FaultyDisk.isLong { continue }
            moments.append(Moment(number: number, what: "\(words[1]) \(words[2])"))
        }
        try whole(machine)
        return (try files(machine), moments)
    }

    /// Every governed file with its content, whether or not the root is whole.
    private func files(_ machine: Machine) throws -> String {
        let found = try machine.shell(
            "cd root && find . -path ./ledger/root -prune -o -type f -printf '%m %p\\n' -exec sha256sum {} +"
                + " | sort | sha256sum"
        )
        try #require(found.status == 0, "\(found.text)")
        return found.output
    }

    /// The root stands before its checks.
    private func whole(_ machine: Machine) throws {
        let checked = try machine.charter("integrity", "check", "--json")
        try #require(checked.status == 0, "\(checked.text)")
    }

    /// What an operation left behind that is nobody's: temporaries, or files of a stage.
    ///
    /// What is left of the memory of the log goes with the next entry.
    private func leftovers(_ machine: Machine) throws -> [Substring] {
        let found = try machine.shell(
            "find . -name '*.charter-new' ! -name '*.head.json.*' -o -path '*/install-*/*' -type f | sort"
        )
        return found.output.split(separator: "\n")
    }
}
