import Canon

/// Rule: the law that is embedded is the law of this repository, by its registries.
///
/// What a fresh root begins with are the files of the packages in the profile `genesis` of
/// `registries/selections.json`, except three kinds: pages about this program (all of PKG-DOCS),
/// registries that are compiled (`*.csv`), and the specs and manifests of other packages.
enum GenesisList {
    static let path = "Sources/Base/CGenesis/genesis.c"

    struct Row: Equatable {
        let path: String
        let owner: String
    }

    /// The packages of the profile, in the order they stand there.
    static func packages(_ selections: JSONValue) -> [String] {
        let profiles = selections["profiles"]?.array ?? []
        let genesis = profiles.first { $0["id"]?.string == "genesis" }
        return (genesis?["include"]?.array ?? []).flatMap { included in
            (included["ids"]?.array ?? []).compactMap(\.string)
        }
    }

    /// The files of a tree that are embedded, in the order of their bytes.
    static func rows(in tree: RepositoryTree) throws -> [Row] {
        let packages = packages(try JSONValue(parsing: tree.text("registries/selections.json")))
        var ids = Set(packages)
        for package in packages {
            let manifest = tree.text("registries/packages/\(package).json")
            ids.insert(try JSONValue(parsing: manifest)["spec_id"]?.string ?? "")
        }
        let owned = try tree.files.filter { $0.name == ".file_registry.csv" }.flatMap(owned)
        return owned.filter { row in
            guard packages.contains(row.owner), row.owner != "PKG-DOCS" else { return false }
            if row.path.hasSuffix(".csv") { return false }
            let isLaw = ["registries/packages/", "registries/specs/"]
                .contains(where: row.path.hasPrefix)
            return !isLaw || ids.contains(SourceFile(row.path, "").stem)
        }
        .sorted { $0.path.precedesInBytes($1.path) }
    }

    /// The rows of one local registry, with paths from the root.
    private static func owned(_ registry: SourceFile) throws -> [Row] {
        let folder = registry.path.dropLast(registry.name.count)
        let table = try CSVTable(parsing: Array(registry.text.utf8))
        return try (0..<table.rowCount).map { row in
            let file = try table.text(row: row, column: 0)
            return Row(path: folder + file, owner: try table.text(row: row, column: 1))
        }
    }

    /// The C text that embeds them.
    static func text(_ rows: [Row]) -> String {
        var text = """
            // The law that this executable was built with, byte for byte from the files of this repository.
            //
            // Made by a test (UPDATE_SNAPSHOTS=1) from the genesis profile of registries/selections.json; another
            // test compares. #embed is C23 and clang's extension before it.
            #include "CGenesis.h"

            #pragma clang diagnostic ignored "-Wc23-extensions"


            """
        for (index, row) in rows.enumerated() {
            text += "static const unsigned char file_\(index)[] = {\n"
            text += "#embed \"../../../\(row.path)\"\n};\n"
        }
        text += "\nstatic const struct genesis_file files[] = {\n"
        for (index, row) in rows.enumerated() {
            text +=
                "    {\"\(row.path)\", \"\(row.owner)\", file_\(index), sizeof file_\(index)},\n"
        }
        text += """
            };

            size_t genesis_count(void) { return sizeof files / sizeof files[0]; }

            struct genesis_file genesis_file(size_t index) { return files[index]; }

            """
        return text
    }
}
