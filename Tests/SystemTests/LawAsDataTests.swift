import Canon
import Foundation
import Support
import Testing

struct `The law as data` {
    @Test(.covers("C34"))
    func `gains a rule by an edit of a document, and no rebuild`() throws {
        let machine = try Machine.governed()
        #expect(try machine.charter("integrity", "check").status == 0)
        try machine.replace(
            #""\\bTBD\\b""#,
            with: #""root governed by Charter""#,
            in: "registries/frameworks/FMWK-DOC.schema.json"
        )
        #expect(try machine.charter("registry", "compile", "--accept").status == 0)
        let judged = try machine.charter("integrity", "check", "--json")
        #expect(judged.status == 1 && judged.violations == ["integrity.gate-failed"])
        let finding = judged.json?["violations"]?.array?.first
        #expect(finding?["path"]?.string == "README.md")
        #expect(finding?["rule"]?.string?.contains("FMWK-DOC") == true)
        machine.write("README.md", "# Sample\n\nNothing that the new rule forbids.\n")
        #expect(try machine.charter("registry", "compile", "--accept").status == 0)
        #expect(try machine.charter("integrity", "check").status == 0)
    }

    @Test(.covers("C34"))
    func `judges any tree by any rules`() throws {
        let machine = try Machine.governed()
        machine.place.write("tree/a.txt", "fine\n")
        machine.place.write("rules.json", #"{"required_files": ["a.txt"]}"#)
        let call = ["validate", "--rules", "../rules.json", "--target", "../tree", "--json"]
        #expect(try machine.charter(call).verdict == "valid")
        machine.place.write("rules.json", #"{"required_files": ["a.txt", "b.txt"]}"#)
        let refused = try machine.charter(call)
        #expect(refused.status == 1 && refused.verdict == "invalid")
        machine.place.write("tree/b.txt", "")
        #expect(try machine.charter(call).status == 0)
    }

    @Test(.covers("C55"))
    func `grows by a framework, a spec, a package and files, each in its turn`() throws {
        let machine = try Machine.governed()
        func compiled() throws -> Command.Result {
            try machine.charter("registry", "compile", "--accept", "--json")
        }
        func edited(_ path: String, _ changes: [String: Any]) throws -> String {
            let data = Data(try machine.text(path).utf8)
            var document = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
            for (key, value) in changes { document[key] = value }
            let bytes = try JSONSerialization.data(
                withJSONObject: document,
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            )
            return String(decoding: bytes, as: UTF8.self) + "\n"
        }
        // A file where no framework allows one: it needs a framework first.
        machine.write("notes/one.md", "# One\n")
        #expect(try machine.charter("explain", "notes/one.md").status == 1)
        #expect(
            try machine.charter("owner", "assign", "notes/one.md", "--package", "PKG-DOCS").status
                == 0
        )
        _ = try compiled()
        let judged = try machine.charter("integrity", "check", "--json")
        #expect(judged.violations == ["integrity.unauthorised-path"])

        // The framework: its law, its page, what it authorises; registered by its owner's row.
        let page = try machine.text("registries/frameworks/FMWK-DOC_document_standard.md")
        machine.write(
            "registries/frameworks/FMWK-NOTES.schema.json",
            try edited(
                "registries/frameworks/FMWK-DOC.schema.json",
                [
                    "id": "FMWK-NOTES", "name": "Notes", "required_files": [String](),
                    "authorizes": [["pattern": "notes/**", "purpose": "what somebody thought"]],
                    "rules": ["required_files": ["notes/one.md"]],
                ]
            )
        )
        machine.write(
            "registries/frameworks/FMWK-NOTES_notes.md",
            page.replacing("FMWK-DOC", with: "FMWK-NOTES")
        )
        // The spec and the package, with the files that the registry says are theirs.
        machine.write(
            "registries/specs/SPEC-NOTES.json",
            try edited(
                "registries/specs/SPEC-DOCS.json",
                [
                    "id": "SPEC-NOTES", "framework_id": "FMWK-NOTES",
                    "complies_with": ["FMWK-NOTES"],
                    "conforms_to": [["id": "FMWK-NOTES", "version": ">=1.0.0"]],
                    "required_assets": ["notes/one.md"],
                ]
            )
        )
        let manifest = try edited("registries/packages/PKG-DOCS.json", ["id": "PKG-NOTES"])
            .replacing("PKG-DOCS", with: "PKG-NOTES").replacing("SPEC-DOCS", with: "SPEC-NOTES")
            .replacing("FMWK-DOC", with: "FMWK-NOTES")
        machine.write("registries/packages/PKG-NOTES.json", manifest)
        for (path, owner) in [
            ("registries/frameworks/FMWK-NOTES.schema.json", "PKG-LAW"),
            ("registries/frameworks/FMWK-NOTES_notes.md", "PKG-LAW"),
            ("registries/specs/SPEC-NOTES.json", "PKG-REGISTRIES"),
            ("registries/packages/PKG-NOTES.json", "PKG-REGISTRIES"),
        ] {
            let assigned = try machine.charter("owner", "assign", path, "--package", owner)
            #expect(assigned.status == 0, "\(assigned.text)")
        }
        _ = try compiled()
        let taken = try machine.charter("owner", "assign", "notes/one.md", "--package", "PKG-NOTES")
        #expect(taken.status == 0, "\(taken.text)")
        let last = try compiled()
        #expect(last.status == 0, "\(last.text)")
        let whole = try machine.charter("integrity", "check", "--json")
        #expect(whole.status == 0, "\(whole.text)")
        let chain = try machine.charter("chain", "notes/one.md")
        #expect(chain.output == "PKG-NOTES → SPEC-NOTES → FMWK-NOTES\n")
        let installed = try machine.charter("integrity", "installed", "PKG-NOTES", "--json")
        let row = installed.json?["packages"]?.array?.first
        #expect(row?["files"]?.integer == 1)
    }
}
