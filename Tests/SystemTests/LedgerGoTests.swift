import Canon
import Foundation
import Support
import Testing

/// What is written here is verified by another implementation: Go's own library for transparency
/// logs, as Debian has it, in `Tests/Verifiers/verify_log.go`.
@Suite(
    .enabled(
        if: GoVerifier.isPossible,
        "golang-go and golang-golang-x-mod-dev are not installed; make setup installs them"
    ),
    .covers("B10")
)
struct `A log before a verifier that knows nothing of Charter` {
    private static let seed: UInt64 =
        ProcessInfo.processInfo.environment["CHARTER_TEST_SEED"].flatMap(UInt64.init) ?? 20_261_120

    /// A long run has more than one whole tile, which takes a few hundred acts.
    private static let acts =
        ProcessInfo.processInfo.environment["CHARTER_LONG_TESTS"] == nil ? 7 : 100

    /// Lets a root do something, so often that its log grows by three entries each time.
    private func act(_ machine: Machine, times count: Int) throws {
        for number in 0..<count {
            machine.write("stray.txt", "stray \(number)\n")
            let moved = try machine.charter("quarantine", "stray.txt")
            try #require(moved.status == 0, "\(moved.text)")
        }
    }

    /// Writes the archive of a root's log; how many entries it has, and the key.
    private func archive(_ machine: Machine) throws -> (size: Int, key: String) {
        let written = try machine.charter(
            "ledger",
            "archive",
            machine.place.file("archive"),
            "--json"
        )
        try #require(written.status == 0, "\(written.text)")
        return (
            try #require(written.json?["entries"]?.integer),
            try #require(written.json?["verifier"]?.string)
        )
    }

    /// The files of one kind that a log of so many entries has.
    private func files(_ kind: String, _ size: Int) -> [String] {
        stride(from: 0, to: size, by: 256).map { first in
            let number = String(1000 + first / 256).dropFirst()
            return "archive/\(kind)/\(number)" + (size - first < 256 ? ".p/\(size - first)" : "")
        }
    }

    private func verify(
        _ machine: Machine,
        key: String,
        since old: String? = nil
    ) throws -> Command.Result {
        try GoVerifier.run([machine.place.file("archive"), key] + (old.map { [$0] } ?? []))
    }

    /// Whether an archive was refused with one sentence that says these words.
    private func isRefused(_ result: Command.Result, saying words: String) -> Bool {
        result.status == 1 && result.output.isEmpty && result.errors.hasPrefix("refused: ")
            && result.errors.hasSuffix(".\n") && result.errors.contains(words)
    }

    @Test func `is signed, holds each entry, and has grown out of what it was`() throws {
        let machine = try Machine.governed()
        try act(machine, times: Self.acts)
        let first = try archive(machine)
        #expect(first.size >= 20)
        let once = try verify(machine, key: first.key)
        #expect(once.status == 0, "\(once.text)")
        #expect(once.output.contains(" \(first.size) entries with inclusion proofs"))
        machine.place.write("old", bytes: try machine.place.read("archive/checkpoint"))

        try act(machine, times: 2)
        machine.write("README.md", "# Changed\n")
        let compiled = try machine.charter("registry", "compile", "--accept")
        #expect(compiled.status == 0, "\(compiled.text)")
        let second = try archive(machine)
        #expect(second.size > first.size && second.key == first.key)
        let again = try verify(machine, key: first.key, since: machine.place.file("old"))
        #expect(again.status == 0, "\(again.text)")
        #expect(again.output.contains(" \(second.size) entries with inclusion proofs"))
        #expect(again.output.hasSuffix(", grown from \(first.size) entries\n"))
        // What is there has grown out of itself, too.
        let itself = machine.place.file("archive/checkpoint")
        #expect(try verify(machine, key: first.key, since: itself).status == 0)
        // Our own verifier is of the same opinion.
        let ours = try machine.charter(
            "ledger",
            "verify",
            machine.place.file("archive"),
            "--key",
            first.key,
            "--known",
            machine.place.file("old")
        )
        #expect(ours.status == 0, "\(ours.text)")
    }

    @Test func `for any changed byte, is refused`() throws {
        let machine = try Machine.governed()
        try act(machine, times: Self.acts)
        let (size, key) = try archive(machine)
        var generator = Generator(seed: Self.seed)
        var cases = [("archive/checkpoint", "/checkpoint")]
        cases += files("tile/0", size).map { ($0, "tile") }
        cases += files("tile/entries", size).map { ($0, "tile/entries/") }
        for (file, words) in cases {
            let good = try machine.place.read(file)
            for _ in 0..<8 {
                var bad = good
                let place = generator.int(0...good.count - 1)
                bad[place] ^= 1 << UInt8(generator.int(0...7))
                machine.place.write(file, bytes: bad)
                let refused = try verify(machine, key: key)
                #expect(
                    isRefused(refused, saying: words),
                    "seed \(generator.seed), byte \(place) of \(file): \(refused.text)"
                )
            }
            machine.place.write(file, bytes: good)
        }
        #expect(try verify(machine, key: key).status == 0)
    }

    @Test func `is refused with a file missing or too short or too long`() throws {
        let machine = try Machine.governed()
        try act(machine, times: Self.acts)
        let (size, key) = try archive(machine)
        for file in ["archive/checkpoint"] + files("tile/0", size) + files("tile/entries", size) {
            let good = try machine.place.read(file)
            try FileManager.default.removeItem(atPath: machine.place.file(file))
            let missing = try verify(machine, key: key)
            #expect(isRefused(missing, saying: "no such file"), "\(file): \(missing.text)")
            let wrong: [[UInt8]] = [[], Array(good.dropLast()), good + [0], good + good]
            for bad in wrong {
                machine.place.write(file, bytes: bad)
                let refused = try verify(machine, key: key)
                let words = file.hasSuffix("checkpoint") ? "is not signed" : "tile"
                #expect(isRefused(refused, saying: words), "\(file): \(refused.text)")
            }
            machine.place.write(file, bytes: good)
        }
        // An entry fewer and an entry more than were signed, in whole frames.
        let bundle = try #require(files("tile/entries", size).last)
        let good = try machine.place.read(bundle)
        let length = Int(good[0]) << 8 | Int(good[1])
        machine.place.write(bundle, bytes: good + good[..<(2 + length)])
        #expect(try isRefused(verify(machine, key: key), saying: "holds more than"))
        machine.place.write(bundle, bytes: Array(good[..<(2 + length)]))
        #expect(try isRefused(verify(machine, key: key), saying: "holds 1 entries and not"))
        machine.place.write(bundle, bytes: good)
        #expect(try verify(machine, key: key).status == 0)
    }

    @Test func `is refused under another key, and as the growth of another log`() throws {
        let (machine, other) = (try Machine.governed(), try Machine.governed())
        // Two roots with one name that were made apart: equal origins, and keys of their own.
        try other.shell("rm -r state root/ledger/root")
        let begun = try other.charter("owner", "assign", "README.md", "--package", "PKG-DOCS")
        try #require(begun.status == 0, "\(begun.text)")
        try act(machine, times: Self.acts)
        try act(other, times: 1)
        let (mine, theirs) = (try archive(machine), try archive(other))
        try #require(mine.key != theirs.key)
        #expect(try isRefused(verify(machine, key: theirs.key), saying: "is not signed by"))
        #expect(try isRefused(verify(other, key: mine.key), saying: "is not signed by"))
        #expect(try isRefused(verify(machine, key: mine.key + "A"), saying: "no verifier key"))
        let foreign = other.place.file("archive/checkpoint")
        let refused = try verify(machine, key: mine.key, since: foreign)
        #expect(isRefused(refused, saying: "is not signed by"), "\(refused.text)")
        // A head of the same log that covers more than the archive is no older one.
        try machine.shell("cp -a archive copy")
        try act(machine, times: 1)
        _ = try archive(machine)
        let later = try GoVerifier.run(
            [machine.place.file("copy"), mine.key, machine.place.file("archive/checkpoint")]
        )
        #expect(isRefused(later, saying: "the older head covers"), "\(later.text)")
    }

    @Test func `is refused as the growth of a history that was signed and then replaced`() throws {
        let machine = try Machine.governed()
        try machine.shell("mkdir before && cp -a root state before")
        try act(machine, times: Self.acts)
        let first = try archive(machine)
        machine.place.write("old", bytes: try machine.place.read("archive/checkpoint"))
        // The whole machine goes back to what it was, and writes another history with the same key.
        try machine.shell("rm -r archive root state && mv before/root before/state .")
        try act(machine, times: Self.acts + 1)
        let second = try archive(machine)
        try #require(second.key == first.key)
        #expect(try verify(machine, key: second.key).status == 0)
        let forked = try verify(machine, key: second.key, since: machine.place.file("old"))
        #expect(isRefused(forked, saying: "did not grow out of"), "\(forked.text)")
    }
}

/// `Tests/Verifiers/verify_log.go`, built once.
private enum GoVerifier {
    /// Whether this machine has Debian's Go and its library for transparency logs.
    static let isPossible =
        Command.find("go") != nil
        && FileManager.default.fileExists(
            atPath: "\(library)/src/golang.org/x/mod/sumdb/tlog/tlog.go"
        )

    private static let library = "/usr/share/gocode"

    static func run(_ arguments: [String]) throws -> Command.Result {
        let place = try #require(GoVerifier.place, "verify_log.go could not be built.")
        return try Command.run(place.file("verify_log"), arguments, environment: [:])
    }

    /// Where the program lies; it goes with the process, since nothing else outlives the tests.
    private static let place: TemporaryDirectory? = {
        let made = TemporaryDirectory()
        atexit { _ = try? Command.run("/bin/rm", ["-rf", GoVerifier.place?.path ?? ""]) }
        let built = try? Command.run(
            "go",
            [
                "build", "-o", made.file("verify_log"),
                Repository.file("Tests/Verifiers/verify_log.go"),
            ],
            // Nothing of the caller's own Go: no modules, no network, no cache of theirs.
            environment: [
                "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": made.path, "GO111MODULE": "off",
                "GOPATH": library, "GOCACHE": made.file("cache"), "CGO_ENABLED": "0",
            ]
        )
        return built?.status == 0 ? made : nil
    }()
}
