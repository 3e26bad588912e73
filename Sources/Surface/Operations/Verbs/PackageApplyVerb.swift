import Canon
import Packages

/// `charter package apply PLAN [FILE]`.
enum PackageApplyVerb {
    static let operation = Operation(
        words: ["package", "apply"],
        summary: "do what a plan says, as it says it, or nothing",
        details: """
            PLAN is what 'package install --plan' or 'package uninstall --plan' wrote, and what somebody has
            looked at since. It names the root hash before and afterwards and every file that changes; where
            the root, the archive or the law has changed meanwhile it does not fit and is refused. A plan
            that installs needs the archive again.
            Example: charter package apply canary.plan dist/canary-1.0.0.tar.zst
            """,
        power: .author,
        operands: [
            .init(name: "PLAN", summary: "a plan, unchanged"),
            .init(name: "FILE", summary: "the archive that it installs", isRequired: false),
        ]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let path = request.operands[0]
        let bytes = try surroundings.bytes(of: path, limit: planBytesMax)
        guard let plan = try? JSONValue(parsing: bytes, limits: JSONLimits(bytesMax: planBytesMax)),
            plan["type"]?.string == "package_plan", let operation = plan["operation"]?.string,
            let id = plan["package"]?.string
        else {
            throw .usage("\(Printable(path)) is no plan; 'package install --plan FILE' writes one.")
        }
        let archive = request.operands.dropFirst().first
        let place = try archive.map { (file) throws(OperationFault) in
            try RootPackages.place(file, surroundings)
        }
        do throws(PackageFault) {
            switch (operation, place) {
            case ("uninstall", nil):
                return RootPackages.answer(
                    try packages.installer.uninstall(id, as: bytes),
                    isDryRun: false
                )
            case ("install", let place?), ("upgrade", let place?):
                return RootPackages.answer(
                    try packages.installer.install(place.name, in: place.directory, as: bytes),
                    isDryRun: false
                )
            default: break
            }
        } catch {
            throw .package(error)
        }
        throw .usage(
            place == nil
                ? "The plan installs \(Printable(id)); name its archive behind the plan."
                : "The plan removes \(Printable(id)); it takes no archive."
        )
    }

    private static let planBytesMax = 64 << 20
}
