import Canon
import Foundation
import Host
import Operations
import Support
import Testing

/// Two governed roots on one machine: one in which a canary is authored and packed, one that takes it.
struct PackageWorld {
    /// Where the canary is authored.
    var author: World
    /// Where it is installed.
    var taker: World

    var dist: String { author.place.file("dist") }

    /// The canary in version 1.0.0, owned and compiled, and its archive; both roots let its builder sign.
    ///
    /// A copy of worlds that were made once, with every number of theirs.
    init() throws {
        author = World()
        let pattern = try #require(PackageWorld.pattern, "The first roots could not be made.")
        _ = try Command.run("/bin/cp", ["-a", pattern.path + "/.", author.place.path])
        author.surroundings.workingDirectory = author.root
        taker = author
        taker.surroundings.workingDirectory = author.place.file("taker")
    }

    private init(making _: Void) throws {
        author = try World.governed()
        taker = author
        taker.surroundings.workingDirectory = author.place.file("taker")
        try run(author, ["init", taker.surroundings.workingDirectory, "--id", "taker"])
        try writeCanary()
        let documents = [
            "registries/specs/SPEC-CANARY.json", "registries/packages/PKG-CANARY.json",
        ]
        try run(author, ["owner", "assign"] + documents + ["--package", "PKG-REGISTRIES"])
        try run(author, ["owner", "assign", "agents/canary", "--package", "PKG-CANARY"])
        try run(author, ["registry", "compile", "--accept"])
        try run(author, ["package", "signer", "add"])
        try run(taker, ["package", "signer", "add", builderKey()])
        try run(author, ["package", "pack", "PKG-CANARY", "--output", "../dist"])
    }

    /// Where the first roots lie; they go with the process, since nothing else outlives the tests.
    private static let pattern: TemporaryDirectory? = {
        atexit { _ = try? Command.run("/bin/rm", ["-rf", PackageWorld.pattern?.path ?? ""]) }
        return try? PackageWorld(making: ()).author.place
    }()

    /// The archive of the canary in version 1.0.0.
    var archive: String { dist + "/canary-1.0.0.tar.zst" }

    /// Runs a command that must succeed.
    @discardableResult
    func run(_ world: World, _ arguments: [String]) throws -> CommandLineDoor.Response {
        let done = world.call(arguments)
        try #require(done.status == 0, "\(arguments): \(done.text)")
        return done
    }

    /// The key with which the author's packages are signed.
    func builderKey() throws -> String {
        let listed = author.call("package", "signer", "list", "--json")
        return try #require(listed.json?["builder_key"]?.string)
    }

    /// The canary as its author writes it, from `Tests/Canary`.
    func writeCanary(_ version: String = "1.0.0") throws {
        for (file, place) in Canary.files {
            author.write(place, try Canary.text(file, version))
        }
    }

    /// A second bird, which needs the canary.
    func writeSparrow() throws {
        for (_, path) in Canary.files {
            let text = try String(contentsOfFile: author.root + "/" + path, encoding: .utf8)
            let needs = #""dependencies": [{"id": "PKG-CANARY", "version": "^1.0.0"}]"#
            author.write(
                path.replacing("canary", with: "sparrow").replacing("CANARY", with: "SPARROW"),
                text.replacing("canary", with: "sparrow").replacing("CANARY", with: "SPARROW")
                    .replacing(#""dependencies": []"#, with: needs)
            )
        }
        let documents = [
            "registries/specs/SPEC-SPARROW.json", "registries/packages/PKG-SPARROW.json",
        ]
        try run(author, ["owner", "assign"] + documents + ["--package", "PKG-REGISTRIES"])
        try run(author, ["owner", "assign", "agents/sparrow", "--package", "PKG-SPARROW"])
        try run(author, ["registry", "compile", "--accept"])
    }

    /// A package that differs from a good one in one thing, signed by the author's own key.
    func forge(_ kind: String) throws -> String {
        let out = dist + "/\(kind).tar.zst"
        let made = try Command.run(
            "python3",
            [
                Repository.file("Tests/Verifiers/forge_package.py"), kind, archive,
                author.place.file("state/charter/sample/builder.key.pem"), out,
            ]
        )
        try #require(made.status == 0, "\(made.errors)")
        return out
    }

    /// The root hash of a root that is whole.
    func rootHash(_ world: World) throws -> String {
        let checked = try run(world, ["integrity", "check", "--json"])
        return try #require(checked.json?["state_root"]?.string, "\(checked.text)")
    }
}

extension CommandLineDoor.Response {
    /// The codes of the refusals that a `--json` call answered with.
    var refusals: [String] {
        json?["refusals"]?.array?.compactMap { $0["code"]?.string } ?? []
    }
}
