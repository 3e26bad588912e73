import CLinux
import Glibc

/// A named socket that others connect to.
///
/// The name stays when this value goes away; whoever owns the directory removes it.
package final class UnixListener: Sendable {
    package let descriptor: Descriptor

    /// Takes over a listening socket that was handed to this process.
    package init(_ descriptor: Descriptor) { self.descriptor = descriptor }

    /// Makes a socket at a path where nothing stands, with its mode from the first moment.
    ///
    ///     socket · fchmod · bind · listen
    package static func listen(
        _ path: String,
        mode: UInt32 = 0o600,
        backlog: Int32 = 128
    ) throws(HostFault) -> UnixListener {
        let bytes = try SocketPath.checked(path)
        let made = unsafe clinux_socket_listen(bytes, mode, backlog)
        if made == -EADDRINUSE { throw .alreadyExists(path: path) }
        guard made >= 0 else { throw .from(-made, doing: "Listening at", path: path) }
        return UnixListener(Descriptor(owning: made))
    }

    /// Makes `acceptNow` possible, here and in every process that has this socket.
    package func stopBlocking() throws(HostFault) {
        let done = clinux_set_nonblocking(descriptor.number)
        guard done >= 0 else { throw .from(-done, doing: "Preparing", path: "a socket") }
    }

    /// The next connection; `nil` where none waits.
    ///
    /// Only after `stopBlocking`.
    package func acceptNow() throws(HostFault) -> UnixSocket? {
        let accepted = clinux_socket_accept(descriptor.number)
        if accepted == -EAGAIN { return nil }
        guard accepted >= 0 else {
            throw .from(-accepted, doing: "Accepting from", path: "a socket")
        }
        return UnixSocket(Descriptor(owning: accepted))
    }

    /// Waits for the next connection: only from a `ThreadExecutor`.
    package func accept() throws(HostFault) -> UnixSocket {
        let accepted = clinux_socket_accept(descriptor.number)
        guard accepted >= 0 else {
            throw .from(-accepted, doing: "Accepting from", path: "a socket")
        }
        return UnixSocket(Descriptor(owning: accepted))
    }
}

/// The path of a socket, which the kernel keeps in 108 bytes.
enum SocketPath {
    static func checked(_ path: String) throws(HostFault) -> [CChar] {
        let bytes = try PathBytes.absolute(path).terminated
        let count = bytes.count - 1
        guard count <= Int(CLINUX_SOCKET_PATH_MAX) else {
            throw .socketPathTooLong(path: path, bytes: count)
        }
        return bytes.map { CChar(bitPattern: $0) }
    }
}
