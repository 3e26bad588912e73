import Canon
import Host
import Integrity
import Planes
import Registry

/// `charter doctor`.
struct DoctorVerb {
    static let operation = Operation(
        words: ["doctor"],
        summary: "compare what should be in force on this machine with what is",
        details: """
            Kernel, confinement, file system, permissions of the state directory and its keys, an
            operation that a crash cut short, and whether the registries are up to date. Each line has
            what is wanted and what is there. Exit status 1 when something is wanting.

            Confinement is not read from settings: a child confines itself as a role would be, tries
            to get out, and reports; each line has what was configured beside what took effect.
            """,
        options: [
            .init(
                name: "confinement",
                value: "MODE",
                summary: "what to ask of the kernel: full (the default), or reduced to what it has"
            )
        ]
    ) { request, surroundings throws(OperationFault) in
        let mode = request.option("confinement") ?? "full"
        guard let demand = ConfinementProbe.Demand(rawValue: mode), demand != .none else {
            throw .usage("--confinement is full or reduced; \"\(Printable(mode))\" is neither.")
        }
        return try DoctorVerb(surroundings, demand).answer()
    }

    /// One thing that was looked at.
    struct Line {
        var name: String
        var wanted: String
        var found: String
        var isGood: Bool
        var next = ""
    }

    private let surroundings: Surroundings
    private let demand: ConfinementProbe.Demand

    private init(_ surroundings: Surroundings, _ demand: ConfinementProbe.Demand) {
        self.surroundings = surroundings
        self.demand = demand
    }

    private func answer() throws(OperationFault) -> Answer {
        var lines = machine() + ConfinementTrial(surroundings, demand).lines()
        do throws(OperationFault) {
            lines += try rooted(surroundings.root())
        } catch {
            // Asked outside any root, doctor speaks of the machine alone.
            let isOutside = surroundings.namedRoot == nil && error.code == "operations.no-root"
            lines.append(
                Line(
                    name: "root",
                    wanted: "a governed root",
                    found: error.description,
                    isGood: isOutside
                )
            )
        }
        let isGood = lines.allSatisfy(\.isGood)
        let width = (lines.map(\.name.count).max() ?? 0) + 2
        return Answer(
            isGood ? .done : .refused,
            json: [
                "verdict": isGood ? "well" : "wanting",
                "checks": .array(
                    lines.map { line in
                        [
                            "name": .string(line.name), "wanted": .string(line.wanted),
                            "found": .string(line.found), "good": .bool(line.isGood),
                            "next": .string(line.next),
                        ]
                    }
                ),
            ],
            lines: lines.flatMap { DoctorVerb.shown($0, width) }
                + [isGood ? "all is well" : "something is wanting"]
        )
    }

    private static func shown(_ line: Line, _ width: Int) -> [String] {
        let name = HelpText.padded(line.name, width)
        if line.isGood { return ["ok    \(name)\(line.found)"] }
        let first = "BAD   \(name)\(line.found) (wanted: \(line.wanted))"
        return line.next.isEmpty ? [first] : [first, "      next: \(line.next)"]
    }

    private func machine() -> [Line] {
        let facts = HostFacts.probe()
        let confinement = facts.confinement
        return [
            Line(
                name: "kernel",
                wanted: "5.6 or later (openat2)",
                found: facts.kernelRelease,
                isGood: facts.hasOpenat2,
                next: "Without openat2 paths are resolved step by step: slower, still safe."
            ),
            Line(
                name: "processors",
                wanted: "1 or more",
                found: String(facts.processors),
                isGood: facts.processors > 0
            ),
            Line(
                name: "landlock",
                wanted: "version 3 or later",
                found: confinement.landlockVersion > 0
                    ? "version \(confinement.landlockVersion)" : "not in this kernel",
                isGood: confinement.landlockVersion >= 3,
                next: "Enable Landlock (lsm=landlock,…), or start planes with reduced confinement."
            ),
            Line(
                name: "seccomp",
                wanted: "filters",
                found: confinement.hasSeccomp ? "filters" : "none",
                isGood: confinement.hasSeccomp,
                next: "Enable CONFIG_SECCOMP_FILTER."
            ),
            Line(
                name: "user",
                wanted: "any",
                found: facts.effectiveUser == 0 ? "root" : "uid \(facts.effectiveUser)",
                isGood: true
            ),
        ]
    }

    private func rooted(_ root: GovernedRoot) throws(OperationFault) -> [Line] {
        var lines: [Line] = []
        let fileSystem = (try? HostFacts.fileSystem(of: root.directory)) ?? "unknown"
        lines.append(
            Line(
                name: "root",
                wanted: "a governed root",
                found: "\(root.id) at \(root.directory.path)",
                isGood: true
            )
        )
        lines.append(
            Line(
                name: "file system",
                wanted: "a local one",
                found: fileSystem,
                isGood: !["nfs", "cifs", "fuse"].contains(fileSystem),
                next: "Put the root on a local disk; durability on this one is not known."
            )
        )
        lines += state(root)
        lines += try planes(root)
        do throws(IntegrityFault) {
            let report = try IntegrityCheck(root).run(through: .links)
            let isSealGone = report.violations.contains { $0.code == .sealRemoved }
            lines.append(
                Line(
                    name: "registries",
                    wanted: "as compiled, and linked",
                    found: report.isWhole
                        ? "as compiled, and linked; \(report.fileCount) files"
                        : "\(report.violations.count) findings, first: "
                            + (report.violations.first?.code.rawValue ?? ""),
                    isGood: report.isWhole,
                    next: "Run 'charter integrity check'."
                )
            )
            lines.append(
                Line(
                    name: "seal",
                    wanted: "none where none was made, or one that verifies",
                    found: isSealGone ? "removed without being opened" : report.seal.rawValue,
                    isGood: report.seal == .none || report.seal == .verified,
                    next: isSealGone
                        ? ViolationCode.sealRemoved.next : "Run 'charter seal verify'."
                )
            )
        } catch {
            throw .integrity(error)
        }
        return lines
    }

    /// What each plane could reach if it tried; nothing before they were up for the first time.
    private func planes(_ root: GovernedRoot) throws(OperationFault) -> [Line] {
        // Only the program itself can be started as a role.
        guard surroundings.supervise != nil else { return [] }
        do throws(PlanesFault) {
            return try PlaneTrial(root, randomness: surroundings.randomness).deeds().map { deed in
                let wanted = deed.isGranted ? "allowed" : "denied"
                return Line(
                    name: "\(deed.plane): \(deed.name)",
                    wanted: wanted,
                    found: "\(deed.found) (configured: \(wanted))",
                    isGood: deed.isGood || demand == .reduced,
                    next: "Use a kernel that holds it, or accept less with --confinement reduced."
                )
            }
        } catch {
            throw .planes(error)
        }
    }

    private func state(_ root: GovernedRoot) -> [Line] {
        guard let directory = try? Directory.open(root.statePath),
            let facts = try? directory.facts()
        else {
            return [
                Line(
                    name: "state",
                    wanted: root.statePath,
                    found: "not made yet (it is at first use)",
                    isGood: true
                )
            ]
        }
        let open = facts.permissions & 0o077 != 0
        let own = try? root.directory.facts()
        let stage = own.map { "install-\($0.device)-\($0.inode)/commit.json" } ?? ""
        let isCut = (try? directory.facts(of: stage)) ?? nil
        return [
            Line(
                name: "state",
                wanted: "for its owner only",
                found: "\(root.statePath), mode \(String(facts.permissions, radix: 8))",
                isGood: !open,
                next: "chmod 700 \(root.statePath)"
            ),
            Line(
                name: "operations",
                wanted: "none cut short",
                found: isCut == nil ? "none cut short" : "one was cut short by a crash",
                isGood: isCut == nil,
                next: "Run 'charter registry compile': it completes the operation first."
            ),
        ]
    }
}
