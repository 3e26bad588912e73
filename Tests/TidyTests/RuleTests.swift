import Testing

/// Every rule with a text that breaks it: a rule that can no longer fail is noticed here.
struct `A tidy rule` {
    private let manifest = Manifest(
        SourceFile(
            "Package.swift",
            """
            let modules: [Module] = [
                .c("CLinux", in: "Base"),
                .swift("Canon", in: "Base"),
                .swift("Host", in: "Base", uses: "Canon CLinux"),
                .swift(
                    "Law",
                    in: "Constitution",
                    uses: "Canon"
                ),
            ]
            let suites: [Suite] = [Suite("SystemTests", uses: "Canon", runs: "charter")]
            """
        )
    )

    private func file(_ path: String, _ text: String) -> SourceFile { SourceFile(path, text) }
    private func law(_ text: String) -> SourceFile {
        file("Sources/Constitution/Law/Rule.swift", text)
    }
    private func host(_ text: String) -> SourceFile { file("Sources/Base/Host/Rule.swift", text) }

    @Test func `reads the tables of the manifest`() {
        #expect(manifest.modules.map(\.name) == ["CLinux", "Canon", "Host", "Law"])
        #expect(manifest.modules.map(\.layer) == ["Base", "Base", "Base", "Constitution"])
        #expect(manifest.uses(of: "Host") == ["Canon", "CLinux"])
        #expect(manifest.uses(ofSuite: "LawTests") == ["Canon", "Law", "Support"])
        #expect(manifest.uses(ofSuite: "SystemTests") == ["Canon", "Support"])
    }

    @Test func `sees an import that the manifest does not list`() {
        #expect(ImportRules.undeclared(law("import Canon"), manifest) == [])
        #expect(ImportRules.undeclared(law("package import Host"), manifest).count == 1)
        #expect(ImportRules.undeclared(law("import struct Host.Thing"), manifest).count == 1)
        #expect(
            ImportRules.undeclared(law("// import Host\nlet a = \"import Host\""), manifest) == []
        )
        let test = file("Tests/LawTests/A.swift", "import Host\nimport Law\nimport Support")
        #expect(ImportRules.undeclared(test, manifest).map(\.line) == [1])
    }

    @Test func `sees a use that nobody imports`() {
        let files = [host("import Canon"), law("import Canon")]
        #expect(ImportRules.unused(manifest, files).map(\.advice).count == 1)
        #expect(
            ImportRules.unused(manifest, [host("import Canon\nimport CLinux"), files[1]]) == []
        )
    }

    @Test func `sees C, Foundation and Glibc in the wrong place`() {
        for (text, count) in [
            ("import CLinux", 1), ("import Foundation", 1), ("import FoundationEssentials", 1),
            ("import Glibc", 1), ("import Synchronization", 0), ("import Canon", 0),
        ] {
            #expect(ImportRules.foreign(law(text)).count == count, "\(text)")
        }
        #expect(ImportRules.foreign(host("import CLinux\nimport Glibc")) == [])
        #expect(ImportRules.foreign(host("import COpenSSL")).count == 1)
        #expect(ImportRules.foreign(host("import Foundation")).count == 1)
    }

    @Test(arguments: [
        "let a = unsafe b()", "extension A: @unchecked Sendable {}",
        "nonisolated(unsafe) var a = 1", "Task { await a() }", "Task.detached { a() }",
        "DispatchQueue.main.async {}", "Task(priority: .low) { a() }",
    ])
    func `sees danger above Base`(_ text: String) {
        #expect(LanguageRules.danger(law(text)).count == 1)
    }

    @Test func `allows danger with its reason in the modules that wrap C`() {
        #expect(LanguageRules.danger(host("let a = unsafe b()")) == [])
        #expect(LanguageRules.danger(host("extension A: @unchecked Sendable {}")).count == 1)
        #expect(LanguageRules.danger(host("extension A: @unchecked Sendable {} // A lock.")) == [])
        #expect(
            LanguageRules.danger(law("// unsafe\nlet a = \"unsafe Task {\"\nTask.yield()")) == []
        )
        #expect(LanguageRules.danger(law("let a = \"\\(unsafe b())\"")).count == 1)
    }

    @Test(arguments: [
        "public struct A {}", "open class A {}", "print(1)", "debugPrint(1)", "let a = Date()",
        "let a = UUID()", "let a = getenv(b)", "let a = Int.random(in: 1...2)", "a.shuffled()",
        "ContinuousClock().now",
    ])
    func `sees an outside, output and hidden input`(_ text: String) {
        #expect(LanguageRules.words(law(text)).count == 1)
    }

    @Test(arguments: [
        "let a = key.public", "printer.print(1)", "func print(_ a: Int) {}", "let a = \"print(1)\"",
        "Int.random(in: 1...2, using: &generator)", "let open = 1", "open(file)",
    ])
    func `leaves words alone that are something else`(_ text: String) {
        #expect(LanguageRules.words(law(text)) == [])
    }

    @Test func `sees an exported declaration without a sentence`() {
        for text in [
            "package struct A {}", "// Why.\npackage func a() {}", "final package class A {}",
            "@inlinable package func a() {}", "/// A.\nlet a = 1\n\npackage var b: Int { 2 }",
            "package static func a() {}",
        ] {
            #expect(LanguageRules.undocumented(law(text)).count == 1, "\(text)")
        }
        for text in [
            "/// A.\npackage struct A {}", "package import Canon",
            "/// A.\n@inlinable\npackage func a() {}",
            "/// A.\n@available(*, deprecated)\nfinal package class A {}",
            "/// Both.\npackage var a: Int { 1 }\npackage var b: Int { 2 }", "package let a = 1",
            "package var description: String { \"\" }",
            "package static func < (a: A, b: A) -> Bool { true }", "struct A {}",
        ] {
            #expect(LanguageRules.undocumented(law(text)) == [], "\(text)")
        }
    }

    @Test func `sees what is left over`() {
        #expect(
            LanguageRules.leftovers(law("// TO" + "DO: later\n\n// FIX" + "ME")).map(\.line) == [
                1, 3,
            ]
        )
        #expect(LanguageRules.leftovers(law("// Done.")) == [])
    }

    @Test func `sees a file or type with the wrong name`() {
        #expect(NamingRules.names(law("struct Rule {}\nstruct Other {}")) == [])
        #expect(NamingRules.names(law("struct Other {}")).count == 1)
        #expect(NamingRules.names(law("extension Other {}")) == [])
        let topic = file(
            "Sources/Constitution/Law/Rule+Text.swift",
            "extension Rule {}\nstruct A {}"
        )
        #expect(NamingRules.names(topic) == [])
        #expect(NamingRules.names(law("struct Rule { enum Law {} }")).count == 1)
        for word in NamingRules.banned {
            #expect(NamingRules.names(law("struct Rule { struct Key\(word) {} }")).count == 1)
        }
    }

    private let fault = """
        enum RuleFault: Fault {
            case absent(path: String)
            case broken
            var code: String {
                switch self {
                case .absent: "law.absent"
                case .broken: "law.broken"
                }
            }
            var description: String {
                switch self {
                case .absent(let path): "\\(Quoted(path, with: "'")) is not there; " + "write it."
                case .broken: "It is \\"broken\\"."
                }
            }
        }
        """

    @Test func `reads faults with their sentences`() {
        let found = FaultRules.declared(in: law(fault))
        #expect(found.map(\.code) == ["law.absent", "law.broken"])
        #expect(found.map(\.name) == ["absent", "broken"])
        #expect(found.map(\.type) == ["RuleFault", "RuleFault"])
        #expect(found.map(\.says) == ["… is not there; write it.", "It is \"broken\"."])
        let page = FaultRules.page(found)
        #expect(page.contains("| `law.absent` | … is not there; write it. |"))
    }

    @Test func `reads faults whose code comes from a raw value`() {
        let text = """
            struct RuleFault: Fault {
                enum Problem: String { case empty; case dots = "dot-segment", deep }
                var code: String { "law.rule.\\(problem.rawValue)" }
                var description: String {
                    switch problem {
                    case .empty: "It is empty."
                    case .dots, .deep: "It has dots."
                    }
                }
            }
            """
        let found = FaultRules.declared(in: law(text))
        #expect(found.map(\.code) == ["law.rule.empty", "law.rule.dot-segment", "law.rule.deep"])
        #expect(found.map(\.says) == ["It is empty.", "It has dots.", "It has dots."])
    }

    @Test func `sees a fault that is never thrown or never asserted`() {
        let found = FaultRules.declared(in: law(fault))
        let thrown = law("throw .absent(path: \"a\")\nswitch a { case .broken: b() }")
        #expect(FaultRules.unthrown(found, [law(fault), thrown]).count == 1)
        #expect(FaultRules.unthrown(found, [thrown, law("throw RuleFault.broken")]) == [])
        let test = file("Tests/LawTests/A.swift", "#expect(code == \"law.absent\")")
        #expect(FaultRules.unasserted(found, [test]).count == 1)
        let both = file("Tests/LawTests/B.swift", "#expect(throws: RuleFault.broken) { a() }")
        #expect(FaultRules.unasserted(found, [test, both]) == [])
    }

    @Test func `sees a code that is used twice or names another module`() {
        let found = FaultRules.declared(in: law(fault))
        #expect(FaultRules.repeated(found) == [])
        #expect(FaultRules.repeated(found + found).count == 2)
        #expect(FaultRules.misnamed(found) == [])
        #expect(FaultRules.misnamed(FaultRules.declared(in: host(fault))).count == 2)
    }

    @Test func `sees a violation that no test brings about`() {
        let codes = file(
            "Sources/Constitution/Law/Codes.swift",
            """
            enum Codes: String {
                // Ownership.
                case orphan = "law.orphan"
                case missing = "law.missing"

                var rule: String {
                    switch self {
                    case .orphan, .missing: "One owner each"
                    }
                }
                var next: String {
                    switch self {
                    case .orphan: "Assign " + "it."
                    case .missing: "Restore it."
                    }
                }
            }
            """
        )
        let found = FaultRules.violations(in: codes)
        #expect(found.map(\.code) == ["law.orphan", "law.missing"])
        #expect(found.map(\.rule) == ["One owner each", "One owner each"])
        #expect(found.map(\.next) == ["Assign it.", "Restore it."])
        let test = file("Tests/LawTests/A.swift", "#expect(a.code == .orphan)")
        #expect(FaultRules.unseen(found, codes.path, [test]).map(\.line) == [4])
        let both = file("Tests/LawTests/B.swift", "#expect(text.contains(\"law.missing\"))")
        #expect(FaultRules.unseen(found, codes.path, [test, both]) == [])
        #expect(FaultRules.page(found).contains("| `law.orphan` | One owner each | Assign it. |"))
    }

    @Test func `reads which rows a test covers`() {
        let test = file(
            "Tests/LawTests/A.swift",
            """
            @Suite(.covers("B03"))
            struct `A tree` {
                @Test(.covers("C01", "C02"))
                func `holds`() {}
            }
            """
        )
        let found = RequirementRules.covered(in: test)
        #expect(found.map(\.row) == ["B03", "C01", "C02"])
        #expect(found.map(\.test) == ["A tree", "A tree: holds", "A tree: holds"])
        #expect(RequirementRules.unknown(found) == [])
        let wrong = file("Tests/LawTests/A.swift", "@Test(.covers(\"C99\")) func a() {}")
        #expect(RequirementRules.unknown(RequirementRules.covered(in: wrong)).count == 1)
    }

    @Test func `fills in the table of requirements from the tests`() {
        let page = "Covered by a test: ?\n| C01 | Root | open | |\n| C02 | Law | covered | gone |"
        let covered = [
            RequirementRules.Covered(row: "C01", test: "A tree: holds", path: "", line: 1)
        ]
        #expect(
            RequirementRules.page(page, covered)
                == "Covered by a test: 1 of 2 rows.\n| C01 | Root | covered | A tree: holds |\n"
                + "| C02 | Law | open | |"
        )
        #expect(RequirementRules.incomplete(page).count == 357)
        #expect(
            RequirementRules.incomplete("| C01 | a | open | |\n| C01 | a | open | |").contains(
                "C01"
            )
        )
    }

    @Test func `sees a module without a sentence, and a sentence without a module`() {
        let page = "- **CLinux** – a.\n- **Canon** – b.\n- **Host** – c.\n- **Law** – d.\n"
        #expect(DocumentRules.modules(page, manifest) == [])
        #expect(DocumentRules.modules(page + "- **Ledger** – e.", manifest).count == 1)
        #expect(DocumentRules.modules("- **Canon** – b.", manifest).count == 3)
    }

    @Test func `sees a link that leads nowhere`() {
        let pages = [
            "docs/A.md": "# One thing\n[b](B.md) [r](../README.md#top) [c](B.md#none) [d](none.md)",
            "docs/B.md": "# B", "README.md": "# Top\n```\n[x](nowhere)\n```\n[w](https://a.b)",
        ]
        let tree = RepositoryTree(files: pages.map { SourceFile($0.key, $0.value) })
        let findings = tree.pages.flatMap { DocumentRules.brokenLinks($0, in: tree) }
        #expect(
            findings.map(\.advice).sorted() == ["B.md#none leads nowhere", "none.md leads nowhere"]
        )
    }

    @Test func `sees a document that names what is not there`() {
        let page = SourceFile("README.md", "`docs/A.md` `docs/B.md` `registries/*.csv` `make`")
        let tree = RepositoryTree(files: [page, SourceFile("docs/A.md", "")])
        #expect(
            DocumentRules.staleNames(page, in: tree).map(\.advice) == ["docs/B.md does not exist"]
        )
    }

    @Test func `sees a folder of somebody's machine`() {
        let bad = SourceFile("README.md", "See /ro" + "ot/notes.")
        #expect(DocumentRules.machinePaths(bad).count == 1)
        #expect(DocumentRules.machinePaths(SourceFile("README.md", "docs/work/a <r>/root/b")) == [])
    }

    @Test func `sees what is missing or too much at the top`() {
        let right = Set(DocumentRules.entries.map { $0.contains(".") ? $0 : $0 + "/a" })
        #expect(DocumentRules.layout(right) == [])
        #expect(DocumentRules.layout(right.union(["notes/a.txt"])).count == 1)
        #expect(DocumentRules.layout(right.subtracting(["ledger/a"])).count == 1)
    }

    @Test func `sees a script without a row, and a row without a status`() {
        let rows = DocumentRules.scripts.map { "| `\($0)` | `charter a` | now | built |" }
        #expect(DocumentRules.commands(rows.joined(separator: "\n")) == [])
        #expect(DocumentRules.commands(rows.dropFirst().joined(separator: "\n")).count == 1)
        let vague =
            rows.dropFirst() + ["| `\(DocumentRules.scripts[0])` | `charter a` | now | soon |"]
        #expect(DocumentRules.commands(vague.joined(separator: "\n")).count == 1)
    }

    @Test func `sees an operation without a snapshot`() {
        let verb = "Sources/Surface/Operations/Verbs/RegistryCompileVerb.swift"
        let help = "Tests/Snapshots/help/registry-compile.txt"
        let json = "Tests/Snapshots/json/registry-compile.json"
        #expect(DocumentRules.snapshots([verb, help, json]) == [])
        #expect(DocumentRules.snapshots([verb, help]).count == 1)
    }

    @Test func `sees a closure in a macro inside a closure`() {
        func lines(_ text: String) -> [Int] {
            TrapRules.closures(file("Tests/LawTests/A.swift", text)).map(\.line)
        }
        let bad = [
            "a { #expect(b { c }) }", "a.map { b in try #require(c.first { $0 }) }",
            "let a = { #expect(b.map { $0 }) }", "f(a: { #expect(b.map { $0 }) })",
            "func f() { if a == b { g { for c in d { #expect(e { $0 }) } } } }",
            "if c { x() }\ng(1) { #expect(e { $0 }) }",
        ]
        for text in bad {
            let found = lines(text)
            #expect(found.count == 1, "\(text)")
        }
        let good = [
            "func f() { #expect(b { c }) }", "for a in b { if c { #expect(b { c }) } }",
            "a { let d = b { c }; #expect(d) }", "a { #expect(throws: B.self) { c } }",
            "var a: Int { #expect(b { c }) }", "do { #expect(b { c }) } catch { #expect(b { c }) }",
            "guard a else { #expect(b { c }) }", "init() { while a <= b { #expect(b { c }) } }",
            "if let a = b, let c = d { #expect(b { c }) }",
            "a { \"#expect(b { c })\" }", "let a = b.map { $0 }\nif c { #expect(b { c }) }",
        ]
        for text in good {
            let found = lines(text)
            #expect(found == [], "\(text)")
        }
    }

    @Test func `takes for the genesis what its profile and the registries name`() throws {
        let header = "file_path,owner_id,owner_registry,content_hash\r\n"
        func row(_ path: String, _ owner: String) -> String { "\(path),\(owner),package,\r\n" }
        let selections = """
            {"profiles": [{"id": "other", "include": [{"ids": ["PKG-B"]}]},
             {"id": "genesis", "include": [{"ids": ["PKG-A", "PKG-DOCS"]}]}]}
            """
        let tree = RepositoryTree(files: [
            file("registries/selections.json", selections),
            file("registries/packages/PKG-A.json", #"{"spec_id": "SPEC-A"}"#),
            file("registries/packages/PKG-DOCS.json", #"{"spec_id": "SPEC-D"}"#),
            file(
                "registries/.file_registry.csv",
                header + row("z.json", "PKG-A") + row("b.csv", "PKG-A") + row("a.json", "PKG-B")
            ),
            file(
                "registries/specs/.file_registry.csv",
                header + row("SPEC-B.json", "PKG-A") + row("SPEC-A.json", "PKG-A")
            ),
            file(
                "registries/packages/.file_registry.csv",
                header + row("PKG-B.json", "PKG-A") + row("PKG-DOCS.json", "PKG-A")
            ),
            file(".file_registry.csv", header + row("a.md", "PKG-DOCS")),
        ])
        let rows = try GenesisList.rows(in: tree)
        #expect(
            rows.map(\.path) == [
                "registries/packages/PKG-DOCS.json", "registries/specs/SPEC-A.json",
                "registries/z.json",
            ]
        )
        let text = GenesisList.text(rows)
        #expect(text.contains("#embed \"../../../registries/z.json\"\n};\n\nstatic const struct"))
        #expect(text.contains("{\"registries/z.json\", \"PKG-A\", file_2, sizeof file_2},\n};"))
    }
}
