import Canon
import Crypto
import Ledger
import Wire

/// All that a plane is told when it begins: the first frame on the socket to its supervisor.
///
/// The law in it are the very bytes that the supervisor has checked, so a plane reads no file of the
/// law to begin with, and nobody can swap one between the check and the reading. The keys exist in
/// this frame and in the memory of the plane, which nobody may look into.
struct PlaneBirth: Sendable {
    var rootID: String
    var party: Party
    /// How often this plane was started by this supervisor.
    var round: Int
    var version: String
    var executableDigest: Digest
    var manifests: [JSONValue]
    var chain: [UInt8]
    var events: [UInt8]
    var prompts: [(path: String, bytes: [UInt8])]
    var attention: JSONValue
    var origin: String
    /// The key of its log, as PEM.
    var logKey: [UInt8]
    /// The head of its log that was signed last, which the log must lead to.
    var logHead: (genesis: Digest, size: Int, root: Digest)?
    /// The key that its messages are signed with, as PEM.
    var messageKey: [UInt8]
    var peerKeys: [Party: VerifyingKey]
    var confinement: JSONValue
    /// Whether less confinement than configured is accepted.
    var isReduced: Bool

    /// The frame's payload.
    var json: JSONValue {
        var object = JSONObject()
        object["type"] = "plane_birth"
        object["root_id"] = .string(rootID)
        object["plane"] = .string(party.rawValue)
        object["round"] = .integer(round)
        object["version"] = .string(version)
        object["executable_digest"] = .string(executableDigest.hex)
        object["manifests"] = .array(manifests)
        object["chain"] = .string(String(decoding: chain, as: UTF8.self))
        object["events"] = .string(String(decoding: events, as: UTF8.self))
        object["prompts"] = .array(
            prompts.map {
                [
                    "path": .string($0.path),
                    "text": .string(String(decoding: $0.bytes, as: UTF8.self)),
                ]
            }
        )
        object["attention"] = attention
        object["origin"] = .string(origin)
        object["log_key"] = .string(String(decoding: logKey, as: UTF8.self))
        object["message_key"] = .string(String(decoding: messageKey, as: UTF8.self))
        object["log_head"] = logHead.map {
            [
                "genesis": .string($0.genesis.hex), "size": .integer($0.size),
                "root": .string($0.root.hex),
            ]
        }
        object["peer_keys"] = .object(
            JSONObject(peerKeys.map { ($0.key.rawValue, .string(PlaneBirth.text($0.value.bytes))) })
        )
        object["confinement"] = confinement
        object["reduced"] = .bool(isReduced)
        return .object(object)
    }

    /// Reads a birth.
    init(_ value: JSONValue) throws(PlanesFault) {
        func text(_ key: String) -> [UInt8]? { value[key]?.string.map { Array($0.utf8) } }
        guard value["type"]?.string == "plane_birth", let rootID = value["root_id"]?.string,
            let party = value["plane"]?.string.flatMap(Party.init(rawValue:)),
            let round = value["round"]?.integer, let version = value["version"]?.string,
            let digest = value["executable_digest"]?.string.flatMap({ Digest(hex: $0) }),
            let manifests = value["manifests"]?.array, let chain = text("chain"),
            let events = text("events"), let prompts = value["prompts"]?.array,
            let attention = value["attention"], let origin = value["origin"]?.string,
            let logKey = text("log_key"), let messageKey = text("message_key"),
            let peers = value["peer_keys"]?.object, let confinement = value["confinement"],
            let isReduced = value["reduced"]?.bool
        else { throw .birthMalformed(reason: "a member is missing or of another kind") }
        (self.rootID, self.party, self.round, self.version) = (rootID, party, round, version)
        executableDigest = digest
        self.manifests = manifests
        (self.chain, self.events) = (chain, events)
        self.prompts = prompts.compactMap {
            guard let path = $0["path"]?.string, let text = $0["text"]?.string else { return nil }
            return (path, Array(text.utf8))
        }
        self.attention = attention
        self.origin = origin
        (self.logKey, self.messageKey) = (logKey, messageKey)
        if let head = value["log_head"] {
            guard let genesis = head["genesis"]?.string.flatMap({ Digest(hex: $0) }),
                let size = head["size"]?.integer,
                let root = head["root"]?.string.flatMap({ Digest(hex: $0) })
            else { throw .birthMalformed(reason: "the head of its log is none") }
            logHead = (genesis, size, root)
        }
        var keys: [Party: VerifyingKey] = [:]
        for (name, key) in peers.members {
            guard let party = Party(rawValue: name),
                let bytes = key.string.flatMap({ Base64.decode($0.utf8) }),
                let key = try? VerifyingKey(bytes: bytes)
            else { throw .birthMalformed(reason: "the key of a peer is none") }
            keys[party] = key
        }
        peerKeys = keys
        self.confinement = confinement
        self.isReduced = isReduced
    }

    /// States a birth.
    init(
        rootID: String,
        party: Party,
        round: Int,
        version: String,
        executableDigest: Digest,
        law: PlaneLaw,
        origin: String,
        keys: (log: [UInt8], messages: [UInt8]),
        logHead: (genesis: Digest, size: Int, root: Digest)?,
        peerKeys: [Party: VerifyingKey],
        confinement: JSONValue,
        isReduced: Bool
    ) {
        self.rootID = rootID
        self.party = party
        self.round = round
        self.version = version
        self.executableDigest = executableDigest
        manifests = law.manifests.map(\.document)
        chain = law.chain
        events = law.events
        prompts = law.prompts
        attention = law.attention
        self.origin = origin
        (logKey, messageKey) = (keys.log, keys.messages)
        self.logHead = logHead
        self.peerKeys = peerKeys
        self.confinement = confinement
        self.isReduced = isReduced
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: Base64.encode(bytes), as: UTF8.self)
    }
}

/// The law that planes run under, as bytes that an integrity check has found whole.
struct PlaneLaw: Sendable {
    var manifests: [TierManifest]
    var chain: [UInt8]
    var events: [UInt8]
    var prompts: [(path: String, bytes: [UInt8])]
    var attention: JSONValue

    /// What tells this law from another one.
    var digest: Digest {
        var stream = SHA256Stream()
        for bytes in manifests.map(\.document.line) + [chain, events, attention.line]
            + prompts.map(\.bytes)
        {
            stream.update(Digest.sha256(of: bytes).bytes)
        }
        return stream.finish()
    }
}
