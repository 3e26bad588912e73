import Canon
import Host
import Wire

/// One plane as its supervisor sees it.
struct PlaneKeeper {
    enum State: String {
        case up = "UP"
        case down = "DOWN"
        case starting = "STARTING"
        case draining = "DRAINING"
        case halted = "HALTED"
    }

    let party: Party
    var manifest: TierManifest?
    var state = State.down
    var process: ChildProcess?
    var watch: EventLoop.Watch?
    var control: Link?
    var halt: Refusal?
    var haltedAt: Timestamp?
    var startedAt: Timestamp?
    var round = 0
    /// When it was started lately, to tell a plane that cannot live.
    var starts: [UInt64] = []
    /// What it said of its walls when it was asked last.
    var lastStatus: JSONValue = .null
    /// Why it ended, where it said so.
    var lastWords: Refusal?
    /// Orders that wait for a reply.
    var orders: [UInt64: (JSONValue) -> Void] = [:]
    var nextOrder: UInt64 = 1
    /// Orders that came while it was being started again.
    var held: [(order: JSONValue, reply: (JSONValue) -> Void)] = []
    /// The law that its process was told.
    var lawDigest: Digest?
    /// Whether it has answered since it was told to halt.
    var hasAnsweredHalt = false
    /// The planes that it has a connection to.
    var linked: Set<Party> = []

    init(_ party: Party) { self.party = party }

    var isServing: Bool { state == .up || (state == .halted && process != nil) }

    /// How long to wait before the next start: longer each time, and not for ever.
    func backOffNanoseconds(at now: UInt64) -> UInt64 {
        let recent = starts.count { now - $0 < 10_000_000_000 }
        return recent < 2 ? 0 : min(5_000_000_000, 25_000_000 << UInt64(min(recent - 2, 8)))
    }

    /// So many orders wait for a plane at the most.
    static let heldMax = 64

    /// So many starts in a minute are no life.
    static let startsMax = 20
}
