import Canon
import Crypto
import Host

extension Executable {
    /// The SHA-256 of its bytes, by the descriptor that is executed.
    func digest() throws(HostFault) -> Digest {
        var stream = SHA256Stream()
        try read { stream.update($0) }
        return stream.finish()
    }
}
