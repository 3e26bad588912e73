import Canon
import Law
import Registry

/// Stage 4: each package is valid by its schema, and is what its manifest says.
struct PackagePass {
    private static let manifestSchema = "urn:charter:schema:package_manifest:1"

    private let book: LawBook
    private let ownership: OwnershipTable
    private let schemas: Schemas

    init(_ book: LawBook, ownership: OwnershipTable, schemas: Schemas) {
        self.book = book
        self.ownership = ownership
        self.schemas = schemas
    }

    func judge(isSealed: Bool) -> [Violation] {
        var violations = PackageRules(book: book, ownership: ownership)
            .judge(isSealed: isSealed)
        do {
            guard let schema = try schemas.schema(PackagePass.manifestSchema) else {
                violations.append(
                    Violation(
                        .packages,
                        .gateUnusable,
                        path: RootLayout.schemas,
                        reason: "The root has no schema \(PackagePass.manifestSchema), so no "
                            + "package can be shown to be valid."
                    )
                )
                return violations.sorted()
            }
            for item in book.packages.values {
                for finding in schema.validate(item.document) {
                    violations.append(
                        Violation(
                            .packages,
                            .invalidPackage,
                            path: item.path,
                            rule: finding.rule,
                            reason: "\(item.id) at \(finding.path): \(finding.reason)"
                        )
                    )
                }
            }
        } catch {
            violations.append(
                Violation(
                    .packages,
                    .gateUnusable,
                    path: RootLayout.schemas,
                    reason: error.description
                )
            )
        }
        return violations.sorted()
    }
}
