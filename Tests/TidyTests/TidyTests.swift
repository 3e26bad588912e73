import Foundation
import Support
import Testing

/// The repository itself, held to its own rules; `RuleTests` shows that each rule can fail.
struct `The repository` {
    let tree = RepositoryTree.shared
    var manifest: Manifest {
        Manifest(tree.files.first { $0.path == "Package.swift" } ?? SourceFile("Package.swift", ""))
    }
    var faults: [FaultRules.Declared] { tree.sources.flatMap(FaultRules.declared) }

    @Test func `has a manifest the rules can read`() {
        #expect(manifest.modules.count > 10)
        #expect(manifest.modules.allSatisfy { !$0.layer.isEmpty })
        #expect(manifest.suites.contains { $0.name == "TidyTests" })
        #expect(tree.sources.count > 20)
    }

    @Test func `imports what the manifest lists, and nothing else`() {
        let manifest = manifest
        expectNone((tree.sources + tree.tests).flatMap { ImportRules.undeclared($0, manifest) })
        expectNone(ImportRules.unused(manifest, tree.sources))
        expectNone(tree.sources.flatMap(ImportRules.foreign))
    }

    @Test func `keeps danger where it is allowed, each with its reason`() {
        expectNone(tree.sources.flatMap(LanguageRules.danger))
    }

    @Test func `has no outside, no output and no hidden input`() {
        expectNone(tree.sources.flatMap(LanguageRules.words))
    }

    @Test func `says a sentence about each thing a module exports`() {
        expectNone(tree.sources.flatMap(LanguageRules.undocumented))
    }

    @Test func `names files after types, and types after ideas`() {
        expectNone(tree.sources.flatMap(NamingRules.names))
    }

    @Test func `has nothing left over`() {
        let own = tree.files.filter { file in
            ["Sources/", "Tests/", "deploy/", ".ci/"].contains(where: file.path.hasPrefix)
                || ["Package.swift", "Makefile"].contains(file.path)
        }
        expectNone(own.flatMap(LanguageRules.leftovers))
    }

    @Test func `gives each fault one code that begins with its module`() {
        expectNone(FaultRules.repeated(faults))
        expectNone(FaultRules.misnamed(faults))
    }

    @Test func `throws each fault, and asserts it in a test`() {
        expectNone(FaultRules.unthrown(faults, tree.sources))
        expectNone(FaultRules.unasserted(faults, tree.tests))
    }

    @Test func `lists each fault in docs faults`() throws {
        try expectPage("docs/faults.md", FaultRules.page(faults))
    }

    @Test func `knows every requirement row and the tests that cover it`() throws {
        let covered = tree.tests.flatMap(RequirementRules.covered)
        expectNone(RequirementRules.unknown(covered))
        let page = tree.text("docs/requirements.md")
        #expect(RequirementRules.incomplete(page) == [])
        try expectPage("docs/requirements.md", RequirementRules.page(page, covered))
    }

    @Test func `describes the modules it has`() {
        expectNone(DocumentRules.modules(tree.text("docs/MODULES.md"), manifest))
    }

    @Test func `brings about each violation in a test, and lists it in docs violations`() throws {
        let path = "Sources/Constitution/Registry/ViolationCode.swift"
        let file = try #require(tree.files.first { $0.path == path })
        let violations = FaultRules.violations(in: file)
        #expect(violations.count > 20)
        #expect(violations.allSatisfy { !$0.rule.isEmpty && !$0.next.isEmpty })
        expectNone(FaultRules.unseen(violations, path, tree.tests))
        try expectPage("docs/violations.md", FaultRules.page(violations))
    }

    @Test func `embeds the law that its registries name`() throws {
        let rows = try GenesisList.rows(in: tree)
        #expect(rows.count > 100)
        try expectPage(GenesisList.path, GenesisList.text(rows))
    }

    @Test func `writes no closure where the compiler may swap it`() {
        expectNone(tree.tests.flatMap(TrapRules.closures))
    }

    @Test(.covers("A26"))
    func `has the nine entries at its top`() {
        expectNone(DocumentRules.layout(tree.paths))
    }

    @Test func `has a row for each script of the founding documents`() {
        expectNone(DocumentRules.commands(tree.text("docs/commands.md")))
    }

    @Test func `has snapshots for each operation`() {
        expectNone(DocumentRules.snapshots(tree.paths))
    }

    @Test(.covers("C63"))
    func `has documents whose links and names exist`() {
        expectNone(tree.pages.flatMap { DocumentRules.brokenLinks($0, in: tree) })
        let readme = tree.files.filter { $0.path == "README.md" }
        expectNone(readme.flatMap { DocumentRules.staleNames($0, in: tree) })
    }

    @Test func `names no folder of the machine it was written on`() {
        expectNone(tree.files.flatMap(DocumentRules.machinePaths))
    }

    private func expectNone(
        _ findings: [Finding],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let text = findings.map(\.description).joined(separator: "\n")
        #expect(findings.isEmpty, "\n\(text)", sourceLocation: sourceLocation)
    }

    /// Compares a generated page with the one on disk; `UPDATE_SNAPSHOTS=1` writes it instead.
    private func expectPage(
        _ path: String,
        _ expected: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1" {
            try Data(expected.utf8).write(to: URL(fileURLWithPath: Repository.file(path)))
            return
        }
        let isSame = tree.text(path) == expected
        #expect(
            isSame,
            "\(path) is out of date; UPDATE_SNAPSHOTS=1 make test-tidy rewrites it",
            sourceLocation: sourceLocation
        )
    }
}
