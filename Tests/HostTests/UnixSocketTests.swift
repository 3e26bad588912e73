import Foundation
import Glibc
import Host
import Support
import Testing

struct `A Unix socket` {
    @Test func `carries bytes both ways and ends`() throws {
        let (one, two) = try UnixSocket.pair()
        try one.send(Array("question".utf8))
        #expect(try two.receiveExactly(8) == Array("question".utf8))
        try two.send([1, 2, 3])
        #expect(try one.receive(bytesMax: 100).bytes == [1, 2, 3])
        try two.send([9])
        try two.finishSending()
        #expect(throws: HostFault.connectionClosed) { try one.receiveExactly(2) }
        #expect(try one.receive(bytesMax: 1).bytes == [])
    }

    @Test func `carries descriptors, and no more than were asked for`() throws {
        let (one, two) = try UnixSocket.pair()
        let (near, far) = try UnixSocket.pair()
        try one.send([1], passing: [far.descriptor])
        let received = try two.receive(bytesMax: 10, descriptorsMax: 1)
        #expect(received.bytes == [1] && received.descriptors.count == 1)
        let handed = UnixSocket(try #require(received.descriptors.first))
        try handed.send(Array("through".utf8))
        #expect(try near.receiveExactly(7) == Array("through".utf8))
        try one.send([2], passing: [far.descriptor, near.descriptor])
        #expect(throws: HostFault.tooManyDescriptors) {
            try two.receive(bytesMax: 10, descriptorsMax: 1)
        }
        // The connection goes on after the refusal.
        try one.send([3])
        #expect(try two.receive(bytesMax: 10).bytes == [3])
    }

    @Test func `listens with its mode, accepts, and tells who connected`() throws {
        let temporary = TemporaryDirectory()
        let path = temporary.file("s")
        let listener = try UnixListener.listen(path)
        let directory = try Directory.open(temporary.path)
        let facts = try #require(try directory.facts(of: "s"))
        #expect(facts.kind == .socket && facts.permissions == 0o600)
        #expect(throws: HostFault.alreadyExists(path: path)) { try UnixListener.listen(path) }
        let client = try UnixSocket.connect(path)
        let server = try listener.accept()
        let peer = try server.peer()
        #expect(peer.process == getpid() && peer.user == getuid() && peer.group == getgid())
        #expect(try server.peerHandle().number >= 0)
        try client.send([5])
        #expect(try server.receiveExactly(1) == [5])
    }

    @Test func `refuses a path that the kernel would cut off`() throws {
        let temporary = TemporaryDirectory()
        let room = 107 - temporary.path.utf8.count - 1
        let longest = temporary.file(String(repeating: "s", count: room))
        let listener = try UnixListener.listen(longest)
        _ = try UnixSocket.connect(longest)
        _ = try listener.accept()
        let long = longest + "s"
        let fault = HostFault.socketPathTooLong(path: long, bytes: 108)
        #expect(throws: fault) { try UnixListener.listen(long) }
        #expect(throws: fault) { try UnixSocket.connect(long) }
        #expect(fault.code == "host.socket-path-too-long")
    }

    @Test func `says when the other end is gone`() throws {
        let (one, two) = try UnixSocket.pair()
        try two.finishSending()
        _ = consume two
        let fault = #expect(throws: HostFault.self) {
            for _ in 0..<2 { try one.send([1]) }
        }
        #expect(fault == .connectionClosed)
        #expect(throws: HostFault.missing(path: "/nowhere/s")) {
            try UnixSocket.connect("/nowhere/s")
        }
    }
}
