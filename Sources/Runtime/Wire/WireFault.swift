import Canon

/// Why a connection cannot go on, or a message cannot be read.
///
/// Each is something that the other end did; none of them changes anything here but the connection.
package enum WireFault: Fault, Equatable {
    case frameLength(bytes: Int, limit: Int)
    case frameKind(number: UInt8)
    case frameForged
    case frameOutOfPlace(kind: String, state: String)
    case frameCutShort(bytes: Int)
    case helloMalformed(reason: String)
    case protocolOther(name: String)
    case versionsApart(offered: [Int], known: [Int])
    case partyOther(found: String, expected: String)
    case proofWrong(party: String)
    case messageMalformed(reason: String)
    case signatureWrong(reason: String)
    case closed

    package var code: String {
        switch self {
        case .frameLength: "wire.frame-length"
        case .frameKind: "wire.frame-kind"
        case .frameForged: "wire.frame-forged"
        case .frameOutOfPlace: "wire.frame-out-of-place"
        case .frameCutShort: "wire.frame-cut-short"
        case .helloMalformed: "wire.hello-malformed"
        case .protocolOther: "wire.protocol-other"
        case .versionsApart: "wire.versions-apart"
        case .partyOther: "wire.party-other"
        case .proofWrong: "wire.proof-wrong"
        case .messageMalformed: "wire.message-malformed"
        case .signatureWrong: "wire.signature-wrong"
        case .closed: "wire.closed"
        }
    }

    package var description: String {
        switch self {
        case .frameLength(let bytes, let limit):
            "A frame says that \(bytes) bytes follow, and \(limit) are the most; the connection is "
                + "closed. Send less, or look what else speaks to this socket."
        case .frameKind(let number):
            "A frame is of the kind \(number), which version 1 does not have; the connection is "
                + "closed."
        case .frameForged:
            "The code of a frame is not that of this session: it was changed, repeated or sent by "
                + "somebody else. The connection is closed and is made anew."
        case .frameOutOfPlace(let kind, let state):
            "A frame of the kind \(kind) came while the connection was \(state); the connection is "
                + "closed."
        case .frameCutShort(let bytes):
            "The connection ended within a frame, of which \(bytes) bytes had come."
        case .helloMalformed(let reason):
            "The first frame does not say who speaks: \(Printable(reason)). Begin with a hello of "
                + "charter-wire."
        case .protocolOther(let name):
            "The other end speaks \(Printable(name)), and here charter-wire is spoken."
        case .versionsApart(let offered, let known):
            "The other end speaks the versions \(offered), and here \(known) are spoken; update the "
                + "older one."
        case .partyOther(let found, let expected):
            "The other end says it is \(Printable(found)), and this connection is that of "
                + "\(Printable(expected))."
        case .proofWrong(let party):
            "The other end does not hold the key of \(Printable(party)); the connection is closed."
        case .messageMalformed(let reason):
            "A message is not as registries/schemas/prompt_message.json has it: "
                + "\(Printable(reason)). Ask or state something in words, in that form."
        case .signatureWrong(let reason):
            "The signature of a message does not hold: \(Printable(reason))."
        case .closed: "The connection is closed."
        }
    }
}
