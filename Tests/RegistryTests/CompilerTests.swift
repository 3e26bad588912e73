import Canon
import Crypto
import Registry
import Support
import Testing

@Suite(.covers("C07", "C11", "C13"))
struct `The compiler of registries` {
    private func law() -> MemoryTree {
        MemoryTree([
            "registries/root.json": #"{"id":"r","name":"R","registry_owner":"PKG-A"}"#,
            "registries/frameworks/FMWK-A.schema.json":
                MemoryTree.framework("FMWK-A", rest: #","aliases":["FMWK-OLD"]"#),
            "registries/specs/SPEC-A.json":
                MemoryTree.spec("SPEC-A", "FMWK-A", rest: #","required_assets":["src/*.txt"]"#),
            "registries/packages/PKG-A.json": MemoryTree.package("PKG-A", "SPEC-A", "FMWK-A"),
            "src/b.txt": "b", "src/a.txt": "a", "src/.file_registry.csv": "",
        ])
    }

    private func compile(
        _ memory: MemoryTree,
        owner: String = "PKG-A"
    ) throws -> RegistryCompiler.Result {
        let tree = try memory.snapshot()
        var rows: [[UInt8]: [LocalRegistry.Row]] = [:]
        for path in tree.paths where !RegistryCompiler.isKeptByCompiler(path) {
            rows[path.parent?.bytes ?? [], default: []].append(
                LocalRegistry.Row(
                    name: Array(path.name.utf8),
                    owner: owner,
                    registry: .package,
                    digest: nil
                )
            )
        }
        let locals = rows.map { LocalRegistry(directory: $0.key, rows: $0.value) }
        return RegistryCompiler(tree: tree, book: LawBook(reading: tree), locals: locals).compile()
    }

    @Test func `makes every registry with its exact header, and the same bytes each time`() throws {
        let first = try compile(law())
        let second = try compile(law())
        #expect(first.violations == [])
        #expect(first.files.map(\.path) == RootLayout.compiled)
        for (file, other) in zip(first.files, second.files) {
            #expect(file.bytes == other.bytes, "\(file.path)")
            let table = try CSVTable(parsing: file.bytes)
            #expect(table.header == RootLayout.columns[file.path])
            #expect(table.lineEnd == .crlf)
        }
    }

    @Test func `writes exact assets and never a pattern`() throws {
        let specs = try #require(
            try compile(law()).files.first { $0.path == RootLayout.specsRegistry }
        )
        let table = try CSVTable(parsing: specs.bytes)
        #expect(try table.text(row: 0, column: 6) == "src/a.txt;src/b.txt")
    }

    @Test func `names an owner and a place that exists in each row of the root registry`() throws {
        let memory = law()
        let compiled = try compile(memory)
        let root = try #require(compiled.files.last)
        #expect(root.path == RootLayout.controlPlaneRegistry)
        let table = try CSVTable(parsing: root.bytes)
        let made = Set(compiled.files.map(\.path))
        for row in 0..<table.rowCount {
            let path = try table.text(row: row, column: 5)
            // The tree of this test has no registries of its own; the compiler was handed them.
            #expect(
                memory.files[path] != nil || made.contains(path)
                    || path.hasSuffix(".file_registry.csv")
            )
            #expect(try table.text(row: row, column: 6) == "PKG-A", "\(path)")
        }
    }

    @Test func `refuses an owner that does not exist and one for registries`() throws {
        #expect(Set(try compile(law(), owner: "PKG-B").violations.map(\.code)) == [.unknownOwner])
        var memory = law()
        memory.files["registries/root.json"] = #"{"id":"r","name":"R","registry_owner":"PKG-B"}"#
        let violations = try compile(memory).violations
        #expect(violations.map(\.code) == [.unknownOwner])
        #expect(violations.map(\.path) == [RootLayout.rootManifest])
    }

    @Test func `keeps its own files and no others`() throws {
        for kept in RootLayout.compiled + [
            RootLayout.seal, ".file_registry.csv", "a/.file_registry.csv",
        ] {
            #expect(RegistryCompiler.isKeptByCompiler(try RelativePath(kept)), "\(kept)")
        }
        for free in [
            "registries/root.json", "x.file_registry.csv", "a/x.file_registry.csv",
            "a/registries/specs_registry.csv", ".file_registry.csv/a", "registries/seal.note/a",
        ] {
            #expect(!RegistryCompiler.isKeptByCompiler(try RelativePath(free)), "\(free)")
        }
    }

    @Test func `reads a framework by its alias, the same in each run`() throws {
        let book = LawBook(reading: try law().snapshot())
        #expect(book.framework("FMWK-OLD")?.id.text == "FMWK-A")
        #expect(book.framework("FMWK-NONE") == nil)
        var twice = law()
        twice.files["registries/frameworks/FMWK-B.schema.json"] =
            MemoryTree.framework("FMWK-B", rest: #","aliases":["FMWK-OLD"]"#)
        let second = LawBook(reading: try twice.snapshot())
        #expect(second.violations.map(\.code) == [.invalidDocument])
        #expect(second.violations.first?.path == "registries/frameworks/FMWK-B.schema.json")
    }
}
