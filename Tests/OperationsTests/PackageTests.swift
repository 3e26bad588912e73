import Canon
import Crypto
import Foundation
import Host
import Integrity
import Operations
import Packages
import Support
import Testing

@Suite(.covers("E01", "E02", "E03", "E04", "E05", "E07", "E09", "E10", "E11"))
struct `A package` {
    @Test func `goes in, over and out, and leaves the root as it was`() throws {
        let worlds = try PackageWorld()
        let before = try worlds.rootHash(worlds.taker)
        let archive = worlds.archive
        let planned = try worlds.run(
            worlds.taker,
            ["package", "install", archive, "--dry-run", "--json"]
        )
        #expect(try worlds.rootHash(worlds.taker) == before)
        let installed = try worlds.run(worlds.taker, ["package", "install", archive, "--json"])
        #expect(installed.json?["verdict"]?.string == "installed")
        let first = try worlds.rootHash(worlds.taker)
        // What was foreseen is what came.
        #expect(installed.json?["state_after"]?.string == first)
        #expect(planned.json?["state_after"]?.string == first)
        #expect(planned.json?["changes"] == installed.json?["changes"])
        let again = try worlds.run(worlds.taker, ["package", "install", archive, "--json"])
        #expect(again.json?["verdict"]?.string == "unchanged")

        let newer = try worlds.forge("newer")
        let upgraded = try worlds.run(worlds.taker, ["package", "install", newer, "--json"])
        #expect(upgraded.json?["verdict"]?.string == "upgraded")
        #expect(
            upgraded.json?["from"]?.string == "1.0.0" && upgraded.json?["to"]?.string == "1.1.0"
        )
        #expect(try worlds.rootHash(worlds.taker) == upgraded.json?["state_after"]?.string)

        try worlds.run(worlds.taker, ["package", "uninstall", "PKG-CANARY"])
        #expect(try worlds.rootHash(worlds.taker) == before)
        // What is gone still has its history.
        let history = try worlds.run(
            worlds.taker,
            ["package", "history", "PKG-CANARY", "--json"]
        )
        let done = history.json?["operations"]?.array ?? []
        let told = done.map {
            [$0["event"], $0["version"], $0["outcome"]].map { $0?.string ?? "" }
                .joined(separator: " ")
        }
        #expect(
            told == [
                "package_install 1.0.0 succeeded", "package_install 1.1.0 succeeded",
                "package_uninstall 1.1.0 succeeded",
            ]
        )
        let left = worlds.taker.surroundings.workingDirectory + "/agents"
        #expect(!FileManager.default.fileExists(atPath: left))
    }

    /// Enough of them that several threads work, and one that is larger than most.
    @Test func `of many files and a large one goes in and out`() throws {
        let worlds = try PackageWorld()
        for index in 0..<150 {
            worlds.author.write("agents/canary/many/d\(index % 9)/f\(index).md", "# \(index)\n")
        }
        // Few lines, and beyond what is held while packing.
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20) + [0x0A]
        let large = Data((0..<17).flatMap { Array("\($0) ".utf8) + line })
        let path = worlds.author.root + "/agents/canary/large.txt"
        try large.write(to: URL(fileURLWithPath: path))
        for (_, place) in Canary.files where place.hasSuffix(".json") {
            let text = try String(contentsOfFile: worlds.author.root + "/" + place, encoding: .utf8)
            worlds.author.write(place, text.replacing("\"1.0.0\"", with: "\"1.1.0\""))
        }
        try worlds.run(
            worlds.author,
            ["owner", "assign", "agents/canary", "--package", "PKG-CANARY"]
        )
        try worlds.run(worlds.author, ["registry", "compile", "--accept"])
        try worlds.run(
            worlds.author,
            ["package", "pack", "PKG-CANARY", "--output", worlds.dist]
        )
        let before = try worlds.rootHash(worlds.taker)
        let archive = worlds.dist + "/canary-1.1.0.tar.zst"
        try worlds.run(worlds.taker, ["package", "install", archive])
        let root = worlds.taker.surroundings.workingDirectory
        #expect(FileManager.default.contents(atPath: root + "/agents/canary/large.txt") == large)
        try worlds.run(worlds.taker, ["integrity", "check"])
        try worlds.run(worlds.taker, ["package", "uninstall", "PKG-CANARY"])
        #expect(try worlds.rootHash(worlds.taker) == before)
        #expect(!FileManager.default.fileExists(atPath: root + "/agents"))
        // What is forbidden is found in the middle of it.
        var secret = large
        let key = Data("\n-----BEGIN PRIVATE KEY-----\nMII".utf8)
        secret.replaceSubrange((9 << 20)..<(9 << 20) + key.count, with: key)
        try secret.write(to: URL(fileURLWithPath: path))
        _ = worlds.author.call("registry", "compile", "--accept")
        let refused = worlds.author.call(
            ["package", "pack", "PKG-CANARY", "--output", worlds.dist + "2", "--json"]
        )
        #expect(refused.status == 1 && refused.text.contains("large.txt"), "\(refused.text)")
    }

    @Test func `is installed in two roots at once, and in one by one at a time`() throws {
        let worlds = try PackageWorld()
        var other = worlds.taker
        other.surroundings.workingDirectory = worlds.author.place.file("other")
        try worlds.run(other, ["init", other.surroundings.workingDirectory, "--id", "other"])
        try worlds.run(other, ["package", "signer", "add", try worlds.builderKey()])
        // Somebody is at work on the one root, for as long as this takes.
        let state = try Directory.open(worlds.author.place.file("state/charter/taker"))
        let lock = try FileLock.acquire(PristineGuard.lockName, in: state)
        let waiting = worlds.taker.call("package", "install", worlds.archive, "--json")
        #expect(waiting.status == 2 && waiting.text.contains("host.locked"), "\(waiting.text)")
        try worlds.run(other, ["package", "install", worlds.archive])
        withExtendedLifetime(lock) {}
    }

    @Test func `is the same bytes each time it is packed`() throws {
        let worlds = try PackageWorld()
        func pack(_ place: String) throws -> String {
            try worlds.run(worlds.author, ["package", "pack", "PKG-CANARY", "--output", place])
            return worlds.author.surroundings.absolute(place + "/canary-1.0.0.tar.zst")
        }
        let again = try pack("../again")
        #expect(FileManager.default.contentsEqual(atPath: worlds.archive, andPath: again))
        // Modes that no archive keeps, and times, do not count.
        let file = worlds.author.root + "/agents/canary/README.md"
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600, .modificationDate: Date(timeIntervalSince1970: 1)],
            ofItemAtPath: file
        )
        let third = try pack("../third")
        #expect(FileManager.default.contentsEqual(atPath: worlds.archive, andPath: third))
    }

    /// Each differs from a good package in one thing, and is signed by a key that may sign it.
    @Test(
        .covers("E20", "E22", "E23", "C20", "C29", "D26"),
        arguments: [
            ("content", "packages.content-differs"), ("extra", "packages.content-differs"),
            ("lost", "packages.content-differs"), ("mode", "packages.content-differs"),
            ("form", "packages.manifest-refused"), ("listed-outside", "packages.manifest-refused"),
            ("link", "packages.archive-refused"), ("outside", "packages.archive-refused"),
            ("bomb", "packages.too-large"), ("twin", "integrity.twin"),
            ("conflict", "packages.conflict"), ("exempt", "integrity.exempt-owned"),
            ("unauthorised", "integrity.unauthorised-path"), ("compiled", "integrity.duplicate"),
            ("disguised", "packages.manifest-refused"), ("renamed", "packages.manifest-refused"),
            ("lawful", "packages.brings-law"), ("platform", "packages.platform"),
            ("subject", "packages.wrong-subject"),
            ("provenance", "packages.attestation-refused"), ("predicate", "packages.unsigned"),
            ("spec", "packages.law-differs"), ("framework", "packages.law-differs"),
            ("secret", "integrity.gate-failed"), ("untested", "integrity.gate-failed"),
            ("dependency", "integrity.dangling-link"), ("builder", "packages.signer-scope"),
        ]
    )
    func `that is wrong in one thing is refused for that`(_ kind: String, _ code: String) throws {
        let worlds = try PackageWorld()
        let forged = try worlds.forge(kind)
        let before = try worlds.rootHash(worlds.taker)
        let refused = worlds.taker.call("package", "install", forged, "--json")
        #expect(refused.status == 1, "\(refused.text)")
        #expect(refused.refusals.contains(code), "\(refused.text)")
        // A file that no policy would look at lies where its framework allows none, too.
        let count = kind == "exempt" ? 2 : 1
        #expect(refused.refusals.count == count, "\(refused.text)")
        #expect(try worlds.rootHash(worlds.taker) == before)
        let shelf = worlds.author.place.file("state/charter/taker/packages")
        #expect(try FileManager.default.contentsOfDirectory(atPath: shelf) == [])
    }

    @Test(.covers("J20"))
    func `is installed as it was planned, or not at all`() throws {
        let worlds = try PackageWorld()
        let plan = "../canary.plan"
        try worlds.run(worlds.taker, ["package", "install", worlds.archive, "--plan", plan])
        let before = try worlds.rootHash(worlds.taker)
        func apply(_ rest: String...) -> CommandLineDoor.Response {
            worlds.taker.call(["package", "apply", plan] + rest + ["--json"])
        }
        #expect(apply().status == 64)
        // Another archive, a changed plan and a changed root: the plan fits none of them.
        #expect(apply(try worlds.forge("nothing")).refusals == ["packages.plan-stale"])
        let path = worlds.author.place.file("canary.plan")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        worlds.author.place.write("canary.plan", text.replacing("\"add\"", with: "\"change\""))
        #expect(apply(worlds.archive).refusals == ["packages.plan-stale"])
        worlds.author.place.write("canary.plan", text)
        try worlds.run(worlds.taker, ["package", "signer", "add", "--packages", "PKG-OTHER"])
        #expect(apply(worlds.archive).refusals == ["packages.plan-stale"])
        try worlds.run(worlds.taker, ["package", "install", worlds.archive, "--plan", plan])
        #expect(try worlds.rootHash(worlds.taker) != before)
        let applied = apply(worlds.archive)
        #expect(applied.json?["verdict"]?.string == "installed", "\(applied.text)")
        #expect(try worlds.rootHash(worlds.taker) == applied.json?["state_after"]?.string)
        try worlds.run(worlds.taker, ["package", "uninstall", "PKG-CANARY", "--plan", plan])
        #expect(apply(worlds.archive).status == 64)
        #expect(apply().json?["verdict"]?.string == "uninstalled")
        #expect(apply().refusals == ["packages.no-such-package"])
        worlds.author.place.write("canary.plan", "{}")
        #expect(apply().status == 64)
    }

    @Test func `is taken from a layout that holds it, and from no other`() throws {
        let worlds = try PackageWorld()
        try worlds.run(worlds.taker, ["package", "export", worlds.archive, "../layout"])
        let again = worlds.taker.call("package", "export", worlds.archive, "../layout")
        #expect(again.status == 64)
        let layout = worlds.author.place.file("layout")
        func refusals() -> [String] {
            worlds.taker.call("package", "verify", "../layout", "--json").refusals
        }
        #expect(refusals() == [])
        let index = layout + "/index.json"
        let good = try String(contentsOfFile: index, encoding: .utf8)
        for (text, other) in [
            ("\"manifests\"", "\"nothing\""), ("sha256:", "sha512:"), ("sha256:", "sha256:0"),
        ] {
            try Data(good.replacing(text, with: other).utf8).write(to: URL(fileURLWithPath: index))
            #expect(refusals() == ["packages.archive-refused"], "\(other)")
        }
        try Data(good.utf8).write(to: URL(fileURLWithPath: index))
        try worlds.run(worlds.taker, ["package", "install", "../layout"])
    }

    @Test func `is exported as it was verified, or not at all`() throws {
        let worlds = try PackageWorld()
        let root = try GovernedRoot(
            path: worlds.taker.surroundings.workingDirectory,
            stateHome: worlds.taker.surroundings.stateHome
        )
        let installer = PackageInstaller(
            root,
            clock: worlds.taker.surroundings.clock,
            for: PackageDecision.Subject(id: "uid:0", role: "admin")
        )
        let dist = try Directory.open(worlds.dist)
        let name = "canary-1.0.0.tar.zst"
        guard
            case .verified(let manifest, let archive, let verified) =
                try installer.verify(name, in: dist)
        else {
            Issue.record("The archive is a good one.")
            return
        }
        let place = try Directory.openMaking(worlds.author.place.file("out"), mode: 0o755)
        let layout = ImageLayout(in: place)
        func write(_ digest: Digest) throws -> Digest? {
            try layout.write(manifest, archive: name, in: dist, verified: digest, verified.bytes)
        }
        // Somebody has put another archive there since.
        #expect(try write(.sha256(of: [])) == nil)
        let left = try TreeWalk().list(place).map(\.text)
        #expect(left == ["blobs", "blobs/sha256"])
        #expect(try write(archive) != nil)
    }

    @Test(.covers("E06"))
    func `is brought back where its files were damaged, under the seal it had`() throws {
        let worlds = try PackageWorld()
        let place = worlds.taker.surroundings.workingDirectory
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        try worlds.run(worlds.taker, ["seal"])
        let before = try worlds.rootHash(worlds.taker)
        func damage() throws {
            try Data("other\n".utf8)
                .write(to: URL(fileURLWithPath: place + "/agents/canary/README.md"))
            try FileManager.default.removeItem(atPath: place + "/agents/canary/src/canary.py")
        }
        try damage()
        let planned = try worlds.run(worlds.taker, ["package", "sync", "--dry-run", "--json"])
        #expect(planned.json?["restored"]?.array?.count == 2)
        #expect(worlds.taker.call("integrity", "check").status == 1)
        let synced = try worlds.run(worlds.taker, ["package", "sync", "--json"])
        #expect(synced.json?["restored"] == planned.json?["restored"])
        #expect(try worlds.rootHash(worlds.taker) == before)
        try worlds.run(worlds.taker, ["seal", "verify"])
        let again = try worlds.run(worlds.taker, ["package", "sync", "PKG-CANARY", "--json"])
        #expect(again.json?["restored"] == [])
        // What belongs to nobody is no package's to mend, and is said.
        try damage()
        try Data("mine\n".utf8).write(to: URL(fileURLWithPath: place + "/stray.txt"))
        let left = worlds.taker.call("package", "sync", "--json")
        #expect(left.status == 1 && left.violations == ["integrity.orphan"], "\(left.text)")
        let authored = worlds.taker.call("package", "sync", "PKG-DOCS", "--json")
        #expect(authored.refusals == ["packages.no-such-package"])
        let shelf = worlds.author.place.file("state/charter/taker/packages")
        for name in try FileManager.default.contentsOfDirectory(atPath: shelf) {
            try FileManager.default.removeItem(atPath: shelf + "/" + name)
        }
        let gone = worlds.taker.call("package", "sync", "--json")
        #expect(gone.refusals == ["packages.archive-gone"], "\(gone.text)")
    }

    @Test(.covers("E08"))
    func `says what it is before and after it is installed`() throws {
        let worlds = try PackageWorld()
        let verified = try worlds.run(
            worlds.taker,
            ["package", "verify", worlds.archive, "--json"]
        )
        #expect(verified.json?["attestations"]?.array?.count == 3)
        let forged = try worlds.forge("content")
        let refused = worlds.taker.call("package", "verify", forged, "--json")
        #expect(refused.refusals == ["packages.content-differs"])
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        let shown = try worlds.run(worlds.taker, ["package", "show", "PKG-CANARY", "--json"])
        #expect(shown.json?["archive"] == verified.json?["archive"])
        #expect(shown.json?["gates"]?.array?.isEmpty == false)
        #expect(shown.json?["files"]?.array?.count == 4)
        let listed = try worlds.run(worlds.taker, ["package", "list", "--json"])
        let canary = listed.json?["packages"]?.array?.first { $0["id"]?.string == "PKG-CANARY" }
        #expect(canary?["version"]?.string == "1.0.0" && canary?["files"]?.integer == 4)
        #expect(worlds.taker.call("package", "show", "PKG-NOBODY").status == 64)
    }

    @Test(.covers("E08"))
    func `is audited against the archive and the signature it came from`() throws {
        let worlds = try PackageWorld()
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        func refusals() -> [String] {
            worlds.taker.call("package", "audit", "PKG-CANARY", "--json").refusals
        }
        let good = try worlds.run(worlds.taker, ["package", "audit", "--json"])
        #expect(good.json?["verdict"]?.string == "as_packed")
        let file = worlds.taker.surroundings.workingDirectory + "/agents/canary/README.md"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try (text + "more\n").write(toFile: file, atomically: false, encoding: .utf8)
        // Also where the registries were made to agree with it.
        #expect(refusals() == ["packages.installed-differs"])
        try worlds.run(worlds.taker, ["registry", "compile", "--accept"])
        #expect(refusals() == ["packages.installed-differs"])
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try worlds.run(worlds.taker, ["registry", "compile", "--accept"])
        #expect(refusals() == [])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        #expect(refusals() == ["packages.installed-differs"])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let key = try worlds.builderKey()
        try worlds.run(worlds.taker, ["package", "signer", "revoke", key, "--reason", "stolen"])
        #expect(refusals() == ["packages.revoked-signer"])
        let shelf = worlds.author.place.file("state/charter/taker/packages")
        for name in try FileManager.default.contentsOfDirectory(atPath: shelf) {
            try FileManager.default.removeItem(atPath: shelf + "/" + name)
        }
        #expect(refusals() == ["packages.archive-gone"])
        let unknown = worlds.taker.call("package", "audit", "PKG-NOBODY", "--json")
        #expect(unknown.refusals == ["packages.no-such-package"])
    }

    @Test func `that was only repacked is taken`() throws {
        let worlds = try PackageWorld()
        let forged = try worlds.forge("nothing")
        try worlds.run(worlds.taker, ["package", "install", forged])
    }

    @Test(.covers("E20"))
    func `of one version is one archive, and versions go up`() throws {
        let worlds = try PackageWorld()
        let archive = worlds.archive
        try worlds.run(worlds.taker, ["package", "install", archive])
        func refusals(_ kind: String) throws -> [String] {
            let forged = try worlds.forge(kind)
            let refused = worlds.taker.call("package", "install", forged, "--json")
            #expect(refused.status == 1, "\(refused.text)")
            return refused.refusals
        }
        #expect(try refusals("older") == ["packages.downgrade"])
        #expect(try refusals("other") == ["packages.same-version-other-digest"])
        // The ledger remembers what is gone.
        try worlds.run(worlds.taker, ["package", "uninstall", "PKG-CANARY"])
        #expect(try refusals("other") == ["packages.same-version-other-digest"])
        #expect(try refusals("older") == ["packages.downgrade"])
        try worlds.run(worlds.taker, ["package", "install", archive])
        #expect(try refusals("older") == ["packages.downgrade"])
    }

    @Test func `keeps the class that it has`() throws {
        let worlds = try PackageWorld()
        let path = "registries/packages/PKG-CANARY.json"
        let text = try String(contentsOfFile: worlds.author.root + "/" + path, encoding: .utf8)
        worlds.author.write(path, text.replacing("\"BUILT\"", with: "\"BUILDER\""))
        try worlds.run(worlds.author, ["registry", "compile", "--accept"])
        let newer = try worlds.forge("newer")
        let refused = worlds.author.call("package", "install", newer, "--json")
        #expect(refused.refusals == ["packages.class-changed"], "\(refused.text)")
    }

    @Test func `is packed outside the root, or not at all`() throws {
        let worlds = try PackageWorld()
        for place in [".", "dist", "agents/canary"] {
            let refused = worlds.author.call("package", "pack", "PKG-CANARY", "--output", place)
            #expect(refused.status == 64, "\(refused.text)")
        }
        _ = try worlds.rootHash(worlds.author)
        let missing = worlds.taker.call("package", "export", "../none.tar.zst", "layout")
        #expect(missing.status == 2)
        _ = try worlds.rootHash(worlds.taker)
    }

    @Test func `without attestations, or with those of another, is refused`() throws {
        let worlds = try PackageWorld()
        let archive = worlds.archive
        let beside = archive + ".intoto.jsonl"
        let good = try String(contentsOfFile: beside, encoding: .utf8)
        for (text, code) in [
            ("", "packages.unsigned"), ("no envelope\n", "packages.attestation-refused"),
            (good.replacing("\"sig\":\"", with: "\"sig\":\"AAAA"), "packages.unknown-signer"),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: beside))
            let refused = worlds.taker.call("package", "install", archive, "--json")
            #expect(refused.refusals == [code], "\(refused.text)")
        }
        try FileManager.default.removeItem(atPath: beside)
        let refused = worlds.taker.call("package", "install", archive, "--json")
        #expect(refused.refusals == ["packages.unsigned"])
    }

    @Test(.covers("E11"))
    func `counts as far as the law trusts who signed it`() throws {
        let worlds = try PackageWorld()
        let archive = worlds.archive
        let key = try worlds.builderKey()
        func refusals() -> [String] {
            worlds.taker.call("package", "install", archive, "--json").refusals
        }
        try worlds.run(worlds.taker, ["package", "signer", "revoke", key, "--reason", "stolen"])
        #expect(refusals() == ["packages.revoked-signer"])
        // Trust that was taken does not come back by asking again.
        let again = worlds.taker.call("package", "signer", "add", key, "--json")
        #expect(again.refusals == ["packages.revoked-signer"], "\(again.text)")
        #expect(refusals() == ["packages.revoked-signer"])
        let past = worlds.taker.call(
            ["package", "signer", "add", key, "--until", "2020-01-01T00:00:00Z", "--json"]
        )
        #expect(past.refusals == ["packages.expired-signer"])
        func write(_ rest: String) throws {
            let path =
                worlds.taker.surroundings.workingDirectory + "/registries/package_signers.json"
            let text = """
                {"schema_version": "1.0", "type": "package_signers", "id": "SIGNERS-001",
                 "version": "1.0.0", "purpose": "Whose signatures count in this root here.",
                 "signers": [{"key": "\(key)", "classes": ["BUILT"], \(rest)}]}
                """
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            try worlds.run(worlds.taker, ["registry", "compile", "--accept"])
        }
        let all = "\"packages\": [\"PKG-*\"]"
        try write(all + ", \"valid_until\": \"2026-01-01T00:00:00Z\"")
        #expect(refusals() == ["packages.expired-signer"])
        try write(all + ", \"valid_from\": \"2027-01-01T00:00:00Z\"")
        #expect(refusals() == ["packages.expired-signer"])
        try write("\"packages\": [\"PKG-CANARY-*\", \"PKG-CANAR\"]")
        #expect(refusals() == ["packages.signer-scope"])
        try write("\"packages\": [\"PKG-C*\"]")
        try worlds.run(worlds.taker, ["package", "install", archive])
    }

    @Test func `counts for nothing under any name of a key that was revoked`() throws {
        let worlds = try PackageWorld()
        let key = try #require(try? NoteVerifier(vkey: worlds.builderKey()))
        let alias = try NoteVerifier(name: "other", algorithm: .log, key: key.key)
        try worlds.run(worlds.taker, ["package", "signer", "add", alias.description])
        try worlds.run(worlds.taker, ["package", "signer", "revoke", key.description])
        let refused = worlds.taker.call("package", "install", worlds.archive, "--json")
        #expect(refused.refusals == ["packages.revoked-signer"], "\(refused.text)")
        let secret = try SigningKey(seed: [UInt8](repeating: 7, count: SigningKey.seedByteCount))
        let stranger = try NoteVerifier(name: "x", algorithm: .log, key: secret.verifyingKey)
        let unknown = worlds.taker.call(
            ["package", "signer", "revoke", stranger.description, "--json"]
        )
        #expect(unknown.refusals == ["packages.unknown-signer"])
    }

    @Test func `takes no spec from another, and brings no older one`() throws {
        let worlds = try PackageWorld()
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        func refusals(_ kind: String) throws -> [String] {
            let forged = try worlds.forge(kind)
            return worlds.taker.call("package", "install", forged, "--json").refusals
        }
        #expect(try refusals("thief") == ["packages.conflict"])
        #expect(try refusals("backwards") == ["packages.downgrade"])
    }

    @Test func `is judged by its own bytes, whatever lies on the shelf`() throws {
        let worlds = try PackageWorld()
        let verified = try worlds.run(
            worlds.taker,
            ["package", "verify", worlds.archive, "--json"]
        )
        let digest = try #require(verified.json?["archive"]?.string)
        let shelf = worlds.author.place.file("state/charter/taker/packages")
        try FileManager.default.createDirectory(
            atPath: shelf,
            withIntermediateDirectories: true
        )
        let other = try worlds.forge("content")
        try FileManager.default.copyItem(atPath: other, toPath: "\(shelf)/\(digest).tar.zst")
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        _ = try worlds.rootHash(worlds.taker)
        // What lay there since and was changed restores nothing.
        try FileManager.default.removeItem(atPath: "\(shelf)/\(digest).tar.zst")
        try FileManager.default.copyItem(atPath: other, toPath: "\(shelf)/\(digest).tar.zst")
        let refused = worlds.taker.call("package", "sync", "--json")
        #expect(refused.refusals == ["packages.archive-refused"], "\(refused.text)")
    }

    @Test func `gives a file the mode that it says`() throws {
        let worlds = try PackageWorld()
        try worlds.run(worlds.taker, ["package", "install", worlds.archive])
        try worlds.run(worlds.taker, ["package", "install", worlds.forge("unexecutable")])
        let file = worlds.taker.surroundings.workingDirectory + "/agents/canary/08_commit.md"
        #expect(FileManager.default.isExecutableFile(atPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let synced = try worlds.run(worlds.taker, ["package", "sync", "--json"])
        #expect(synced.json?["restored"]?.array?.count == 1)
        let directory = try Directory.open(worlds.taker.surroundings.workingDirectory)
        #expect(try directory.facts(of: "agents/canary/08_commit.md")?.permissions == 0o755)
    }

    @Test(.covers("E12"))
    func `of the builder's class needs a person's signature`() throws {
        let worlds = try PackageWorld()
        let forged = try worlds.forge("builder")
        let key = try worlds.builderKey()
        try worlds.run(
            worlds.taker,
            ["package", "signer", "add", key, "--classes", "BUILDER,BUILT"]
        )
        let refused = worlds.taker.call("package", "install", forged, "--json")
        #expect(refused.refusals == ["packages.not-authorised"], "\(refused.text)")
        #expect(refused.text.contains("POL-INSTALL-001"))
    }

    @Test func `on which another rests stays`() throws {
        let worlds = try PackageWorld()
        try worlds.writeSparrow()
        let refused = worlds.author.call("package", "uninstall", "PKG-CANARY", "--json")
        #expect(refused.refusals == ["packages.has-dependents"], "\(refused.text)")
        #expect(refused.text.contains("PKG-SPARROW"))
        try worlds.run(worlds.author, ["package", "uninstall", "PKG-SPARROW"])
        try worlds.run(worlds.author, ["package", "uninstall", "PKG-CANARY"])
        let keeper = worlds.taker.call("package", "uninstall", "PKG-REGISTRIES", "--json")
        #expect(keeper.refusals.contains("packages.keeps-the-registries"), "\(keeper.text)")
        let unknown = worlds.taker.call("package", "uninstall", "PKG-NOBODY", "--json")
        #expect(unknown.refusals == ["packages.no-such-package"])
    }

    @Test(.covers("E13"))
    func `is recorded before and after, whatever comes of it`() throws {
        let worlds = try PackageWorld()
        let archive = worlds.archive
        try worlds.run(worlds.taker, ["package", "install", archive])
        _ = worlds.taker.call("package", "install", try worlds.forge("content"))
        let found = try worlds.run(
            worlds.taker,
            ["ledger", "query", "--event", "package_install", "--json"]
        )
        let outcomes = (found.json?["entries"]?.array ?? []).compactMap { $0["outcome"]?.string }
        #expect(outcomes == ["succeeded", "denied"], "\(found.text)")
        try worlds.run(worlds.taker, ["ledger", "verify"])
    }

    @Test func `that is not proved is not packed`() throws {
        let worlds = try PackageWorld()
        let before = try FileManager.default.contentsOfDirectory(atPath: worlds.dist)
        func refusals() -> [String] {
            worlds.author.call("package", "pack", "PKG-CANARY", "--output", "../dist", "--json")
                .refusals
        }
        worlds.author.write("agents/canary/README.md", "# Overview\n")
        // It is another file than was registered, whatever its sections are.
        #expect(refusals().contains("integrity.tampered"))
        try worlds.run(worlds.author, ["registry", "compile", "--accept"])
        #expect(refusals().allSatisfy { $0 == "integrity.gate-failed" })
        worlds.author.write("agents/canary/src/key.py", "k = 'sk-ant-api03-abc'\n")
        try worlds.run(
            worlds.author,
            ["owner", "assign", "agents/canary", "--package", "PKG-CANARY"]
        )
        try worlds.run(worlds.author, ["registry", "compile", "--accept"])
        // Everything at once: sections that are missing, and a secret.
        #expect(refusals().count >= 3)
        // An asset that is everything says nothing, and a file of nobody is nobody's to pack.
        let spec = "registries/specs/SPEC-CANARY.json"
        let text = try String(contentsOfFile: worlds.author.root + "/" + spec, encoding: .utf8)
        worlds.author.write(spec, text.replacing("agents/canary/src/canary.py", with: "**"))
        #expect(refusals().contains("packages.manifest-refused"))
        worlds.author.write("agents/canary/src/stray.py", "pass\n")
        #expect(refusals().contains("integrity.orphan"))
        let left = try FileManager.default.contentsOfDirectory(atPath: worlds.dist)
        #expect(left.sorted() == before.sorted())
    }

    @Test func `is packed by nobody where the law does not say by whom`() throws {
        let worlds = try PackageWorld()
        let path = "registries/policies/POL-INSTALL-001.json"
        let policy = try String(contentsOfFile: worlds.author.root + "/" + path, encoding: .utf8)
        worlds.author.write(path, policy.replacing("\"active\",\n", with: "\"deprecated\",\n"))
        try worlds.run(worlds.author, ["registry", "compile", "--accept"])
        let fault = worlds.author.call(
            "package",
            "pack",
            "PKG-CANARY",
            "--output",
            "../dist",
            "--json"
        )
        #expect(
            fault.status == 2 && fault.faultCode == "packages.no-install-policy",
            "\(fault.text)"
        )
    }
}
