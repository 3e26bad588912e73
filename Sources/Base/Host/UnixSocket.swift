import CLinux
import Glibc

/// One end of a connection between two processes of this machine: a stream of bytes that can also
/// carry descriptors.
///
/// Every call may block, so it is made only from a `ThreadExecutor`.
package final class UnixSocket: Sendable {
    package let descriptor: Descriptor

    /// Takes over an end that was handed to this process.
    package init(_ descriptor: Descriptor) { self.descriptor = descriptor }

    /// Connects to the socket a listener made at the path.
    package static func connect(_ path: String) throws(HostFault) -> UnixSocket {
        let bytes = try SocketPath.checked(path)
        let made = unsafe clinux_socket_connect(bytes)
        guard made >= 0 else { throw .from(-made, doing: "Connecting to", path: path) }
        return UnixSocket(Descriptor(owning: made))
    }

    /// Makes every call on this end say at once that it would have to wait.
    package func stopBlocking() throws(HostFault) {
        let done = clinux_set_nonblocking(descriptor.number)
        guard done >= 0 else { throw .from(-done, doing: "Preparing", path: "a socket") }
    }

    /// Two ends that are connected to each other.
    package static func pair() throws(HostFault) -> (UnixSocket, UnixSocket) {
        var pair: [Int32] = [-1, -1]
        let made = unsafe clinux_socket_pair(&pair)
        guard made >= 0 else { throw .from(-made, doing: "Making", path: "a socket pair") }
        return (
            UnixSocket(Descriptor(owning: pair[0])), UnixSocket(Descriptor(owning: pair[1]))
        )
    }

    /// Sends all bytes, the descriptors with the first of them; they stay ours.
    package func send(_ bytes: [UInt8], passing: [Descriptor] = []) throws(HostFault) {
        precondition(!bytes.isEmpty || passing.isEmpty, "A descriptor travels with a byte.")
        var numbers = passing.map(\.number)
        var position = 0
        while position < bytes.count {
            let sent = unsafe bytes.withUnsafeBytes { buffer in
                unsafe clinux_socket_send(
                    descriptor.number,
                    buffer.baseAddress.map { unsafe $0 + position },
                    buffer.count - position,
                    numbers,
                    numbers.count
                )
            }
            guard sent >= 0 else { throw UnixSocket.fault(sent, "Sending to") }
            position += Int(sent)
            numbers = []
        }
        withExtendedLifetime(passing) {}
    }

    /// What one call received.
    package struct Received: Sendable {
        /// Empty at the end of the stream.
        package let bytes: [UInt8]
        package let descriptors: [Descriptor]
    }

    /// Receives what is there, at least one byte, at most `bytesMax`; waits where there is nothing.
    ///
    /// A message with more than `descriptorsMax` descriptors is refused and all of them are closed.
    package func receive(
        bytesMax: Int,
        descriptorsMax: Int = 0
    ) throws(HostFault) -> Received {
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        var numbers = [Int32](repeating: -1, count: descriptorsMax)
        var count = 0
        let received = unsafe clinux_socket_receive(
            descriptor.number,
            &bytes,
            bytesMax,
            &numbers,
            descriptorsMax,
            &count
        )
        guard received >= 0 else { throw UnixSocket.fault(received, "Receiving from") }
        bytes.removeLast(bytesMax - Int(received))
        return Received(
            bytes: bytes,
            descriptors: numbers[..<count].map { Descriptor(owning: $0) }
        )
    }

    /// Receives exactly so many bytes; an end of the stream before that is a fault.
    package func receiveExactly(_ count: Int) throws(HostFault) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let part = try receive(bytesMax: count - bytes.count).bytes
            if part.isEmpty { throw .connectionClosed }
            bytes += part
        }
        return bytes
    }

    /// Says that nothing more will be sent; the other end sees the end of the stream.
    package func finishSending() throws(HostFault) {
        let done = clinux_socket_finish(descriptor.number)
        guard done >= 0 else { throw UnixSocket.fault(Int64(done), "Closing") }
    }

    /// Who connected.
    ///
    /// On a pair this names the process that made it, whoever uses it now; and a number may have
    /// been given to another process since. Where it matters, ask `peerHandle`.
    package func peer() throws(HostFault) -> PeerCredentials {
        var peer = clinux_peer()
        let asked = unsafe clinux_socket_peer(descriptor.number, &peer)
        guard asked >= 0 else { throw UnixSocket.fault(Int64(asked), "Asking about the peer of") }
        return PeerCredentials(process: peer.process, user: peer.user, group: peer.group)
    }

    /// A handle of the process that connected, which can never name another one.
    package func peerHandle() throws(HostFault) -> Descriptor {
        let asked = clinux_socket_peer_process(descriptor.number)
        guard asked >= 0 else { throw UnixSocket.fault(Int64(asked), "Asking about the peer of") }
        return Descriptor(owning: asked)
    }

    private static func fault(_ result: Int64, _ doing: String) -> HostFault {
        let error = Int32(truncatingIfNeeded: -result)
        switch error {
        case EPIPE, ECONNRESET: return .connectionClosed
        case EMSGSIZE: return .tooManyDescriptors
        default: return .systemCall(doing: doing, path: "a socket", error: error)
        }
    }
}

/// Who is at the other end of a connection, as the kernel noted it when it was made.
package struct PeerCredentials: Sendable, Equatable {
    package let process: Int32
    package let user: UInt32
    package let group: UInt32
}
