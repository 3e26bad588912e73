import Canon
import Integrity

/// The least law that has one of everything: a framework that governs, one that is governed, specs,
/// packages, gates, a policy, schemas and entity types.
enum FixtureLaw {
    static let items: [RootGenesis.Item] =
        law.map { path, text in
            RootGenesis.Item(path: path, owner: "PKG-LAW", bytes: Array(text.utf8))
        }
        + files.map { path, text in
            RootGenesis.Item(path: path, owner: "PKG-CODE", bytes: Array(text.utf8))
        }

    private static let files = [
        ("src/main.txt", "main: it begins here\n"),
        ("src/other.txt", "other\n"),
        ("src/deep/er/leaf.txt", "leaf\n"),
        ("docs/guide.md", "# Guide\n"),
        ("empty.txt", ""),
    ]

    private static let law = [
        (
            "registries/root.json",
            """
            {"type":"root","id":"fixture","name":"Fixture","registry_owner":"PKG-LAW",
             "planes":[{"id":"hot","path":"planes/hot"},{"id":"first_order"}]}
            """
        ),
        (
            "registries/entity_types.json",
            #"{"entity_types":[{"id":"registry"},{"id":"module"}]}"#
        ),
        (
            "registries/frameworks/FMWK-LAW.schema.json",
            """
            {"type":"framework","id":"FMWK-LAW","name":"Law","version":"1.0.0","status":"active",
             "aliases":["FMWK-OLD"],"conforms_to":[],"dependencies":[],
             "content":{"purpose":"The law as data."},
             "allowed_spec_types":["registry"],"required_gates":["G0"],"required_metadata":[],
             "authorizes":[{"pattern":"registries/**","purpose":"law"},
                           {"pattern":"**/.file_registry.csv","purpose":"registries"}]}
            """
        ),
        ("registries/frameworks/FMWK-LAW_law.md", "# Law\n"),
        (
            "registries/frameworks/FMWK-CODE.schema.json",
            """
            {"type":"framework","id":"FMWK-CODE","name":"Code","version":"1.2.0","status":"active",
             "aliases":[],"conforms_to":[{"id":"FMWK-LAW","version":">=1.0.0"}],
             "dependencies":[{"id":"FMWK-LAW","version":"^1.0.0"}],
             "content":{"purpose":"What code may be."},
             "allowed_spec_types":["module"],"required_gates":["G0"],
             "required_metadata":["owner"],
             "authorizes":[{"pattern":"src/**","purpose":"code"},
                           {"pattern":"docs/*.md","purpose":"documents"},
                           {"pattern":"*.txt","purpose":"texts"}],
             "required_files":["src/main.txt"],
             "rules":{"content":{"src/main.txt":{"must_contain":["begins"]}}}}
            """
        ),
        ("registries/frameworks/FMWK-CODE_code.md", "# Code\n"),
        (
            "registries/specs/SPEC-LAW.json",
            """
            {"type":"spec","id":"SPEC-LAW","name":"Law","version":"1.0.0","status":"active",
             "framework_id":"FMWK-LAW","complies_with":["FMWK-LAW"],
             "conforms_to":[{"id":"FMWK-LAW","version":">=1.0.0"}],"entity_type":"registry",
             "content":{"purpose":"The law."},"required_assets":["registries/root.json"],
             "gates":[],"metadata":{"tier":"G0"}}
            """
        ),
        (
            "registries/specs/SPEC-CODE.json",
            """
            {"type":"spec","id":"SPEC-CODE","name":"Code","version":"1.0.0","status":"active",
             "framework_id":"FMWK-CODE","complies_with":["FMWK-CODE"],
             "conforms_to":[{"id":"FMWK-CODE","version":">=1.0.0"}],"entity_type":"module",
             "content":{"purpose":"The code."},"required_assets":["src/*.txt"],
             "gates":["G1"],"metadata":{"owner":"somebody","tier":"T0"}}
            """
        ),
        (
            "registries/packages/PKG-LAW.json",
            """
            {"type":"package","id":"PKG-LAW","package_name":"law","version":"1.0.0",
             "status":"active","spec_id":"SPEC-LAW","framework_id":"FMWK-LAW",
             "governed_by":"FMWK-LAW","conforms_to":[{"id":"SPEC-LAW","version":">=1.0.0"}],
             "class":"BUILDER","dependencies":[],
             "content":{"purpose":"The law.",
               "files":[{"from_registry":{"where":{"owner_id":"PKG-LAW"}}}]}}
            """
        ),
        (
            "registries/packages/PKG-CODE.json",
            """
            {"type":"package","id":"PKG-CODE","package_name":"code","version":"1.0.0",
             "status":"active","spec_id":"SPEC-CODE","framework_id":"FMWK-CODE",
             "governed_by":"FMWK-CODE","conforms_to":[{"id":"SPEC-CODE","version":">=1.0.0"}],
             "class":"BUILT","dependencies":[{"id":"PKG-LAW","version":"^1.0.0"}],
             "content":{"purpose":"The code.",
               "files":[{"from_registry":{"where":{"owner_id":"PKG-CODE"}}}]}}
            """
        ),
        (
            "registries/gates/G0.json",
            """
            {"type":"gate","id":"G0","name":"Rules","version":"1.0.0","status":"active",
             "trigger":"integrity","ensures":"Files obey their framework.","evaluates":"framework",
             "rules":{}}
            """
        ),
        (
            "registries/gates/G1.json",
            """
            {"type":"gate","id":"G1","name":"Words","version":"1.0.0","status":"active",
             "trigger":"integrity","ensures":"No bad word.","evaluates":"gate",
             "rules":{"code_quality":{"forbidden_patterns":["BADWORD"]}}}
            """
        ),
        (
            "registries/policies/POL-EXEMPT-001.json",
            """
            {"type":"policy","id":"POL-EXEMPT-001","name":"Exempt","version":"1.0.0",
             "status":"active","scope":"build output","effect":"exempt","gate":"G0",
             "stages":["ci"],"content":{"purpose":"Names what needs no owner."},
             "exemptions":[
               {"pattern":"build/**","kind":"ignored","reason":"made anew"},
               {"pattern":"ledger/*/**","kind":"chained","reason":"proved by its chain"},
               {"pattern":"planes/*/run/**","kind":"runtime","reason":"state"}]}
            """
        ),
        (
            "registries/schemas/package_manifest.json",
            """
            {"$schema":"https://json-schema.org/draft/2020-12/schema",
             "$id":"urn:charter:schema:package_manifest:1","type":"object",
             "properties":{"class":{"enum":["BUILDER","BUILT"]},
                           "package_name":{"type":"string","pattern":"^[a-z]+$"}},
             "required":["id","package_name","class"]}
            """
        ),
    ]
}
