import Canon
import Host
import Integrity
import Packages

/// Packages of the root that a caller means: who asks, and what is said of what came of it.
struct RootPackages {
    let root: GovernedRoot
    let subject: PackageDecision.Subject
    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) throws(OperationFault) {
        self.surroundings = surroundings
        root = try surroundings.root()
        do throws(HostFault) {
            let user = HostFacts.currentUser
            // Whoever owns the root's directory operates it, and so does whoever may do anything here.
            let owner = try root.directory.facts().owner
            let isOperator = user == 0 || owner == user
            subject = PackageDecision.Subject(id: "uid:\(user)", role: isOperator ? "admin" : "")
        } catch {
            throw .host(error)
        }
    }

    var installer: PackageInstaller {
        PackageInstaller(
            root,
            clock: surroundings.clock,
            randomness: surroundings.randomness,
            for: subject
        )
    }

    var sync: PackageSync { PackageSync(root, clock: surroundings.clock, for: subject) }

    var audit: PackageAudit { PackageAudit(root, clock: surroundings.clock) }

    var specs: SpecPacks {
        SpecPacks(root, clock: surroundings.clock, randomness: surroundings.randomness)
    }

    var versions: RootVersions {
        RootVersions(
            root,
            clock: surroundings.clock,
            randomness: surroundings.randomness,
            for: subject
        )
    }

    var signers: SignerList {
        SignerList(
            root,
            clock: surroundings.clock,
            randomness: surroundings.randomness,
            for: subject
        )
    }

    var factory: PackageFactory {
        PackageFactory(
            root,
            clock: surroundings.clock,
            randomness: surroundings.randomness,
            version: CharterVersion.text
        )
    }

    /// A file that the caller named: its directory and its name.
    static func place(
        _ path: String,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> (directory: Directory, name: String) {
        let parts = surroundings.absolute(path).split(separator: "/")
        guard let name = parts.last else { throw .usage("\(Printable(path)) is no file.") }
        do throws(HostFault) {
            let parent = "/" + parts.dropLast().joined(separator: "/")
            return (try Directory.open(parent), String(name))
        } catch {
            throw .host(error)
        }
    }

    /// Everything that stands against what was asked, as violations are shown.
    static func refused(_ refusals: [PackageRefusal], _ summary: String) -> Answer {
        var lines: [String] = []
        for refusal in refusals.prefix(50) {
            lines.append(refusal.shownCode + (refusal.path.isEmpty ? "" : "  \(refusal.path)"))
            lines.append("    \(refusal.reason)")
            lines.append("    rule: \(refusal.rule)")
            lines.append("    next: \(refusal.next)")
        }
        if refusals.count > 50 { lines.append(Report.more(refusals.count - 50)) }
        return Answer(
            .refused,
            json: ["verdict": "refused", "refusals": .array(refusals.map(\.json))],
            lines: lines + ["", summary]
        )
    }

    /// Writes the plan of what would be done where the caller asked for it.
    func keepPlan(
        of outcome: PackageInstaller.Outcome,
        at path: String?
    ) throws(OperationFault) {
        guard let path, case .done(let transition) = outcome else { return }
        let (directory, name) = try RootPackages.place(path, surroundings)
        do throws(HostFault) {
            try DurableFile.replace(name, with: transition.plan(of: root), in: directory)
        } catch {
            throw .host(error)
        }
    }

    /// What an operation did, or would do.
    static func answer(_ outcome: PackageInstaller.Outcome, isDryRun: Bool) -> Answer {
        switch outcome {
        case .refused(let refusals):
            let count = Report.count(refusals.count, "finding")
            return refused(refusals, "refused: \(count); nothing was changed.")
        case .unchanged(let id, let version):
            return Answer(
                json: [
                    "verdict": "unchanged", "package": .string(id),
                    "version": .string(version),
                ],
                lines: ["\(id) \(version) is installed already; nothing was changed"]
            )
        case .done(let transition):
            return done(transition, isDryRun: isDryRun)
        }
    }

    private static func done(_ transition: PackageTransition, isDryRun: Bool) -> Answer {
        var json = transition.json.object ?? JSONObject()
        json["verdict"] = isDryRun ? "planned" : .string(word(transition.operation))
        let versions = [transition.from, transition.to].compactMap(\.self).joined(separator: " → ")
        var lines: [String] = []
        if isDryRun {
            lines = transition.changes.prefix(100).map {
                "\(HelpText.padded($0.kind.rawValue, 7)) \(Printable($0.path.text))"
            }
            if transition.changes.count > 100 {
                lines.append(Report.more(transition.changes.count - 100))
            }
        }
        func count(_ kind: PackageTransition.Change.Kind) -> Int {
            transition.changes.count { $0.kind == kind }
        }
        lines += [
            (isDryRun ? "would be " : "")
                + "\(word(transition.operation)): \(transition.packageID) \(versions)",
            "files     \(count(.add)) added, \(count(.change)) changed, \(count(.remove)) removed",
            "root hash \(transition.after.hex)",
        ]
        return Answer(json: .object(json), lines: lines)
    }

    private static func word(_ operation: PackageDecision.Operation) -> String {
        switch operation {
        case .install: "installed"
        case .upgrade: "upgraded"
        case .uninstall: "uninstalled"
        case .pack: "packed"
        case .sync: "restored"
        case .rollback: "rolled back"
        case .dryRun: "judged"
        }
    }
}
