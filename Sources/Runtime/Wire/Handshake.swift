import Canon
package import Crypto

/// How two ends find out who they are, before anything else is heard.
///
/// Each sends a hello with a nonce and the share of a key agreement, then a signature over both
/// hellos by the key that the supervisor told the other end. What follows is under keys that only the
/// two have, so a recorded conversation is worth nothing. It is a value: frames go in, frames and
/// the session come out.
package struct Handshake: Sendable {
    /// Which end this is; the two must differ, so that no end can be answered with its own words.
    package enum Side: String, Sendable {
        case opening
        case answering

        var other: Side { self == .opening ? .answering : .opening }
    }

    /// What a frame leads to.
    package enum Step: Sendable {
        case send(Frame)
        case established(Session)
    }

    /// What is spoken.
    package static let protocolName = "charter-wire"
    /// The versions that are spoken here.
    package static let versions = [1]

    private let side: Side
    private let own: Party
    private let peer: Party
    private let key: SigningKey
    private let peerKey: VerifyingKey
    private let agreement: AgreementKey
    private let hello: [UInt8]
    private var peerHello: [UInt8]?
    private var peerShare: [UInt8] = []

    /// One end of a connection between two parties whose keys are known.
    package init(
        _ side: Side,
        own: Party,
        key: SigningKey,
        peer: Party,
        peerKey: VerifyingKey,
        seed: [UInt8],
        nonce: [UInt8]
    ) throws(CryptoFault) {
        self.side = side
        self.own = own
        self.peer = peer
        self.key = key
        self.peerKey = peerKey
        agreement = try AgreementKey(seed: seed)
        hello = Hello(party: own.rawValue, nonce: nonce, share: agreement.share).bytes
    }

    /// The frame to begin with.
    package var opening: Frame { Frame(.hello, hello) }

    /// Takes a frame of the other end.
    package mutating func take(_ frame: Frame) throws(WireFault) -> Step {
        switch (frame.kind, peerHello) {
        case (.hello, nil):
            let said = try Hello(parsing: frame.payload)
            guard said.party == peer.rawValue else {
                throw .partyOther(found: said.party, expected: peer.rawValue)
            }
            guard let share = said.share else {
                throw .helloMalformed(reason: "it has no share of the agreement")
            }
            peerHello = frame.payload
            peerShare = share
            return .send(Frame(.proof, key.sign(statement(of: side))))
        case (.proof, .some):
            guard peerKey.verifies(frame.payload, of: statement(of: side.other)) else {
                throw .proofWrong(party: peer.rawValue)
            }
            let secret: [UInt8]
            do throws(CryptoFault) {
                secret = try agreement.agree(with: peerShare)
            } catch {
                throw .helloMalformed(reason: "its share is none")
            }
            let keys = MessageCode.keys(
                from: secret,
                salt: transcript,
                info: "\(Handshake.protocolName) session v1",
                count: 2
            )
            let isOpening = side == .opening
            return .established(
                Session(outgoing: keys[isOpening ? 0 : 1], incoming: keys[isOpening ? 1 : 0])
            )
        default:
            throw .frameOutOfPlace(
                kind: "\(frame.kind)",
                state: peerHello == nil ? "waiting for a hello" : "waiting for a proof"
            )
        }
    }

    /// Both hellos, that of the opening end first.
    private var transcript: Digest {
        let (first, second) =
            side == .opening ? (hello, peerHello ?? []) : (peerHello ?? [], hello)
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt32(first.count))
        bytes += first
        bytes.append(bigEndian: UInt32(second.count))
        bytes += second
        return .sha256(of: bytes)
    }

    private func statement(of side: Side) -> [UInt8] {
        Array("\(Handshake.protocolName) proof v1\n\(side.rawValue)\n\(transcript.hex)\n".utf8)
    }
}

/// The first frame of either end.
package struct Hello: Sendable, Equatable {
    package let party: String
    package let versions: [Int]
    let nonce: [UInt8]
    /// The share of the agreement; an agent, whom the kernel vouches for, sends none.
    let share: [UInt8]?

    /// What an end says first.
    package init(party: String, nonce: [UInt8], share: [UInt8]? = nil) {
        self.party = party
        self.nonce = nonce
        self.share = share
        versions = Handshake.versions
    }

    /// The payload of the frame.
    package var bytes: [UInt8] {
        var object = JSONObject()
        object["protocol"] = .string(Handshake.protocolName)
        object["versions"] = .array(versions.map { .integer($0) })
        object["party"] = .string(party)
        object["nonce"] = .string(Hello.hex(nonce))
        object["share"] = share.map { .string(Hello.hex($0)) }
        return JSONValue.object(object).line
    }

    /// Reads a hello; anything but exactly its members is refused.
    package init(parsing bytes: [UInt8]) throws(WireFault) {
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: bytes, limits: JSONLimits(bytesMax: 4096, depthMax: 4))
        } catch {
            throw .helloMalformed(reason: error.description)
        }
        guard let name = value["protocol"]?.string else {
            throw .helloMalformed(reason: "it names no protocol")
        }
        guard name == Handshake.protocolName else { throw .protocolOther(name: name) }
        let known: Set<String> = ["protocol", "versions", "party", "nonce", "share"]
        guard let object = value.object, object.keys.allSatisfy(known.contains),
            let versions = value["versions"]?.array?.map(\.integer),
            let party = value["party"]?.string,
            let nonce = value["nonce"]?.string.flatMap({ Digest(hex: $0) })
        else { throw .helloMalformed(reason: "a member is missing, unknown or of another kind") }
        let offered = versions.compactMap(\.self)
        guard !Set(offered).isDisjoint(with: Handshake.versions) else {
            throw .versionsApart(offered: offered, known: Handshake.versions)
        }
        self.party = party
        self.versions = offered
        self.nonce = nonce.bytes
        if let share = value["share"] {
            guard let bytes = share.string.flatMap({ Digest(hex: $0) }) else {
                throw .helloMalformed(reason: "its share has not 32 bytes")
            }
            self.share = bytes.bytes
        } else {
            self.share = nil
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        guard let words = Digest(bytes: bytes) else {
            preconditionFailure("Nonces and shares have 32 bytes.")
        }
        return words.hex
    }
}
