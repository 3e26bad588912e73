import Canon
package import Crypto
package import Host
import Keys

/// The keys for policies on this machine: one that signs, made at first use, and those that are
/// trusted to have signed.
package struct PolicyKeys: Sendable {
    private let directory: Directory
    private let origin: String

    private static let verifierName = "policy.vkey"
    private static let trustedName = "trusted.vkeys"
    private static let trustedMax = 64

    /// The keys in a directory that lies outside every root; `origin` is the name they are known by.
    package init(in directory: Directory, origin: String) {
        self.directory = directory
        self.origin = origin
    }

    /// The key that signs, made where there is none.
    package func signing(randomness: Randomness) throws(GatesFault) -> SigningKey {
        do {
            return try MachineKey("policy", in: directory)
                .signing(origin: origin, randomness: randomness)
        } catch {
            throw .keys(error)
        }
    }

    /// The keys that may have signed: the machine's own and those that were trusted.
    package func trusted() throws(GatesFault) -> [NoteVerifier] {
        var verifiers: [NoteVerifier] = []
        for name in [PolicyKeys.verifierName, PolicyKeys.trustedName] {
            do {
                guard try directory.facts(of: name) != nil else { continue }
                let text = String(
                    decoding: try directory.readWhole(name, limit: 1 << 16),
                    as: UTF8.self
                )
                for line in text.split(separator: "\n") {
                    verifiers.append(try NoteVerifier(vkey: String(line)))
                }
            } catch {
                throw .keys(KeysFault(error, key: path(name)))
            }
        }
        return verifiers
    }

    /// Trusts a key from now on.
    package func trust(vkey: String) throws(GatesFault) -> NoteVerifier {
        do {
            let verifier = try NoteVerifier(vkey: vkey)
            let lock = try FileLock.acquire("trusted.lock", in: directory, waiting: true)
            defer { withExtendedLifetime(lock) {} }
            let known = try trusted()
            guard !known.contains(verifier) else { return verifier }
            guard known.count < PolicyKeys.trustedMax else {
                throw KeysFault.unusable(path: path(PolicyKeys.trustedName))
            }
            var text: [UInt8] = []
            if try directory.facts(of: PolicyKeys.trustedName) != nil {
                text = try directory.readWhole(PolicyKeys.trustedName, limit: 1 << 16)
            }
            text += Array((verifier.description + "\n").utf8)
            try DurableFile.replace(PolicyKeys.trustedName, with: text, in: directory)
            return verifier
        } catch let fault as GatesFault {
            throw fault
        } catch {
            throw .keys(KeysFault(error, key: path(PolicyKeys.trustedName)))
        }
    }

    private func path(_ name: String) -> String { directory.path + "/" + name }
}
