import CLinux
import Glibc

/// A connection that never blocks, with what has come and what has not gone yet.
///
/// It belongs to the thread of its event loop. What comes is read in large pieces into one buffer,
/// what goes is gathered and written with one call; both have a bound that their owner keeps.
package final class SocketStream {
    package let socket: UnixSocket

    /// Bytes that have come and were not consumed: `input[start...]`.
    package private(set) var input: [UInt8] = []
    package private(set) var start = 0
    private var output: [UInt8] = []
    private var sent = 0
    /// Descriptors that came and were not taken, in order.
    private var received: [Descriptor] = []
    /// Descriptors that go with the byte at a place of `output`.
    private var passing: [(place: Int, descriptor: Descriptor)] = []
    private let takesDescriptors: Bool

    private static let readBytes = 64 * 1024

    /// What reading found.
    package enum Filling: Sendable, Equatable {
        /// So many bytes came, and there may be more.
        case some(Int)
        /// Nothing is there now.
        case nothing
        /// Nothing will come any more.
        case ended
    }

    /// Takes over one end of a connection.
    ///
    /// Descriptors that somebody sends are made only where they are expected; then the socket must not
    /// block by itself (`UnixSocket.stopBlocking`).
    package init(_ socket: UnixSocket, takesDescriptors: Bool = false) {
        self.socket = socket
        self.takesDescriptors = takesDescriptors
    }

    /// The next descriptor that came, if there is one.
    package func takeDescriptor() -> Descriptor? {
        received.isEmpty ? nil : received.removeFirst()
    }

    /// How many bytes wait to be consumed.
    package var available: Int { input.count - start }

    /// How many bytes wait to be written.
    package var waiting: Int { output.count - sent }

    /// Reads what is there, up to 64 KiB.
    ///
    ///     recv(MSG_DONTWAIT)
    package func fill() throws(HostFault) -> Filling {
        if start == input.count {
            input.removeAll(keepingCapacity: true)
            start = 0
        } else if start > SocketStream.readBytes {
            input.removeFirst(start)
            start = 0
        }
        if takesDescriptors { return try fillWithDescriptors() }
        var result: Int64 = 0
        let filled = input.count
        input.append(addingCapacity: SocketStream.readBytes) { rest in
            unsafe rest.withUnsafeMutableBufferPointer { buffer, count in
                result = unsafe clinux_socket_read(
                    socket.descriptor.number,
                    buffer.baseAddress.map { unsafe $0 + count },
                    min(buffer.count - count, SocketStream.readBytes)
                )
                if result > 0 { count += Int(result) }
            }
        }
        if result > 0 { return .some(input.count - filled) }
        if result == 0 { return .ended }
        switch Int32(truncatingIfNeeded: -result) {
        case EAGAIN: return .nothing
        case ECONNRESET, EPIPE: return .ended
        case let error: throw .systemCall(doing: "Reading from", path: "a socket", error: error)
        }
    }

    private func fillWithDescriptors() throws(HostFault) -> Filling {
        do throws(HostFault) {
            let came = try socket.receive(
                bytesMax: SocketStream.readBytes,
                descriptorsMax: SocketStream.descriptorsMax
            )
            received += came.descriptors
            input += came.bytes
            return came.bytes.isEmpty ? .ended : .some(came.bytes.count)
        } catch .systemCall(_, _, EAGAIN) {
            return .nothing
        } catch .connectionClosed {
            return .ended
        } catch {
            throw error
        }
    }

    private static let descriptorsMax = 8

    /// The first bytes were taken.
    package func consume(_ count: Int) {
        precondition(count <= available, "Nobody takes more than has come.")
        start += count
    }

    /// Puts bytes at the end of what waits to be written; a descriptor goes with the first of them.
    package func append(passing descriptor: Descriptor? = nil, _ body: (inout [UInt8]) -> Void) {
        if let descriptor { passing.append((output.count, descriptor)) }
        body(&output)
    }

    /// Writes what waits, as far as there is room; whether all of it went.
    ///
    ///     send(MSG_DONTWAIT|MSG_NOSIGNAL)
    package func flush() throws(HostFault) -> Bool {
        while sent < output.count {
            let next = passing.first
            let isPassing = next?.place == sent
            // A descriptor travels with the byte that it belongs to.
            let end = isPassing ? sent + 1 : next?.place ?? output.count
            let result = unsafe output.withUnsafeBytes { bytes in
                let start = unsafe bytes.baseAddress.map { unsafe $0 + sent }
                let socket = socket.descriptor.number
                guard isPassing, let number = next?.descriptor.number else {
                    return unsafe clinux_socket_write(socket, start, end - sent)
                }
                return unsafe clinux_socket_send(socket, start, 1, [number], 1)
            }
            if result >= 0 {
                if isPassing { passing.removeFirst() }
                sent += Int(result)
                continue
            }
            switch Int32(truncatingIfNeeded: -result) {
            case EAGAIN: return false
            case ECONNRESET, EPIPE: throw .connectionClosed
            case let error:
                throw .systemCall(doing: "Writing to", path: "a socket", error: error)
            }
        }
        output.removeAll(keepingCapacity: output.capacity < 1 << 20)
        sent = 0
        return true
    }
}
