import Packages

/// `charter package install FILE`.
enum PackageInstallVerb {
    static let operation = Operation(
        words: ["package", "install"],
        summary: "install a package from its archive, or upgrade to it",
        details: """
            FILE is an archive that 'charter package pack' made; its attestations lie beside it, as
            FILE.intoto.jsonl. The archive is copied first, and what is judged is the copy: who signed it
            and whether the law lets them, every file against the manifest, the law that it was packed
            under against the law here, who owns the places where its files go, and then the whole root
            as it would be. What stands against it is shown, all of it, and nothing has changed.

            Files, registries, documents and seal change as one: a crash leaves the root as it was or as
            it shall be. A version of the package that is there already is replaced by a newer one.
            --dry-run shows what would change, and --plan writes it down for
            'charter package apply', which does it as planned or not at all.
            Example: charter package install dist/canary-1.0.0.tar.zst
            """,
        power: .author,
        operands: [.init(name: "FILE", summary: "an archive, with its attestations beside it")],
        options: [
            .init(
                name: "plan",
                value: "FILE",
                summary: "as --dry-run, and write it down as a plan"
            ),
            .init(name: "dry-run", value: nil, summary: "judge it and show what would change"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let (directory, name) = try RootPackages.place(request.operands[0], surroundings)
        let isDryRun = request.has("dry-run") || request.option("plan") != nil
        let outcome: PackageInstaller.Outcome
        do throws(PackageFault) {
            outcome = try packages.installer.install(name, in: directory, isDryRun: isDryRun)
        } catch {
            throw .package(error)
        }
        try packages.keepPlan(of: outcome, at: request.option("plan"))
        return RootPackages.answer(outcome, isDryRun: isDryRun)
    }
}
