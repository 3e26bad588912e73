package import Canon
package import Host

/// One connection of a role, on its event loop: frames come out of it and go into it.
///
/// It costs a bounded amount whatever the other end does: an end that does not prove itself in time
/// is closed, a frame is judged by its length before it is kept, what is not read is not buffered,
/// and an end that does not take what was sent holds up only itself. All of it belongs to the loop,
/// and each call from another thread ends the process.
package final class Link {
    /// How a connection begins.
    package enum Opening {
        /// Both ends prove that they hold the keys that the supervisor told.
        case proved(Handshake)
        /// The kernel says who is there; a hello from either side names the version, and no more.
        case vouched(own: Party, nonce: [UInt8], hearing: Set<Party>)
        /// The descriptor was handed over by who is at the other end.
        case trusted
    }

    /// What one connection may cost.
    package struct Limits: Sendable {
        /// The longest payload.
        package var payloadMax = 4 << 20
        /// The longest payload of an end that has not proved itself.
        package var openingPayloadMax = 4096
        /// How long an end may take to prove itself.
        package var openingNanoseconds: UInt64 = 5_000_000_000
        /// How much may wait to be taken by the other end.
        package var outputMax = 16 << 20
        /// How much is read before others have their turn.
        package var turnBytes = 1 << 20

        /// The limits of a plane.
        package init() {}
    }

    /// Whether anything can be heard yet.
    private enum State {
        case opening(Opening)
        case open
        case ended
    }

    private let loop: EventLoop
    private let stream: SocketStream
    private let limits: Limits
    private var reader: FrameReader
    private var session: Session?
    private var state: State
    private var watch: EventLoop.Watch?
    private var timer: EventLoop.Timer?
    private var isFlushDue = false
    private var isBlocked = false
    private var isPaused = false
    private var isFinishing = false

    /// Called once the other end is who it should be.
    package var onOpen: () -> Void = {}
    /// Called for every frame after that; a fault that it throws closes the connection.
    package var onFrame: (Frame) throws(WireFault) -> Void = { _ in }
    /// Called once, with what went wrong; `nil` where the other end went away in order.
    package var onEnd: (WireFault?) -> Void = { _ in }

    /// A connection that begins now.
    package init(
        _ socket: UnixSocket,
        on loop: EventLoop,
        _ opening: Opening,
        limits: Limits = Limits()
    ) throws(HostFault) {
        self.loop = loop
        self.limits = limits
        let isTrusted = if case .trusted = opening { true } else { false }
        stream = SocketStream(socket, takesDescriptors: isTrusted)
        state = .opening(opening)
        reader = FrameReader(payloadMax: limits.openingPayloadMax)
        watch = try loop.watch(socket.descriptor, .readable) { [weak self] interest in
            self?.ready(interest)
        }
        switch opening {
        case .trusted: open(nil)
        case .proved(let handshake): put(handshake.opening)
        case .vouched: break
        }
        if case .opening = state {
            timer = loop.schedule(afterNanoseconds: limits.openingNanoseconds) { [weak self] in
                self?.end(.helloMalformed(reason: "it did not come in time"))
            }
        }
    }

    /// Whether frames can be sent.
    package var isOpen: Bool { if case .open = state { true } else { false } }

    /// Whether there is room for more; where there is none, nothing should be sent.
    package var hasRoom: Bool { stream.waiting < limits.outputMax }

    /// Sends a frame at the end of the turn, together with whatever else is sent in it.
    ///
    /// A descriptor can go with it, to an end that is trusted.
    package func send(_ frame: Frame, passing descriptor: Descriptor? = nil) {
        loop.checkIsolated()
        guard isOpen, !isFinishing else { return }
        guard hasRoom else {
            // Who sends more than that did not ask whether there is room.
            return end(.frameLength(bytes: stream.waiting, limit: limits.outputMax))
        }
        put(frame, passing: descriptor)
    }

    /// The next descriptor that came with a frame, if there is one.
    package func takeDescriptor() -> Descriptor? { stream.takeDescriptor() }

    /// Stops reading: the other end then has to wait.
    package func pause() {
        loop.checkIsolated()
        guard !isPaused else { return }
        isPaused = true
        renew()
    }

    /// Reads again, first of all what has come already.
    package func resume() {
        loop.checkIsolated()
        guard isPaused else { return }
        isPaused = false
        renew()
        // Behind what is under way, so that nobody is called from within himself.
        loop.atEndOfTurn { [weak self] in self?.takeFrames() }
    }

    /// Says why nothing more will be heard, sends what waits, and ends.
    package func finish(_ reason: (any Fault)?) {
        loop.checkIsolated()
        guard isOpen || isOpening else { return }
        if let reason {
            put(Link.bye(reason))
        }
        isFinishing = true
        flush()
    }

    /// Ends at once; `onEnd` is not called.
    package func drop() {
        loop.checkIsolated()
        onEnd = { _ in }
        end(nil)
    }

    private var isOpening: Bool { if case .opening = state { true } else { false } }

    private func put(_ frame: Frame, passing descriptor: Descriptor? = nil) {
        stream.append(passing: descriptor) { frame.append(to: &$0, in: &session) }
        guard !isFlushDue, !isBlocked else { return }
        isFlushDue = true
        loop.atEndOfTurn { [weak self] in
            self?.isFlushDue = false
            self?.flush()
        }
    }

    private func flush() {
        guard watch != nil else { return }
        do throws(HostFault) {
            let isAllGone = try stream.flush()
            if isBlocked == isAllGone {
                isBlocked = !isAllGone
                renew()
            }
            if isAllGone && isFinishing { end(nil) }
        } catch {
            end(.closed)
        }
    }

    private func renew() {
        guard let watch else { return }
        var interest: EventLoop.Interest = isPaused ? [] : .readable
        if isBlocked { interest.insert(.writable) }
        loop.change(watch, to: interest)
    }

    private func ready(_ interest: EventLoop.Interest) {
        if interest.contains(.writable) { flush() }
        guard interest.contains(.readable), !isPaused else { return }
        var taken = 0
        while taken < limits.turnBytes {
            let filling: SocketStream.Filling
            do throws(HostFault) { filling = try stream.fill() } catch { return end(.closed) }
            switch filling {
            case .some(let count):
                taken += count
                takeFrames()
                // Less than was asked for: nothing more is there now.
                if count < 4096 { return }
            case .nothing: return
            case .ended:
                return end(
                    stream.available > 0 ? .frameCutShort(bytes: stream.available) : nil
                )
            }
            if watch == nil || isPaused { return }
        }
    }

    private func takeFrames() {
        while watch != nil, !isPaused {
            do throws(WireFault) {
                let input = stream.input
                guard
                    let (frame, used) = try reader.next(in: input, from: stream.start, &session)
                else { return }
                stream.consume(used)
                try take(frame)
            } catch {
                return end(error)
            }
        }
    }

    private func take(_ frame: Frame) throws(WireFault) {
        if frame.kind == .bye, !isOpening { return end(nil) }
        switch state {
        case .open: try onFrame(frame)
        case .opening(.proved(var handshake)):
            switch try handshake.take(frame) {
            case .send(let answer):
                state = .opening(.proved(handshake))
                put(answer)
            case .established(let made): open(made)
            }
        case .opening(.vouched(let own, let nonce, let hearing)):
            guard frame.kind == .hello else {
                throw .frameOutOfPlace(kind: "\(frame.kind)", state: "waiting for a hello")
            }
            let hello = try Hello(parsing: frame.payload)
            guard let said = Party(rawValue: hello.party), hearing.contains(said) else {
                let expected = hearing.map(\.rawValue).sorted().joined(separator: " or ")
                throw .partyOther(found: hello.party, expected: expected)
            }
            put(Frame(.hello, Hello(party: own.rawValue, nonce: nonce).bytes))
            open(nil)
        case .opening(.trusted), .ended: break
        }
    }

    private func open(_ made: Session?) {
        session = made
        state = .open
        reader.payloadMax = limits.payloadMax
        if let timer { loop.cancel(timer) }
        timer = nil
        onOpen()
    }

    private static func bye(_ reason: any Fault) -> Frame {
        let said: JSONValue = [
            "code": .string(reason.code), "message": .string(reason.description),
        ]
        return Frame(.bye, said.line)
    }

    private func end(_ fault: WireFault?) {
        guard let watch else { return }
        // What went wrong is told where somebody may still listen; nobody waits for it.
        if let fault, fault != .closed, !isFinishing {
            stream.append { Link.bye(fault).append(to: &$0, in: &session) }
            _ = try? stream.flush()
        }
        loop.forget(watch)
        self.watch = nil
        state = .ended
        if let timer { loop.cancel(timer) }
        timer = nil
        onEnd(fault)
        (onOpen, onFrame, onEnd) = ({}, { _ in }, { _ in })
    }
}
