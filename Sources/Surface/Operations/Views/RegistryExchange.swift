import Canon
import Host
import Integrity
import Registry

/// Registries as tables that leave a root and come back.
struct RegistryExchange {
    private static let names: [(name: String, path: String)] = [
        ("frameworks", RootLayout.frameworksRegistry), ("specs", RootLayout.specsRegistry),
        ("packages", RootLayout.packagesRegistry), ("gates", RootLayout.gatesRegistry),
        ("policies", RootLayout.policyRegistry), ("ownership", RootLayout.ownershipRegistry),
        ("control_plane", RootLayout.controlPlaneRegistry),
    ]

    private let root: GovernedRoot
    private let surroundings: Surroundings

    init(_ root: GovernedRoot, _ surroundings: Surroundings) {
        self.root = root
        self.surroundings = surroundings
    }

    func export(_ name: String) throws(OperationFault) -> Answer {
        guard let path = RegistryExchange.names.first(where: { $0.name == name })?.path else {
            throw .registry(.noSuchRegistry(name))
        }
        let bytes: [UInt8]
        do {
            bytes = try root.directory.readWhole(path, limit: CSVTable.bytesMax)
        } catch {
            throw .host(error)
        }
        let table = try parsed(bytes, path)
        var rows: [JSONValue] = []
        for row in 0..<table.rowCount {
            var object = JSONObject()
            for (column, key) in table.header.enumerated() {
                object[key] = .string((try? table.text(row: row, column: column)) ?? "")
            }
            rows.append(.object(object))
        }
        return Answer(
            json: ["registry": .string(name), "rows": .array(rows)],
            lines: [],
            raw: bytes
        )
    }

    /// Gives every file the owner that the table names; the digests come from the files themselves.
    func importOwnership(_ file: String) throws(OperationFault) -> Answer {
        let bytes = try surroundings.bytes(of: file, limit: CSVTable.bytesMax)
        let table = try parsed(bytes, file)
        do throws(CSVFault) {
            try table.requireHeader(RootLayout.columns[RootLayout.ownershipRegistry] ?? [])
        } catch {
            throw .registry(.table(path: file, cause: error))
        }
        var violations: [Violation] = []
        let imported = OwnershipTable(parsing: bytes, violations: &violations)
        guard violations.isEmpty else {
            return Report.refusal(violations, "not imported: the table is not usable.")
        }
        do throws(IntegrityFault) {
            let authoring = RootAuthoring(root, clock: surroundings.clock)
            switch try authoring.adopt(imported) {
            case .denied(let denial): return Report.denial(denial)
            case .done(let result):
                guard result.violations.isEmpty else {
                    return Report.refusal(result.violations, "not imported: nothing was changed.")
                }
                return RegistryExchange.imported(result.changed)
            }
        } catch {
            throw .integrity(error)
        }
    }

    private static func imported(_ changed: [String]) -> Answer {
        let count = Report.count(changed.count, "local registry", "local registries")
        let last =
            changed.isEmpty
            ? "imported: nothing differs"
            : "imported: \(count); run 'charter registry compile' next"
        return Answer(
            json: [
                "verdict": "imported", "changed": .array(changed.map { JSONValue.string($0) }),
            ],
            lines: changed.map { "written   \($0)" } + [last]
        )
    }

    private func parsed(_ bytes: [UInt8], _ path: String) throws(OperationFault) -> CSVTable {
        do {
            return try CSVTable(parsing: bytes)
        } catch {
            throw .registry(.table(path: path, cause: error))
        }
    }
}
