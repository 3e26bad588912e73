package import Canon
package import Ledger
package import Wire

/// What one plane is and may do: its `tier.json`, read once when it starts.
///
/// That the document is as its schema has it, and that its bytes are the accepted ones, the integrity
/// check has shown; what is refused here is one that lies in the place of another plane.
package struct TierManifest: Sendable {
    /// The loop of a plane that has one.
    package struct Cadence: Sendable, Equatable {
        package let loop: String
        package let subject: String
        package let periodMilliseconds: Int
        package let workPerTickMax: Int
    }

    package let party: Party
    package let plane: LogPlane
    package let name: String
    package let purpose: String
    package let version: String
    package let root: String
    /// `nil` for First Order, for which there is no loop to speak of.
    package let cadence: Cadence?
    package let activeMax: Int
    package let memoryFor: String
    package let attention: (policy: String, tokens: Int, items: Int)
    package let verbs: [String]
    package let writes: [String]
    package let reads: [String]
    package let sendsTo: [Party]
    package let receivesFrom: [Party]
    package let profile: String
    package let mayExecute: Bool
    package let landlockMin: Int
    package let memoryBytesMax: Int
    package let openFilesMax: Int
    package let processesMax: Int
    package let document: JSONValue

    /// Where the manifest of a plane lies.
    package static func path(of party: Party) -> String { "planes/\(party.rawValue)/tier.json" }

    /// Reads the manifest that lies in the place of a plane.
    package init(_ document: JSONValue, of expected: Party) throws(PlanesFault) {
        let path = TierManifest.path(of: expected)
        func missing(_ what: String) -> PlanesFault {
            .manifest(path: path, reason: "its \(what) is missing or of another kind")
        }
        func parties(_ value: JSONValue?) -> [Party]? {
            value?.array?.compactMap { $0.string.flatMap(Party.init(rawValue:)) }
        }
        func strings(_ value: JSONValue?) -> [String]? { value?.array?.compactMap(\.string) }
        guard document["type"]?.string == "tier", let tier = document["tier"]?.string else {
            throw missing("tier")
        }
        guard tier == expected.rawValue, document["id"]?.string == tier,
            document["root"]?.string == "planes/\(tier)"
        else {
            throw .manifest(path: path, reason: "it is the manifest of the plane \(tier)")
        }
        guard let plane = LogPlane(rawValue: tier) else { throw missing("tier") }
        party = expected
        self.plane = plane
        guard let name = document["name"]?.string, let purpose = document["purpose"]?.string,
            let version = document["version"]?.string, let root = document["root"]?.string
        else { throw missing("name") }
        (self.name, self.purpose, self.version, self.root) = (name, purpose, version, root)
        switch document["cadence"] {
        case .null: cadence = nil
        case let value:
            guard let loop = value?["loop"]?.string, let subject = value?["subject"]?.string,
                let period = value?["period_milliseconds"]?.integer, period >= 100,
                let work = value?["work_per_tick_max"]?.integer
            else { throw missing("cadence") }
            cadence = Cadence(
                loop: loop,
                subject: subject,
                periodMilliseconds: period,
                workPerTickMax: work
            )
        }
        let ledgers = document["ledgers"]
        guard let activeMax = ledgers?["max_active_memory_ledgers"]?.integer,
            let memoryFor = ledgers?["memory_ledger_for"]?.string
        else { throw missing("ledgers") }
        (self.activeMax, self.memoryFor) = (activeMax, memoryFor)
        guard let policy = document["attention"]?["policy"]?.string,
            let tokens = document["attention"]?["tokens"]?.integer,
            let items = document["attention"]?["items"]?.integer
        else { throw missing("attention") }
        attention = (policy, tokens, items)
        let capabilities = document["capabilities"]
        guard let verbs = strings(capabilities?["verbs"]),
            let writes = strings(capabilities?["writes"]),
            let reads = strings(capabilities?["reads"])
        else { throw missing("capabilities") }
        (self.verbs, self.writes, self.reads) = (verbs, writes, reads)
        guard let sendsTo = parties(document["boundary"]?["sends_to"]),
            let receivesFrom = parties(document["boundary"]?["receives_from"])
        else { throw missing("boundary") }
        (self.sendsTo, self.receivesFrom) = (sendsTo, receivesFrom)
        let walls = document["confinement"]
        guard let profile = walls?["profile"]?.string, let mayExecute = walls?["exec"]?.bool,
            walls?["network"]?.string == "none", walls?["new_sockets"]?.bool == false,
            let landlockMin = walls?["landlock_abi_min"]?.integer,
            let memoryBytesMax = walls?["memory_bytes_max"]?.integer,
            let openFilesMax = walls?["open_files_max"]?.integer,
            let processesMax = walls?["processes_max"]?.integer
        else { throw missing("confinement") }
        self.profile = profile
        self.mayExecute = mayExecute
        self.landlockMin = landlockMin
        self.memoryBytesMax = memoryBytesMax
        self.openFilesMax = openFilesMax
        self.processesMax = processesMax
        self.document = document
    }
}
