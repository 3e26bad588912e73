package import Canon
import Host
import Wire

/// The operator's end of the socket of a supervisor: one wish after another.
///
/// It blocks, and belongs to a command that has nothing else to do.
package struct SupervisorClient {
    private let socket: UnixSocket
    private var reader = FrameReader(payloadMax: 16 << 20)
    private var input: [UInt8] = []

    /// Reaches the supervisor of a place; where none is up, that is the fault.
    package init(_ place: RuntimePlace, root: String) throws(PlanesFault) {
        do throws(HostFault) {
            socket = try UnixSocket.connect(place.controlPath)
        } catch {
            throw .notUp(root: root)
        }
        let nonce = Randomness.system.bytes(32)
        try send(Frame(.hello, Hello(party: Party.human.rawValue, nonce: nonce).bytes))
        guard try next().kind == .hello else {
            throw .answerMissing(reason: "the other end is no supervisor")
        }
    }

    /// Asks for something and waits for the answer.
    package mutating func ask(_ wish: JSONValue) throws(PlanesFault) -> JSONValue {
        try send(Frame(.call, PlaneProcess.numbered(1, wish.line)))
        let frame = try next()
        guard frame.kind == .reply,
            let value = try? JSONValue(parsing: Array(frame.payload.dropFirst(8)))
        else { throw .answerMissing(reason: "the supervisor sent something else") }
        return value
    }

    /// Waits until the supervisor is gone.
    package mutating func waitForEnd() {
        while (try? next()) != nil {}
    }

    private func send(_ frame: Frame) throws(PlanesFault) {
        var bytes: [UInt8] = []
        var session: Session?
        frame.append(to: &bytes, in: &session)
        do { try socket.send(bytes) } catch { throw .answerMissing(reason: error.description) }
    }

    private mutating func next() throws(PlanesFault) -> Frame {
        while true {
            do throws(WireFault) {
                var session: Session?
                if let (frame, used) = try reader.next(in: input, &session) {
                    input.removeFirst(used)
                    return frame
                }
            } catch {
                throw .wire(error)
            }
            let came: [UInt8]
            do throws(HostFault) {
                came = try socket.receive(bytesMax: 65_536).bytes
            } catch {
                throw .answerMissing(reason: error.description)
            }
            guard !came.isEmpty else { throw .answerMissing(reason: "the supervisor has ended") }
            input += came
        }
    }
}
