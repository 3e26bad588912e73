import Canon
import Foundation
import Support
import Testing

struct `Bad input` {
    /// Runs a call that must be refused, and shows that it changed nothing.
    private func refused(
        _ machine: Machine,
        _ words: [String],
        _ status: Int32,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Command.Result {
        let before = try machine.picture()
        let answer = try machine.charter(words + ["--json"])
        #expect(answer.status == status, "\(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.errors.isEmpty, "\(answer.errors)", sourceLocation: sourceLocation)
        let after = try machine.picture()
        #expect(after == before, "\(words) changed something", sourceLocation: sourceLocation)
        return answer
    }

    /// What is done to a local registry, and the code that must be found.
    static let registries: [(name: String, text: String, code: String)] = [
        (
            "an open quote",
            "file_path,owner_id,owner_registry,content_hash\n\"README.md,PKG-DOCS\n",
            "integrity.bad-registry"
        ),
        ("another header", "path,owner\nREADME.md,PKG-DOCS\n", "integrity.bad-registry"),
        ("no header", "", "integrity.bad-registry"),
        (
            "a pattern", "file_path,owner_id,owner_registry,content_hash\n*.md,PKG-DOCS,package,\n",
            "integrity.orphan"
        ),
        (
            "a way out", "file_path,owner_id,owner_registry,content_hash\n../x,PKG-DOCS,package,\n",
            "integrity.bad-path"
        ),
        (
            "an absolute path",
            "file_path,owner_id,owner_registry,content_hash\n/etc/passwd,PKG-DOCS,package,\n",
            "integrity.bad-path"
        ),
        (
            "a row twice",
            "file_path,owner_id,owner_registry,content_hash\nREADME.md,PKG-DOCS,package,\nREADME.md,PKG-LAW,package,\n",
            "integrity.duplicate"
        ),
        (
            "bytes that are no text",
            "file_path,owner_id,owner_registry,content_hash\n\u{0},PKG-DOCS,package,\n",
            "integrity.bad-registry"
        ),
        (
            "an unknown owner",
            "file_path,owner_id,owner_registry,content_hash\nREADME.md,PKG-NOBODY,package,\n",
            "integrity.unknown-owner"
        ),
    ]

    @Test(.covers("C13"), arguments: registries)
    func `in a registry is named and compiles to nothing`(
        name: String,
        text: String,
        code: String
    ) throws {
        let machine = try Machine.governed()
        machine.write(".file_registry.csv", text.replacing("\n", with: "\r\n"))
        for words in [["integrity", "check"], ["registry", "compile", "--accept"]] {
            let answer = try refused(machine, words, 1)
            #expect(answer.violations.contains(code), "\(words): \(answer.output.prefix(600))")
        }
    }

    @Test func `in a link between documents is found by its own code`() throws {
        let changes: [(path: String, old: String, new: String, code: String)] = [
            (
                "registries/specs/SPEC-DOCS.json", "\"FMWK-DOC\"", "\"FMWK-NONE\"",
                "integrity.dangling-link"
            ),
            (
                "registries/frameworks/FMWK-REG.schema.json",
                "{ \"id\": \"FMWK-SCHEMA\", \"version\": \"^1.0.0\" }",
                "{ \"id\": \"FMWK-DOC\", \"version\": \"^1.0.0\" }",
                "integrity.cycle"
            ),
            (
                "registries/specs/SPEC-DOCS.json", "\"gates\": []", "\"gates\": [\"G99\"]",
                "integrity.unknown-gate"
            ),
        ]
        for (path, old, new, code) in changes {
            let machine = try Machine.governed()
            try machine.replace(old, with: new, in: path)
            _ = try machine.charter("registry", "compile", "--accept")
            let answer = try refused(machine, ["registry", "link"], 1)
            #expect(answer.violations.contains(code), "\(path): \(answer.output)")
        }
    }

    @Test func `of great size or depth is refused in time`() throws {
        let machine = try Machine.governed()
        let path = "registries/frameworks/FMWK-DOC.schema.json"
        try machine.shell("head -c 100000000 /dev/zero | tr '\\0' '[' > \"$root/\(path)\"")
        let document = try refused(machine, ["validate", path], 2)
        #expect(document.faultCode == "host.file-too-large")
        let law = try refused(machine, ["integrity", "check"], 1)
        #expect(law.violations.contains("integrity.tampered"), "\(law.output.prefix(600))")
        let compiled = try refused(machine, ["registry", "compile", "--accept"], 1)
        #expect(
            compiled.violations.contains("integrity.invalid-document"),
            "\(compiled.output.prefix(600))"
        )
        // As deep, but small enough to be read.
        machine.place.write("deep.json", String(repeating: "[", count: 3_000_000))
        let deep = try refused(machine, ["validate", "../deep.json"], 2)
        #expect(deep.faultCode == "canon.json.too-deep")
        machine.place.write("big.csv", "file_path\n" + String(repeating: "x", count: 70_000_000))
        let table = try refused(machine, ["registry", "import", "../big.csv"], 2)
        #expect(
            table.faultCode?.hasPrefix("host.") == true
                || table.faultCode == "registry.malformed"
        )
    }

    @Test func `by a link in the place of a file is refused and not followed`() throws {
        let machine = try Machine.governed()
        try machine.shell(
            "cp \"$root/.file_registry.csv\" outside.csv && ln -sf ../outside.csv \"$root/.file_registry.csv\""
        )
        for words in [["integrity", "check"], ["registry", "compile"]] {
            let answer = try refused(machine, words, 1)
            #expect(answer.violations.contains("integrity.forbidden-kind"), "\(words)")
        }
        // Nor is a whole registry or a whole root reached by a link.
        let other = try Machine.governed()
        try other.shell(
            "mv \"$root/registries\" elsewhere && ln -s ../elsewhere \"$root/registries\""
        )
        let linked = try refused(other, ["integrity", "check", "--root", other.root], 2)
        #expect(linked.faultCode == "host.symbolic-link")
        try machine.shell("ln -s root alias")
        let alias = try machine.charter(
            "integrity",
            "check",
            "--root",
            "alias",
            "--json",
            in: machine.place.path
        )
        #expect(alias.status == 2 && alias.faultCode == "host.symbolic-link")
    }

    @Test func `in place of a path leads nowhere`() throws {
        let machine = try Machine.governed()
        for path in ["../x", "/etc/passwd", "registries/../../x", "..", ""] {
            for command in ["explain", "owner", "chain", "quarantine"] {
                let answer = try refused(machine, [command, path], 64)
                #expect(answer.faultCode == "operations.usage", "\(command) \(path)")
            }
            let words = ["owner", "assign", path, "--package", "PKG-DOCS"]
            #expect(try refused(machine, words, 64).faultCode == "operations.usage")
        }
    }

    @Test func `in place of a root is named`() throws {
        let machine = try Machine.governed()
        #expect(
            try refused(machine, ["integrity", "check", "--root", "README.md"], 2).faultCode
                == "host.not-a-directory"
        )
        #expect(
            try refused(machine, ["integrity", "check", "--root", machine.place.path], 2).faultCode
                == "integrity.not-a-root"
        )
        let lost = try machine.charter("integrity", "check", "--json", in: machine.place.path)
        #expect(lost.status == 2 && lost.faultCode == "operations.no-root")
        for text in ["", "{", "[]", "{\"id\": 1}", "{\"id\": \"../x\"}", "{\"id\": \"\"}"] {
            machine.write("registries/root.json", text)
            let answer = try refused(machine, ["integrity", "check"], 2)
            #expect(answer.faultCode == "integrity.root-manifest", "\(text)")
        }
    }

    @Test func `that is no text is refused and never repaired`() throws {
        let machine = try Machine.governed()
        // A file by the name that a repaired argument would have.
        machine.write("docs/\u{FFFD}.md", "x")
        for call in [
            "explain \"$(printf 'docs/\\377.md')\"", "owner \"$(printf 'docs/\\377.md')\"",
            "integrity check --root \"$(printf '/\\377')\"", "init \"$(printf '\\377')\"",
        ] {
            let refused = try machine.shell("cd \"$root\" && \"$charter\" \(call) --json")
            #expect(refused.status == 64 && refused.faultCode == "operations.usage", "\(call)")
            #expect(refused.output.contains("not UTF-8"), "\(refused.text)")
        }
        let role = try machine.shell("\"$charter\" role \"$(printf '\\377')\"")
        #expect(role.status == 64)
        // Nor is a directory that the call is made in, or one that the environment names.
        let odd = "$(printf '\\377')"
        let there = try machine.shell(
            "mkdir \"\(odd)\" && cd \"\(odd)\" && \"$charter\" integrity check --json"
        )
        #expect(there.status == 2 && there.faultCode == "host.not-text", "\(there.text)")
        for variable in ["CHARTER_ROOT", "XDG_STATE_HOME", "HOME"] {
            let named = try machine.shell(
                "cd \"$root\" && \(variable)=\"/\(odd)\" \"$charter\" integrity check --json"
            )
            #expect(named.status == 2 && named.faultCode == "host.not-text", "\(named.text)")
        }
        #expect(try machine.shell("ls -A \"\(odd)\"").output.isEmpty)
    }

    @Test func `that would steer a terminal is shown and not obeyed`() throws {
        let machine = try Machine.governed()
        let hostile = "\u{1B}[2J\u{7}\u{9B}31m\u{202E}evil"
        for words in [
            [hostile], ["explain", hostile], ["owner", hostile], ["chain", hostile],
            ["quarantine", hostile], ["init", hostile, "--id", hostile], ["--" + hostile],
            ["integrity", "check", "--through", hostile],
            ["integrity", "check", "--root", hostile],
            ["integrity", "check", "--seal-key", hostile], ["id", "allocate", hostile],
            ["owner", "assign", "README.md", "--package", hostile], ["validate", hostile],
            ["registry", "show", hostile], ["registry", "export", hostile],
            ["integrity", "installed", hostile], ["registry", "select", hostile],
        ] {
            for extra in [[], ["--json"]] {
                let answer = try machine.charter(words + extra)
                #expect(answer.status != 0, "\(words)")
                let shown = answer.text.unicodeScalars.filter { scalar in
                    [.control, .format].contains(scalar.properties.generalCategory)
                        && scalar != "\n"
                }
                #expect(shown.isEmpty, "\(words + extra): \(shown.map { $0.value })")
            }
        }
    }

    @Test func `of no length names nothing`() throws {
        let machine = try Machine.governed()
        for words in [
            ["init", ""], ["explain", ""], ["owner", "README.md", ""], ["doctor", ""],
        ] {
            #expect(try refused(machine, words, 64).faultCode == "operations.usage", "\(words)")
        }
    }

    @Test func `of one stage is not a whole check`() throws {
        let machine = try Machine.governed()
        let partly = try machine.charter("integrity", "check", "--through", "ownership")
        #expect(partly.status == 0 && partly.output.contains("passed up to ownership"))
        #expect(!partly.output.contains("whole"))
        let json = try machine.charter("integrity", "check", "--through", "packages", "--json")
        #expect(json.verdict == "passed")
        #expect(try machine.charter("integrity", "check", "--json").verdict == "whole")
        let named = try machine.charter("integrity", "check")
        #expect(named.output.contains("sample at \(machine.root): unsealed"))
    }
}
