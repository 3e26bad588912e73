import Canon
package import Crypto
package import Host

/// The keys for policies on this machine: one that signs, made at first use, and those that are
/// trusted to have signed.
package struct PolicyKeys: Sendable {
    private let directory: Directory
    private let origin: String

    private static let secretName = "policy.key.pem"
    private static let verifierName = "policy.vkey"
    private static let trustedName = "trusted.vkeys"
    private static let trustedMax = 64

    /// The keys in a directory that lies outside every root; `origin` is the name they are known by.
    package init(in directory: Directory, origin: String) {
        self.directory = directory
        self.origin = origin
    }

    /// The key that signs, made where there is none.
    ///
    ///     secret (0600) · verifier: the verifier appears last, so a crash leaves no key without one
    package func signing(randomness: Randomness) throws(GatesFault) -> SigningKey {
        let key: SigningKey
        do {
            if try directory.facts(of: PolicyKeys.secretName) == nil {
                let made = try SigningKey(seed: randomness.bytes(SigningKey.seedByteCount))
                try DurableFile.replace(
                    PolicyKeys.secretName,
                    with: made.exportPEM(),
                    in: directory,
                    mode: 0o600
                )
            }
            guard let facts = try directory.facts(of: PolicyKeys.secretName),
                facts.permissions & 0o077 == 0
            else { throw GatesFault.badKey(path: path(PolicyKeys.secretName)) }
            key = try SigningKey(pem: directory.readWhole(PolicyKeys.secretName, limit: 4096))
            let verifier = try PolicyKeys.verifier(of: key, origin)
            try DurableFile.replace(
                PolicyKeys.verifierName,
                with: Array((verifier.description + "\n").utf8),
                in: directory
            )
        } catch {
            throw PolicyKeys.fault(error, path(PolicyKeys.secretName))
        }
        return key
    }

    /// The verifier of a key as people hand it on.
    package static func verifier(
        of key: SigningKey,
        _ origin: String
    ) throws(CryptoFault) -> NoteVerifier {
        try NoteVerifier(name: origin, algorithm: .log, key: key.verifyingKey)
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
                throw PolicyKeys.fault(error, path(name))
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
                throw GatesFault.badKey(path: path(PolicyKeys.trustedName))
            }
            var text: [UInt8] = []
            if try directory.facts(of: PolicyKeys.trustedName) != nil {
                text = try directory.readWhole(PolicyKeys.trustedName, limit: 1 << 16)
            }
            text += Array((verifier.description + "\n").utf8)
            try DurableFile.replace(PolicyKeys.trustedName, with: text, in: directory)
            return verifier
        } catch {
            throw PolicyKeys.fault(error, path(PolicyKeys.trustedName))
        }
    }

    private func path(_ name: String) -> String { directory.path + "/" + name }

    private static func fault(_ error: any Error, _ path: String) -> GatesFault {
        switch error {
        case let fault as GatesFault: fault
        case let fault as HostFault: .host(fault)
        case let fault as CryptoFault: .crypto(fault)
        default: .badKey(path: path)
        }
    }
}
