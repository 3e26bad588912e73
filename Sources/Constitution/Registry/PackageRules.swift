import Canon

/// Stage 4: each package is what its manifest says, and owns what it claims.
package struct PackageRules: Sendable {
    private let book: LawBook
    private let ownership: OwnershipTable
    private var violations: [Violation] = []
    /// The paths of each owner.
    private var owned: [String: [RelativePath]] = [:]

    /// `ownership` says what each package really owns.
    package init(book: LawBook, ownership: OwnershipTable) {
        self.book = book
        self.ownership = ownership
    }

    /// Every package that does not hold, in order.
    ///
    /// A sealed root has no files outside packages.
    package func judge(isSealed: Bool) -> [Violation] {
        var rules = self
        var paths: [String: [RelativePath]] = [:]
        for row in ownership.rows {
            paths[row.owner, default: []].append(row.path)
            if isSealed && row.registry == .spec {
                rules.refuse(
                    .unpackaged,
                    row.path.text,
                    "\(Printable(row.path.text)) belongs to the spec \(Printable(row.owner)) "
                        + "and to no package; a sealed root has only packaged files."
                )
            }
        }
        rules.owned = paths
        for item in book.packages.values { rules.judge(item, owned: paths[item.id.text] ?? []) }
        return rules.violations.sorted()
    }

    private mutating func refuse(
        _ code: ViolationCode,
        _ path: String,
        rule: String = "",
        _ reason: String
    ) {
        violations.append(
            Violation(
                .packages,
                code,
                path: Printable(path).description,
                rule: rule,
                reason: reason
            )
        )
    }

    private mutating func judge(_ package: PackageManifest, owned: [RelativePath]) {
        if owned.isEmpty {
            refuse(
                .invalidPackage,
                package.path,
                rule: package.id.text,
                "\(package.id) owns no file; a package delivers something."
            )
        }
        if !["BUILDER", "BUILT"].contains(package.classification) {
            refuse(
                .invalidPackage,
                package.path,
                rule: package.id.text,
                "\(package.id) is of the class \(Printable(package.classification)); "
                    + "there are BUILDER and BUILT."
            )
        }
        var claimed: Set<RelativePath> = []
        // Most manifests ask for exactly what they own; then there is nothing to compare.
        var claimsItself = false
        for (index, element) in package.files.enumerated() {
            if element["from_registry"]?["where"] == ["owner_id": .string(package.id.text)] {
                claimsItself = true
                continue
            }
            guard let files = resolve(element) else {
                refuse(
                    .invalidPackage,
                    package.path,
                    rule: package.id.text,
                    "Element \(index) of the files of \(package.id) is neither a path "
                        + "nor a query that this program knows."
                )
                continue
            }
            claimed.formUnion(files)
        }
        if claimsItself && claimed.isEmpty {
            judgeTier(package)
            return
        }
        let owned = Set(owned)
        if claimsItself { claimed.formUnion(owned) }
        for path in claimed.subtracting(owned).sorted() {
            refuse(
                .foreignFile,
                path.text,
                rule: package.id.text,
                "\(package.id) claims \(Printable(path.text)), which belongs to "
                    + (ownership.row(of: path)?.owner ?? "nobody") + "."
            )
        }
        for path in owned.subtracting(claimed).sorted().prefix(20) {
            refuse(
                .invalidPackage,
                path.text,
                rule: package.id.text,
                "\(package.id) owns \(Printable(path.text)), which its manifest does not list."
            )
        }
        judgeTier(package)
    }

    /// A manifest lists paths, or asks the registry for those of one owner or framework (C56).
    private func resolve(_ element: JSONValue) -> Set<RelativePath>? {
        if let text = element.string { return (try? RelativePath(text)).map { [$0] } }
        guard let condition = element["from_registry"]?["where"]?.object, condition.count == 1
        else { return nil }
        if let owner = condition["owner_id"]?.string {
            return Set(owned[owner] ?? [])
        }
        if let framework = condition["governed_by"]?.string {
            let owners = book.packages.values.filter { $0.frameworkID.text == framework }
            return Set(owners.flatMap { owned[$0.id.text] ?? [] })
        }
        return nil
    }

    /// The tiers of components, lowest first; a package may depend on its own tier or a lower one.
    private static let tiers = ["G0", "T0", "T1"]

    private mutating func judgeTier(_ package: PackageManifest) {
        guard let own = tier(of: package) else { return }
        for dependency in package.dependencies {
            guard let other = book.packages[dependency.id], let tier = tier(of: other), tier > own
            else { continue }
            refuse(
                .tierDependency,
                package.path,
                rule: "FMWK-PKG-001 §12.1",
                "\(package.id) is of tier \(PackageRules.tiers[own]) and depends on \(other.id) "
                    + "of the higher tier \(PackageRules.tiers[tier])."
            )
        }
    }

    private func tier(of package: PackageManifest) -> Int? {
        (book.specs[package.specID.text]?.metadata["tier"]?.string)
            .flatMap(PackageRules.tiers.firstIndex(of:))
    }
}
