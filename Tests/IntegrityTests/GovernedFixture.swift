import Canon
import Crypto
import Foundation
import Host
import Integrity
import Law
import Registry
import Support

/// A whole governed root with a small law of its own, in a directory of its own.
///
/// It is made once and kept in memory for each test to write out, so that a test costs milliseconds.
final class GovernedFixture: Sendable {
    let home: TemporaryDirectory

    /// The root's directory.
    var path: String { home.file("root") }
    /// Where its keys, locks and quarantine lie.
    var stateHome: String { home.file("state") }

    static let clock = Clock.fixed(1_800_000_000_000_000_000)

    private static let template: Result<[String: [UInt8]], any Error> = Result {
        let home = TemporaryDirectory()
        let genesis = try RootGenesis(
            at: home.file("root"),
            stateHome: home.file("state")
        )
        let root = try genesis.make(
            FixtureLaw.items,
            adopting: [],
            isAdopting: false
        )
        let outcome = try RootAuthoring(root, clock: clock, threads: 1).compile(accept: false)
        guard case .done(let compiled) = outcome, compiled.violations.isEmpty else {
            throw FixtureProblem(what: "The fixture's law does not compile: \(outcome)")
        }
        return try contents(of: home.file("root"))
    }

    /// A copy of the root, whole.
    init() throws {
        let template = try GovernedFixture.template.get()
        home = TemporaryDirectory()
        for (name, bytes) in template where bytes != [FileKind.directory.rawValue] {
            home.write("root/" + name, bytes: bytes)
        }
    }

    func open() throws -> GovernedRoot {
        try GovernedRoot(path: path, stateHome: stateHome)
    }

    // MARK: - Judging

    func check(
        through last: Violation.Stage = .gates,
        trusting verifier: NoteVerifier? = nil
    ) throws -> IntegrityReport {
        try IntegrityCheck(open(), threads: 2, trusting: verifier).run(through: last)
    }

    /// What a check finds, as `code path`, in order.
    func findings() throws -> [String] {
        try check().violations.map(GovernedFixture.line)
    }

    static func line(_ violation: Violation) -> String {
        "\(violation.code.rawValue) \(violation.path)"
    }

    // MARK: - Changing

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ text: String) {
        home.write("root/" + name, text)
    }

    func write(_ name: String, bytes: [UInt8]) {
        home.write("root/" + name, bytes: bytes)
    }

    func bytes(_ name: String) throws -> [UInt8] { try home.read("root/" + name) }

    func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    /// Replaces text in a file; it must be there.
    func replace(_ old: String, with new: String, in name: String) throws {
        let before = try text(name)
        guard before.contains(old) else {
            throw FixtureProblem(what: "\(name) does not contain \(old)")
        }
        write(name, before.replacingOccurrences(of: old, with: new))
    }

    func setMode(_ name: String, _ mode: UInt32) {
        let changed = unsafe chmod(file(name), mode)
        precondition(changed == 0, "The mode of \(name) can be changed.")
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: file(name))
    }

    func authoring() throws -> RootAuthoring {
        try RootAuthoring(open(), clock: GovernedFixture.clock, threads: 1)
    }

    /// What compiling says.
    func compile(accept: Bool = false) throws -> RootAuthoring.Compilation {
        switch try authoring().compile(accept: accept) {
        case .done(let compiled): return compiled
        case .denied(let denial): throw FixtureProblem(what: denial.description)
        }
    }

    /// Gives a new file to a package and compiles.
    func own(_ name: String, _ text: String, by package: String = "PKG-CODE") throws {
        write(name, text)
        let outcome = try authoring().assign(
            [RelativePath(name)],
            to: package,
            registry: .package
        )
        guard case .done(let violations) = outcome, violations.isEmpty else {
            throw FixtureProblem(what: "\(name) could not be owned: \(outcome)")
        }
    }

    /// Makes every registry agree with what lies there, as somebody with a compiler of his own would.
    ///
    /// No violation stops it; only a seal can tell.
    func forge() throws {
        let state = try RootState(open(), threads: 1)
        var changes: [RelativePath: Digest?] = [:]
        let locals = state.locals.map { local in
            LocalRegistry(
                directory: local.directory,
                rows: local.rows.compactMap { row in
                    guard
                        let path = try? RelativePath(
                            bytes: LocalRegistry.join(local.directory, row.name)
                        ), let digest = state.tree.digest(of: path)
                    else { return nil }
                    return LocalRegistry.Row(
                        name: row.name,
                        owner: row.owner,
                        registry: row.registry,
                        digest: digest
                    )
                }
            )
        }
        for local in locals {
            let path = try RelativePath(bytes: local.path)
            write(path.text, bytes: local.bytes)
            changes[path] = .some(.sha256(of: local.bytes))
        }
        let compiled = RegistryCompiler(
            tree: state.tree.changed(by: changes),
            book: state.book,
            locals: locals
        ).compile()
        for file in compiled.files { write(file.path, bytes: file.bytes) }
    }

    /// Everything in the root by path, with its bytes; links and special files by their kind.
    func contents() throws -> [String: [UInt8]] { try GovernedFixture.contents(of: path) }

    private static func contents(of path: String) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        let directory = try Directory.open(path)
        for entry in try TreeWalk().list(directory) {
            let name = Printable(bytes: entry.path).description
            found[name] =
                entry.kind == .file
                ? try directory.readWhole(entry.path, limit: 1 << 24) : [entry.kind.rawValue]
        }
        return found
    }
}

struct FixtureProblem: Error {
    let what: String
}
