import Canon
import Host
import Wire

/// The users that planes run as, where the supervisor may change users: one each, and nobody else's.
///
/// The numbers are kept in the root's state, so that a ledger has one owner for good.
enum PlaneUsers {
    /// What distributions leave to services that come and go (systemd's dynamic users).
    private static let numbers = 61_184...65_519
    private static let name = "users.json"

    /// The user of each plane; made up at first use.
    static func users(
        in state: Directory,
        randomness: Randomness
    ) throws(PlanesFault) -> [Party: UserIdentity] {
        do throws(HostFault) {
            if try state.facts(of: name) != nil,
                let value = try? JSONValue(parsing: try state.readWhole(name, limit: 4096))
            {
                var users: [Party: UserIdentity] = [:]
                for party in Party.planes {
                    guard let number = value[party.rawValue]?.integer,
                        numbers.contains(number)
                    else { continue }
                    users[party] = UserIdentity(user: UInt32(number), group: UInt32(number))
                }
                if users.count == Party.planes.count { return users }
            }
            let taken = try takenNumbers()
            let count = Party.planes.count
            for _ in 0..<1000 {
                let first =
                    numbers.lowerBound
                    + Int(randomness.number() % UInt64(numbers.count - count))
                let all = Array(first..<(first + count))
                guard taken.isDisjoint(with: all) else { continue }
                let pairs = zip(Party.planes, all)
                let document = JSONValue.object(
                    JSONObject(pairs.map { ($0.rawValue, .integer($1)) })
                )
                try DurableFile.replace(name, with: document.pretty, in: state, mode: 0o600)
                return Dictionary(
                    uniqueKeysWithValues: pairs.map {
                        ($0, UserIdentity(user: UInt32($1), group: UInt32($1)))
                    }
                )
            }
        } catch {
            throw .host(error)
        }
        throw .startFailed(
            plane: "A plane with a user of its own",
            reason:
                "no three numbers in a row from \(numbers.lowerBound) on are free; free some, or "
                + "say --users shared"
        )
    }

    /// The users and groups that this machine names.
    private static func takenNumbers() throws(HostFault) -> Set<Int> {
        let etc = try Directory.open("/etc")
        var taken: Set<Int> = []
        for file in ["passwd", "group"] where try etc.facts(of: file) != nil {
            let bytes = try etc.readWhole(file, limit: 64 << 20)
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                let fields = line.split(
                    separator: UInt8(ascii: ":"),
                    omittingEmptySubsequences: false
                )
                if fields.count > 2, let number = Int(String(decoding: fields[2], as: UTF8.self)) {
                    taken.insert(number)
                }
            }
        }
        return taken
    }
}
