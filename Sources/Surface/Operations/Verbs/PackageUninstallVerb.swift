import Packages

/// `charter package uninstall ID`.
enum PackageUninstallVerb {
    static let operation = Operation(
        words: ["package", "uninstall"],
        summary: "take a package out of the root, with its files and rows",
        details: """
            Removes every file that the package owns, its document, its spec's where no other package is
            of that spec, and the record of its installation, as one change of files, registries and seal.
            Refused while another package depends on it. --dry-run shows what would go, and --plan writes it
            down for 'charter package apply'.
            Example: charter package uninstall PKG-CANARY
            """,
        power: .author,
        operands: [.init(name: "ID", summary: "the id of a package of this root")],
        options: [
            .init(
                name: "plan",
                value: "FILE",
                summary: "as --dry-run, and write it down as a plan"
            ),
            .init(name: "dry-run", value: nil, summary: "judge it and show what would go"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let isDryRun = request.has("dry-run") || request.option("plan") != nil
        let outcome: PackageInstaller.Outcome
        do throws(PackageFault) {
            outcome = try packages.installer.uninstall(request.operands[0], isDryRun: isDryRun)
        } catch {
            throw .package(error)
        }
        try packages.keepPlan(of: outcome, at: request.option("plan"))
        return RootPackages.answer(outcome, isDryRun: isDryRun)
    }
}
