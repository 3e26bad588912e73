import Canon
import Foundation
import Integrity
import Registry
import Support
import Testing

@Suite(
    .covers("C02", "C04", "C06", "C14", "C15", "C17", "C18", "C19", "C20", "C21", "C30"),
    .covers("C32", "C68", "D04", "D05", "D12", "D30")
)
struct `The law of a root` {
    @Test func `is not replaced by a second document of one id`() throws {
        let fixture = try GovernedFixture()
        let twin = "registries/gates/G1.schema.json"
        try fixture.own(twin, fixture.text("registries/gates/G1.json"), by: "PKG-LAW")
        try fixture.forge()
        #expect(try fixture.findings() == ["integrity.invalid-document \(twin)"])
    }

    @Test(arguments: links + packages + gates)
    func `is broken by each of these, with its own code`(mutation: Mutation) throws {
        let fixture = try GovernedFixture()
        try mutation.apply(fixture)
        // Every registry is made to agree: nothing but the law itself is left to find it.
        try fixture.forge()
        let found = try fixture.findings()
        #expect(found == mutation.finds)
    }

    @Test(arguments: documents)
    func `has documents that are read strictly`(mutation: Mutation) throws {
        let fixture = try GovernedFixture()
        try mutation.apply(fixture)
        let compiled = try fixture.compile(accept: true)
        #expect(compiled.written == [])
        #expect(compiled.violations.map(GovernedFixture.line).contains(mutation.finds[0]))
        try fixture.forge()
        // A package that cannot be read owns nothing, which is found even before its document.
        let found = try fixture.findings()
        let isOwner = mutation.finds[0].hasSuffix("PKG-CODE.json")
        #expect(
            found.contains(mutation.finds[0])
                || isOwner && found.contains("integrity.unknown-owner src/main.txt")
        )
    }

    @Test(.covers("C34"))
    func `is more when a rule is added to its data, without a new program`() throws {
        let fixture = try GovernedFixture()
        try fixture.replace(
            #"{"must_contain":["begins"]}"#,
            with: #"{"must_contain":["begins","and ends"]}"#,
            in: code
        )
        let compiled = try fixture.compile(accept: true)
        #expect(compiled.violations == [])
        let found = try fixture.check().violations
        #expect(found.map(GovernedFixture.line) == ["integrity.gate-failed src/main.txt"])
        #expect(found[0].rule.hasPrefix("G0 (Rules)"))
        #expect(found[0].reason.contains("and ends"))
    }

    @Test func `means one framework by an alias, and follows it`() throws {
        let fixture = try GovernedFixture()
        try fixture.replace(
            #""dependencies":[{"id":"FMWK-LAW""#,
            with: #""dependencies":[{"id":"FMWK-OLD""#,
            in: code
        )
        #expect(try fixture.compile(accept: true).violations == [])
        #expect(try fixture.findings() == [])
    }

    @Test(.covers("B25"))
    func `exempts a ledger that grows, and nothing any more when the policy is gone`() throws {
        let fixture = try GovernedFixture()
        for entry in 0..<3 {
            fixture.write("ledger/hot/segment", String(repeating: "entry\n", count: entry + 1))
            #expect(try fixture.findings() == [])
        }
        let policy = "registries/policies/POL-EXEMPT-001.json"
        try fixture.remove(policy)
        #expect(
            try fixture.findings() == [
                "integrity.orphan ledger/hot/segment", "integrity.missing \(policy)",
            ]
        )
    }

    @Test(arguments: ["draft", "deprecated"])
    func `rests on no gate that is not in force`(status: String) throws {
        let fixture = try GovernedFixture()
        for gate in ["G0", "G1"] {
            try fixture.replace(
                #""status":"active""#,
                with: #""status":"\#(status)""#,
                in: "registries/gates/\(gate).json"
            )
        }
        try fixture.forge()
        #expect(
            try fixture.findings() == [
                "integrity.inactive-gate registries/frameworks/FMWK-CODE.schema.json",
                "integrity.inactive-gate registries/frameworks/FMWK-LAW.schema.json",
                "integrity.inactive-gate registries/policies/POL-EXEMPT-001.json",
                "integrity.inactive-gate registries/specs/SPEC-CODE.json",
            ]
        )
        // A policy that is not in force itself rests on nothing.
        try fixture.replace(
            #""status":"active""#,
            with: #""status":"draft""#,
            in: "registries/policies/POL-EXEMPT-001.json"
        )
        try fixture.forge()
        #expect(try fixture.check().violations.count == 3)
    }

    @Test(arguments: ["**", "**/*", "{**,x}", "**/[!@]*", "**/?*", "*/**"])
    func `authorises everything nowhere but in its own framework`(pattern: String) throws {
        let fixture = try GovernedFixture()
        try fixture.replace(#""docs/*.md""#, with: #""\#(pattern)""#, in: code)
        try fixture.own("docs/guide.md", "# Guide\n", by: "PKG-LAW")
        try fixture.replace(
            #""registries/**""#,
            with: #""**""#,
            in: "registries/frameworks/FMWK-LAW.schema.json"
        )
        try fixture.forge()
        let found = try fixture.check().violations
        #expect(found.map(GovernedFixture.line) == ["integrity.authorises-everything \(code)"])
        #expect(found.first?.rule == "FMWK-CODE")
    }

    @Test(arguments: ["docs/**", "*", "*/*", "**/*.md", "[a-e]*/**/x"])
    func `may authorise what is wide and yet a place`(pattern: String) throws {
        let fixture = try GovernedFixture()
        try fixture.replace(
            #""src/**""#,
            with: #""src/**","purpose":"x"},{"pattern":"\#(pattern)""#,
            in: code
        )
        try fixture.forge()
        #expect(try fixture.findings() == [])
    }

    @Test func `exempts nothing by a policy that is only a draft`() throws {
        let fixture = try GovernedFixture()
        fixture.write("build/product", "made anew")
        try fixture.replace(
            #""status":"active""#,
            with: #""status":"draft""#,
            in: "registries/policies/POL-EXEMPT-001.json"
        )
        try fixture.forge()
        #expect(try fixture.findings() == ["integrity.orphan build/product"])
    }

    @Test(arguments: [
        "registries/**", "registries", "registries/gates/*", "registries/root.json", "re*/**",
        "**/x", "*", "{registries,build}/**", "r?gistries/**", "regis*",
    ])
    func `cannot be exempt itself`(pattern: String) throws {
        let fixture = try GovernedFixture()
        let policy = "registries/policies/POL-EXEMPT-001.json"
        try fixture.replace("build/**", with: pattern, in: policy)
        try fixture.forge()
        #expect(try fixture.findings() == ["integrity.exemption-abused \(policy)"])
        let compiled = try fixture.compile(accept: true)
        #expect(compiled.violations.map(\.code) == [.exemptionAbused])
        #expect(compiled.written == [])
    }

    @Test(arguments: ["registries2/**", "release/*", "build"])
    func `may exempt what only sounds like it`(pattern: String) throws {
        let fixture = try GovernedFixture()
        try fixture.replace(
            "build/**",
            with: pattern,
            in: "registries/policies/POL-EXEMPT-001.json"
        )
        #expect(try fixture.compile(accept: true).violations == [])
        #expect(try fixture.findings() == [])
    }

    @Test func `is not skipped by a pattern that spells a directory in another way`() throws {
        let fixture = try GovernedFixture()
        // The pattern means x/**; the directory is called x\y.
        try fixture.replace(
            "build/**",
            with: #"x\\y/**"#,
            in: "registries/policies/POL-EXEMPT-001.json"
        )
        #expect(try fixture.compile(accept: true).violations == [])
        fixture.write(#"x\y/hidden"#, "x")
        fixture.write("xy/seen", "x")
        #expect(try fixture.findings() == [#"integrity.orphan x\y/hidden"#])
    }

    // MARK: - Tables

    private static let code = "registries/frameworks/FMWK-CODE.schema.json"
    private static let law = "registries/frameworks/FMWK-LAW.schema.json"
    private static let spec = "registries/specs/SPEC-CODE.json"
    private static let package = "registries/packages/PKG-CODE.json"
    private static let policy = "registries/policies/POL-EXEMPT-001.json"
    private var code: String { Self.code }

    private static let links = [
        Mutation(
            "a spec under no framework",
            finds: "integrity.framework-mismatch \(package)",
            "integrity.dangling-link \(spec)"
        ) {
            for field in [
                #""framework_id":"#, #""complies_with":["#, #""conforms_to":[{"id":"#,
            ] {
                try $0.replace(field + #""FMWK-CODE""#, with: field + #""FMWK-NONE""#, in: spec)
            }
            try $0.replace(#"[{"id":"FMWK-NONE","version":">=1.0.0"}]"#, with: "[]", in: spec)
        },
        Mutation(
            "a spec that complies with another law",
            finds: "integrity.framework-mismatch \(spec)"
        ) {
            try $0.replace(
                #""complies_with":["FMWK-CODE"]"#,
                with: #""complies_with":["FMWK-LAW"]"#,
                in: spec
            )
        },
        Mutation(
            "a spec that complies with two laws",
            finds: "integrity.framework-mismatch \(spec)"
        ) {
            try $0.replace(
                #""complies_with":["FMWK-CODE"]"#,
                with: #""complies_with":["FMWK-CODE","FMWK-LAW"]"#,
                in: spec
            )
        },
        Mutation("a spec that conforms to nothing known", finds: "integrity.dangling-link \(spec)")
        {
            try $0.replace(
                #""conforms_to":[{"id":"FMWK-CODE""#,
                with: #""conforms_to":[{"id":"FMWK-NONE""#,
                in: spec
            )
        },
        Mutation("a spec of a later framework", finds: "integrity.version-not-met \(spec)") {
            try $0.replace(">=1.0.0", with: ">=2.0.0", in: spec)
        },
        Mutation("a package of a later spec", finds: "integrity.version-not-met \(package)") {
            try $0.replace(">=1.0.0", with: ">=1.0.1", in: package)
        },
        Mutation(
            "a package that conforms to nothing known",
            finds: "integrity.dangling-link \(package)"
        ) {
            try $0.replace(
                #""conforms_to":[{"id":"SPEC-CODE""#,
                with: #""conforms_to":[{"id":"SPEC-NONE""#,
                in: package
            )
        },
        Mutation("a package that needs a later one", finds: "integrity.version-not-met \(package)")
        {
            try $0.replace(#""^1.0.0""#, with: #""^2.0.0""#, in: package)
        },
        Mutation("a package that needs nothing known", finds: "integrity.dangling-link \(package)")
        {
            try $0.replace(#"{"id":"PKG-LAW""#, with: #"{"id":"PKG-NONE""#, in: package)
        },
        Mutation("a framework that needs nothing known", finds: "integrity.dangling-link \(code)") {
            try $0.replace(
                #""dependencies":[{"id":"FMWK-LAW""#,
                with: #""dependencies":[{"id":"FMWK-NONE""#,
                in: code
            )
        },
        Mutation("a framework that needs a later one", finds: "integrity.version-not-met \(code)") {
            try $0.replace("^1.0.0", with: "^1.1.0", in: code)
        },
        Mutation(
            "a framework that conforms to a later one",
            finds: "integrity.version-not-met \(code)"
        ) {
            try $0.replace(">=1.0.0", with: ">=1.0.1", in: code)
        },
        Mutation(
            "a package of no spec",
            finds: "integrity.dangling-link \(package)",
            "integrity.missing-asset src/main.txt",
            "integrity.missing-asset src/other.txt"
        ) {
            try $0.replace("SPEC-CODE", with: "SPEC-NONE", in: package)
        },
        Mutation("a package of another framework", finds: "integrity.framework-mismatch \(package)")
        {
            try $0.replace("FMWK-CODE", with: "FMWK-LAW", in: package)
        },
        Mutation(
            "a package governed by another framework",
            finds: "integrity.framework-mismatch \(package)"
        ) {
            try $0.replace(
                #""governed_by":"FMWK-CODE""#,
                with: #""governed_by":"FMWK-LAW""#,
                in: package
            )
        },
        Mutation("frameworks in a circle", finds: "integrity.cycle \(code)") {
            try $0.replace(
                #""dependencies":[]"#,
                with: #""dependencies":[{"id":"FMWK-CODE","version":"^1.0.0"}]"#,
                in: law
            )
        },
        Mutation("packages in a circle", finds: "integrity.cycle \(package)") {
            try $0.replace(
                #""dependencies":[]"#,
                with: #""dependencies":[{"id":"PKG-CODE","version":"^1.0.0"}]"#,
                in: "registries/packages/PKG-LAW.json"
            )
        },
        Mutation("a package that needs itself", finds: "integrity.cycle \(package)") {
            try $0.replace(#"{"id":"PKG-LAW""#, with: #"{"id":"PKG-CODE""#, in: package)
        },
        Mutation("a spec of a gate that does not exist", finds: "integrity.unknown-gate \(spec)") {
            try $0.replace(#"["G1"]"#, with: #"["G1","G9"]"#, in: spec)
        },
        Mutation(
            "a framework of a gate that does not exist",
            finds: "integrity.unknown-gate \(code)",
            "integrity.unknown-gate \(spec)"
        ) {
            try $0.replace(#"["G0"]"#, with: #"["G0","G9"]"#, in: code)
        },
        Mutation("a policy that no gate enforces", finds: "integrity.unknown-gate \(policy)") {
            try $0.replace(#""gate":"G0""#, with: #""gate":"""#, in: policy)
        },
        Mutation(
            "a policy of a gate that does not exist",
            finds: "integrity.unknown-gate \(policy)"
        ) {
            try $0.replace(#""gate":"G0""#, with: #""gate":"G9""#, in: policy)
        },
        Mutation("a spec without its metadata", finds: "integrity.missing-metadata \(spec)") {
            try $0.replace(#""owner":"somebody","#, with: "", in: spec)
        },
        Mutation(
            "a spec of a type that is not allowed",
            finds: "integrity.spec-type-not-allowed \(spec)"
        ) {
            try $0.replace(#""entity_type":"module""#, with: #""entity_type":"registry""#, in: spec)
        },
        Mutation("a type that nobody registered", finds: "integrity.unknown-entity-type \(spec)") {
            try $0.replace(#""entity_type":"module""#, with: #""entity_type":"gadget""#, in: spec)
            try $0.replace(#"["module"]"#, with: #"["gadget"]"#, in: code)
        },
        Mutation("a deprecated framework", finds: "integrity.deprecated-framework \(spec)") {
            try $0.replace(#""status":"active""#, with: #""status":"deprecated""#, in: code)
        },
        Mutation("an asset that is not there", finds: "integrity.missing-asset \(spec)") {
            try $0.replace(#"["src/*.txt"]"#, with: #"["src/*.txt","src/gone.txt"]"#, in: spec)
        },
        Mutation("an asset of another spec", finds: "integrity.missing-asset registries/root.json")
        {
            try $0.replace(
                #"["src/*.txt"]"#,
                with: #"["src/*.txt","registries/root.json"]"#,
                in: spec
            )
        },
        Mutation("an asset outside the root", finds: "integrity.missing-asset \(spec)") {
            try $0.replace(#"["src/*.txt"]"#, with: #"["../secret"]"#, in: spec)
        },
        Mutation(
            "a file where its framework allows none",
            finds: "integrity.unauthorised-path docs/a/b.md"
        ) {
            try $0.own("docs/a/b.md", "too deep")
        },
        Mutation(
            "files that the gates of their spec would not see",
            finds: "integrity.unauthorised-path docs/guide.md",
            "integrity.unauthorised-path empty.txt"
        ) {
            try $0.replace(#""gates":["G1"]"#, with: #""root":"src","gates":["G1"]"#, in: spec)
            try $0.replace(#"["src/main.txt"]"#, with: #"["main.txt"]"#, in: code)
            try $0.replace(#""content":{"src/main.txt""#, with: #""content":{"main.txt""#, in: code)
        },
        Mutation("a framework that nobody explains", finds: "integrity.no-companion \(code)") {
            try $0.remove("registries/frameworks/FMWK-CODE_code.md")
        },
    ]

    private static let packages = [
        Mutation(
            "a package of an unknown class",
            finds: "integrity.invalid-package \(package)",
            "integrity.invalid-package \(package)"
        ) {
            try $0.replace(#""class":"BUILT""#, with: #""class":"FOUND""#, in: package)
        },
        Mutation("a package that its schema refuses", finds: "integrity.invalid-package \(package)")
        {
            try $0.replace(#""package_name":"code""#, with: #""package_name":"Code""#, in: package)
        },
        Mutation(
            "a package that claims a foreign file",
            finds: "integrity.foreign-file registries/root.json"
        ) {
            try $0.replace(
                #""files":["#,
                with: #""files":["registries/root.json","#,
                in: package
            )
        },
        Mutation(
            "a package that claims nobody's file",
            finds: "integrity.foreign-file src/gone.txt"
        ) {
            try $0.replace(#""files":["#, with: #""files":["src/gone.txt","#, in: package)
        },
        Mutation(
            "a package that claims all files of a framework",
            finds: "integrity.foreign-file docs/guide.md",
            "integrity.foreign-file empty.txt",
            "integrity.foreign-file src/deep/er/leaf.txt",
            "integrity.foreign-file src/main.txt",
            "integrity.foreign-file src/other.txt"
        ) {
            try $0.replace(
                #""files":["#,
                with: #""files":[{"from_registry":{"where":{"governed_by":"FMWK-CODE"}}},"#,
                in: "registries/packages/PKG-LAW.json"
            )
        },
        Mutation(
            "a package that lists not all it owns",
            finds: "integrity.invalid-package src/other.txt"
        ) {
            try $0.replace(
                #"{"from_registry":{"where":{"owner_id":"PKG-CODE"}}}"#,
                with: #""docs/guide.md","empty.txt","src/deep/er/leaf.txt","src/main.txt""#,
                in: package
            )
        },
        Mutation("a query that nobody knows", finds: "integrity.invalid-package \(package)") {
            try $0.replace(
                #""files":["#,
                with: #""files":[{"from_registry":{"where":{"colour":"red"}}},"#,
                in: package
            )
        },
        Mutation(
            "a package that owns nothing",
            finds: "integrity.invalid-package registries/packages/PKG-NEW.json"
        ) {
            let text = try $0.text(package)
                .replacingOccurrences(of: "PKG-CODE", with: "PKG-NEW")
                .replacingOccurrences(of: #""package_name":"code""#, with: #""package_name":"new""#)
            try $0.own("registries/packages/PKG-NEW.json", text, by: "PKG-LAW")
        },
        Mutation(
            "a package that needs one of a higher tier",
            finds: "integrity.tier-dependency registries/packages/PKG-LAW.json"
        ) {
            try $0.replace(
                #""dependencies":[]"#,
                with: #""dependencies":[{"id":"PKG-CODE","version":"^1.0.0"}]"#,
                in: "registries/packages/PKG-LAW.json"
            )
            try $0.replace(
                #""dependencies":[{"id":"PKG-LAW","version":"^1.0.0"}]"#,
                with: #""dependencies":[]"#,
                in: package
            )
        },
        Mutation("no schema of packages", finds: "integrity.gate-unusable registries/schemas") {
            try $0.replace("package_manifest:1", with: "other:1", in: schema)
        },
        Mutation("a schema that is none", finds: "integrity.gate-unusable registries/schemas") {
            try $0.replace(#""type":"object""#, with: #""type":"thing""#, in: schema)
        },
    ]

    private static let schema = "registries/schemas/package_manifest.json"

    private static let gates = [
        Mutation("a file that a gate refuses", finds: "integrity.gate-failed src/other.txt") {
            $0.write("src/other.txt", "a BADWORD\n")
        },
        Mutation(
            "a file that its framework demands and that is gone",
            finds: "integrity.gate-failed src/main.txt"
        ) {
            try $0.remove("src/main.txt")
        },
        Mutation(
            "a gate of malformed rules",
            finds: "integrity.gate-unusable registries/gates/G1.json"
        ) {
            try $0.replace(#""code_quality":{"#, with: #""code_quality":{"unknown":1,"#, in: gate)
        },
        Mutation(
            "a gate of an impossible expression",
            finds: "integrity.gate-unusable registries/gates/G1.json"
        ) {
            try $0.replace(#""BADWORD""#, with: #"{"regex":"(","reason":"x"}"#, in: gate)
        },
        Mutation(
            "a framework of malformed rules",
            finds: "integrity.gate-unusable registries/gates/G0.json"
        ) {
            try $0.replace(#""rules":{"#, with: #""rules":{"unknown_rule":{},"#, in: code)
        },
    ]

    private static let gate = "registries/gates/G1.json"

    private static let documents = [
        Mutation("broken", finds: "integrity.invalid-document \(spec)") { $0.write(spec, "{") },
        Mutation("empty", finds: "integrity.invalid-document \(spec)") { $0.write(spec, "") },
        Mutation("no object", finds: "integrity.invalid-document \(spec)") { $0.write(spec, "[]") },
        Mutation("a key twice", finds: "integrity.invalid-document \(spec)") {
            try $0.replace(#"{"type":"spec","#, with: #"{"type":"spec","type":"spec","#, in: spec)
        },
        Mutation("nested too deep", finds: "integrity.invalid-document \(spec)") {
            let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
            try $0.replace(#"{"type":"spec","#, with: #"{"type":"spec","x":\#(deep),"#, in: spec)
        },
        Mutation("too large", finds: "integrity.invalid-document \(spec)") {
            let filler = String(repeating: "x", count: 5 << 20)
            try $0.replace(
                #"{"type":"spec","#,
                with: #"{"type":"spec","x":"\#(filler)","#,
                in: spec
            )
        },
        Mutation("another id than its name", finds: "integrity.invalid-document \(spec)") {
            try $0.replace(#""id":"SPEC-CODE""#, with: #""id":"SPEC-OTHER""#, in: spec)
        },
        Mutation("an id of another kind", finds: "integrity.invalid-document \(spec)") {
            try $0.replace(#""id":"SPEC-CODE""#, with: #""id":"PKG-CODE""#, in: spec)
        },
        Mutation("two frameworks in a spec", finds: "integrity.invalid-document \(spec)") {
            try $0.replace(
                #""framework_id":"FMWK-CODE""#,
                with: #""framework_id":["FMWK-CODE","FMWK-LAW"]"#,
                in: spec
            )
        },
        Mutation("no spec in a package", finds: "integrity.invalid-document \(package)") {
            try $0.replace(#""spec_id":"SPEC-CODE","#, with: "", in: package)
        },
        Mutation("a version that is none", finds: "integrity.invalid-document \(package)") {
            try $0.replace(#""version":"1.0.0""#, with: #""version":"1""#, in: package)
        },
        Mutation("a range that is none", finds: "integrity.invalid-document \(package)") {
            try $0.replace(">=1.0.0", with: "about 1", in: package)
        },
        Mutation("a life that is none", finds: "integrity.invalid-document \(policy)") {
            try $0.replace(#""status":"active""#, with: #""status":"asleep""#, in: policy)
        },
        Mutation("a gate that evaluates nothing known", finds: "integrity.invalid-document \(gate)")
        {
            try $0.replace(#""evaluates":"gate""#, with: #""evaluates":"mood""#, in: gate)
        },
        Mutation("an alias that means two", finds: "integrity.invalid-document \(law)") {
            try $0.replace(#""aliases":[]"#, with: #""aliases":["FMWK-OLD"]"#, in: code)
        },
        Mutation("a root of a spec that leads out", finds: "integrity.invalid-document \(spec)") {
            try $0.replace(#""gates":["G1"]"#, with: #""root":"../x","gates":["G1"]"#, in: spec)
        },
        Mutation("an authorisation that is no pattern", finds: "integrity.invalid-document \(code)")
        {
            try $0.replace("src/**", with: "/src/**", in: code)
        },
        Mutation("an exemption of unknown kind", finds: "integrity.invalid-document \(policy)") {
            try $0.replace(#""kind":"ignored""#, with: #""kind":"forgotten""#, in: policy)
        },
        Mutation("a schema without a name", finds: "integrity.invalid-document \(schema)") {
            try $0.replace(#""$id""#, with: #""id""#, in: schema)
        },
    ]
}
