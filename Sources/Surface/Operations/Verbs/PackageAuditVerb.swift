import Canon
import Packages

/// `charter package audit [ID…]`.
enum PackageAuditVerb {
    static let operation = Operation(
        words: ["package", "audit"],
        summary: "hold what is installed against the archives and signatures it came from",
        details: """
            For every package that was installed from an archive: whether the archive is still here with
            its bytes, whether who signed it may still sign it today, and whether manifest, files, modes
            and owners are those of the archive. A package that was authored here came from no archive;
            'charter integrity check' answers for it. Exit status 1 when something differs.
            Example: charter package audit PKG-CANARY
            """,
        operands: [
            .init(
                name: "ID",
                summary: "packages; all of the root",
                isRequired: false,
                repeats: true
            )
        ]
    ) { request, surroundings throws(OperationFault) in
        let audit = try RootPackages(surroundings).audit
        do throws(PackageFault) {
            let found = try audit.run(request.operands)
            let refusals = found.flatMap(\.refusals)
            let rows = found.map { item -> JSONValue in
                [
                    "id": .string(item.id), "version": .string(item.version),
                    "archive": item.archive.map { .string($0) } ?? .null,
                    "refusals": .array(item.refusals.map(\.json)),
                ]
            }
            let audited = Report.count(found.count { $0.archive != nil }, "installed package")
            guard refusals.isEmpty else {
                var refused = RootPackages.refused(
                    refusals,
                    "\(audited) audited: \(Report.count(refusals.count, "finding"))."
                )
                refused.json = [
                    "verdict": "differs", "packages": .array(rows),
                    "refusals": .array(refusals.map(\.json)),
                ]
                return refused
            }
            return Answer(
                json: ["verdict": "as_packed", "packages": .array(rows), "refusals": []],
                lines: ["\(audited) audited: as packed, and signed by those who may"]
            )
        } catch {
            throw .package(error)
        }
    }
}
