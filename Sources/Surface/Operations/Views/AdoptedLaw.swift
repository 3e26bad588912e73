import Canon
import Integrity

/// The smallest law under which the files of an adopted directory may lie where they lie.
///
/// It authorises each top-level name that is there and nothing else, so that a new top-level name
/// needs a decision. Owners refine it: frameworks per kind of file, packages per component.
struct AdoptedLaw {
    /// What PKG-ROOT will own; never empty, because a law of nothing is none.
    let paths: [RelativePath]
    /// The day of the adoption, as 2026-11-20.
    let date: String

    /// Framework, its Markdown, spec and package.
    var items: [RootGenesis.Item] {
        [
            document("registries/frameworks/FMWK-ROOT.schema.json", framework, owner: "PKG-LAW"),
            RootGenesis.Item(
                path: "registries/frameworks/FMWK-ROOT_adopted_content.md",
                owner: "PKG-LAW",
                bytes: Array(explanation.utf8)
            ),
            document("registries/specs/SPEC-ROOT.json", spec, owner: "PKG-REGISTRIES"),
            document("registries/packages/PKG-ROOT.json", package, owner: "PKG-REGISTRIES"),
        ]
    }

    private func document(
        _ path: String,
        _ value: JSONValue,
        owner: String
    ) -> RootGenesis.Item {
        RootGenesis.Item(path: path, owner: owner, bytes: value.pretty)
    }

    private var patterns: [String] {
        var names: Set<String> = []
        for path in paths {
            let parts = path.text.split(separator: "/", maxSplits: 1)
            let top = AdoptedLaw.escaped(String(parts[0]))
            names.insert(parts.count == 1 ? top : top + "/**")
        }
        return names.sorted { $0.precedesInBytes($1) }
    }

    /// Characters that mean something in a pattern stand for themselves inside brackets.
    private static func escaped(_ name: String) -> String {
        name.map { "*?[]{}\\".contains($0) ? "?" : String($0) }.joined()
    }

    /// A file that the spec demands: one of those that are there, by a name that is no pattern.
    private var asset: String {
        let texts = paths.map(\.text)
        return texts.first { AdoptedLaw.escaped($0) == $0 } ?? AdoptedLaw.escaped(texts[0])
    }

    private var framework: JSONValue {
        [
            "schema_version": "1.0", "type": "framework", "id": "FMWK-ROOT",
            "name": "Content of this root", "version": "1.0.0", "status": "active",
            "aliases": [],
            "conforms_to": [["id": "FMWK-SCHEMA", "version": ">=1.0.0"]], "author": "charter init",
            "created": .string(date),
            "dependencies": [], "provides": ["a place for what was there"],
            "content": [
                "purpose": "The law of the files that lay here when the root was made.",
                "interfaces": ["charter explain", "charter owner"],
            ],
            "scope": "Everything that was adopted when the root was made.",
            "policy": "What was adopted stays where it is until a framework of its own governs it.",
            "orchestration": ["Write frameworks for each kind of file and move files to them."],
            "allowed_pacs": ["spec", "module"], "allowed_spec_types": ["spec", "module"],
            "required_metadata": ["owner"], "required_gates": ["G1"],
            "requires": [
                "pacs": [], "fields": [], "must_have": ["content_hash"], "must_log": [],
                "entities": [],
            ],
            "required_files": [], "forbidden_imports": [],
            "authorizes": .array(
                patterns.map { pattern in
                    ["pattern": .string(pattern), "purpose": "Adopted when the root was made."]
                }
            ),
            "rules": [:],
        ]
    }

    private var spec: JSONValue {
        [
            "schema_version": "1.0", "type": "spec", "id": "SPEC-ROOT",
            "name": "Content of this root", "version": "1.0.0", "status": "active",
            "framework_id": "FMWK-ROOT", "complies_with": ["FMWK-ROOT"],
            "conforms_to": [["id": "FMWK-ROOT", "version": ">=1.0.0"]], "entity_type": "spec",
            "requires": ["pacs": [], "fields": []],
            "content": [
                "purpose": "Keeps account of the files that lay here when the root was made.",
                "modules": ["Content"], "interfaces": ["The files themselves"],
                "behaviour": ["Each file has one owner and one hash."],
            ],
            "required_assets": [.string(asset)], "gates": [],
            "metadata": ["owner": "root", "function": "Developer"],
        ]
    }

    private var package: JSONValue {
        [
            "schema_version": "1.0", "type": "package", "id": "PKG-ROOT", "package_name": "root",
            "version": "1.0.0", "status": "active", "spec_id": "SPEC-ROOT",
            "framework_id": "FMWK-ROOT", "governed_by": "FMWK-ROOT",
            "conforms_to": [["id": "SPEC-ROOT", "version": ">=1.0.0"]], "class": "BUILDER",
            "platform": ["linux"], "dependencies": [], "requires": ["pacs": [], "fields": []],
            "content": [
                "purpose": "Owns the files that lay here when the root was made.",
                "interfaces": [],
                "files": [["from_registry": ["where": ["owner_id": "PKG-ROOT"]]]],
            ],
        ]
    }

    private var explanation: String {
        """
        # FMWK-ROOT: content of this root

        ## Purpose

        The law of the files that lay here when the root was made.

        ## Scope

        Everything that was adopted when the root was made, and nothing that came later.

        ## Policy

        What was adopted stays where it is until a framework of its own governs it.

        ## Orchestration

        1. Write a framework for each kind of file, with a spec and a package.
        2. Move files to the package with `charter owner assign`.
        3. When nothing is left under FMWK-ROOT, remove it.

        ## Allowed pacs

        Specs and modules.

        ## Required metadata

        - `owner`: who answers for the content.

        ## Gates

        G1: no file holds a secret.

        ## Authorised paths

        The top-level names that existed on \(date); a new one needs a decision.

        ## Rules

        None but the gate: what lay here was not written for this law.

        ## Changes

        - 1.0.0, \(date): made by `charter init --adopt`.

        """
    }
}
