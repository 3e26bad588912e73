import Canon
package import Host
package import Integrity
import Wire

/// What a plane could reach if it tried: a process behind the very walls of a plane, which tries.
///
/// `charter doctor` prints it, so that what an operator reads is what the kernel does.
package struct PlaneTrial: Sendable {
    /// One thing that was tried.
    package struct Deed: Sendable {
        package let plane: String
        package let name: String
        /// Whether the law grants it.
        package let isGranted: Bool
        /// What came of it: `allowed`, `denied`, or why it says nothing.
        package let found: String

        /// Whether the kernel holds what the law says.
        package var isGood: Bool { found == (isGranted ? "allowed" : "denied") }
    }

    private let root: GovernedRoot
    private let randomness: Randomness

    /// A trial in a root whose planes were up before.
    package init(_ root: GovernedRoot, randomness: Randomness) {
        self.root = root
        self.randomness = randomness
    }

    /// Tries as each plane whose ledger was begun; blocks.
    package func deeds() throws(PlanesFault) -> [Deed] {
        var deeds: [Deed] = []
        for party in Party.planes {
            let manifest: TierManifest
            do {
                guard try root.directory.facts(of: "ledger/\(party.rawValue)") != nil,
                    try root.directory.facts(of: PlaneWalls.run(of: party)) != nil
                else { continue }
                let bytes = try root.directory.readWhole(
                    TierManifest.path(of: party),
                    limit: 1 << 20
                )
                manifest = try TierManifest(try JSONValue(parsing: bytes), of: party)
            } catch let fault as PlanesFault {
                throw fault
            } catch let fault as HostFault {
                throw .host(fault)
            } catch {
                throw .manifest(path: TierManifest.path(of: party), reason: "\(error)")
            }
            deeds += try tried(manifest)
        }
        return deeds
    }

    private func tried(_ manifest: TierManifest) throws(PlanesFault) -> [Deed] {
        do {
            let isSuperuser = HostFacts.probe().effectiveUser == 0
            let user =
                isSuperuser
                ? try PlaneUsers.users(in: root.openState(), randomness: randomness)[manifest.party]
                : nil
            var start = ChildProcess.Start(
                try .ownImage(),
                arguments: [
                    "charter", "role", "plane-trial", manifest.party.rawValue, root.directory.path,
                    root.statePath,
                ]
            )
            start.environment = ["SWIFT_BACKTRACE": "enable=no"]
            start.confinement = try PlaneWalls(root: root.directory.path, isReduced: false)
                .walls(of: manifest, hasOwnUser: user != nil)
            start.user = user
            start.dropsCapabilities = true
            let run = try CapturedProcess.run(start, bytesMax: 1 << 20, milliseconds: 20_000)
            guard let rows = (try? JSONValue(parsing: run.output))?.array else {
                throw PlanesFault.startFailed(
                    plane: manifest.name,
                    reason: "a process behind its walls ended without a word"
                )
            }
            return rows.map {
                Deed(
                    plane: manifest.party.rawValue,
                    name: $0["deed"]?.string ?? "",
                    isGranted: $0["granted"]?.bool ?? false,
                    found: $0["found"]?.string ?? ""
                )
            }
        } catch let fault as PlanesFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch let fault as IntegrityFault {
            throw .integrity(fault)
        } catch {
            preconditionFailure("Every error of these modules has a type: \(error)")
        }
    }

    // MARK: - Inside

    /// The role that tries: its words are the plane, the root, and the place of the root's state.
    static func runInside(_ words: [String]) -> Int32 {
        guard words.count == 3, let party = Party(rawValue: words[0]),
            (try? ConfinedImage.seal(allowsExecution: false)) != nil
        else { return 64 }
        let (root, state) = (words[1], words[2])
        var rows: [JSONValue] = []
        func add(_ deed: String, _ granted: Bool, _ outcome: ConfinementReport.Outcome) {
            let found =
                switch outcome {
                case .allowed: "allowed"
                case .denied: "denied"
                case .failed(let error): HostFault.words(of: error)
                }
            rows.append([
                "deed": .string(deed), "granted": .bool(granted), "found": .string(found),
            ])
        }
        func reach(_ deed: String, _ granted: Bool, _ reach: ConfinementReport.Reach) {
            add(deed, granted, ConfinementReport.attempt(reach))
        }
        reach("read the law", true, .read(root + "/registries/root.json"))
        reach("write the law", false, .write(root + "/registries/root.json"))
        reach("make a file beside the law", false, .create(root + "/registries/trial.json"))
        reach("write its manifest", false, .write(root + "/planes/\(party.rawValue)/tier.json"))
        reach("write its own ledger", true, .create(root + "/ledger/\(party.rawValue)/trial"))
        reach("write its own state", true, .create(root + "/planes/\(party.rawValue)/run/trial"))
        for other in Party.planes where other != party {
            let log = root + "/ledger/\(other.rawValue)/log.sqlite3"
            reach("read the ledger of \(other.rawValue)", false, .read(log))
            reach("write the ledger of \(other.rawValue)", false, .write(log))
        }
        reach("write the root's ledger", false, .write(root + "/ledger/root/log.sqlite3"))
        reach("list the keys of this machine", false, .list(state))
        reach("list the root directory", false, .list("/"))
        reach("read the users of this machine", false, .read("/etc/passwd"))
        reach("signal its supervisor", false, .signal(HostFacts.parentNumber))
        let report = ConfinementReport.probe()
        for (name, probe) in [
            ("open a network socket", ConfinementReport.Probe.network),
            ("run a program", .execution), ("look into another process", .otherMemory),
            ("change modes of files", .modes), ("make namespaces", .namespaces),
            ("use io_uring", .ioUring), ("leave its session", .sessions),
        ] {
            add(name, false, report.denied.contains(probe) ? .denied : .allowed)
        }
        do {
            try StandardStream.output.write(JSONValue.array(rows).line + [0x0A])
            return 0
        } catch {
            return 2
        }
    }
}
