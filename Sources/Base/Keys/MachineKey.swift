package import Crypto
package import Host

/// A signing key of this machine: made at first use, in a directory that lies outside every root.
///
/// One way of making and reading it, whatever it signs: seals, policies and ledgers use the same.
package struct MachineKey: Sendable {
    private let directory: Directory
    private let secretName: String
    private let verifierName: String
    private let successorName: String

    /// The key in a directory whose files have this name: `NAME.key.pem` and `NAME.vkey`.
    package init(_ name: String, in directory: Directory) {
        self.directory = directory
        secretName = name + ".key.pem"
        verifierName = name + ".vkey"
        successorName = name + ".next.key.pem"
    }

    /// The key that signs, made where there is none; `origin` is the name that it is known by.
    ///
    ///     secret (0600) · verifier: the verifier appears last, so a crash leaves no key without one
    package func signing(
        origin: String,
        randomness: Randomness
    ) throws(KeysFault) -> SigningKey {
        do {
            if try directory.facts(of: secretName) == nil {
                let made = try SigningKey(seed: randomness.bytes(SigningKey.seedByteCount))
                try DurableFile.replace(
                    secretName,
                    with: made.exportPEM(),
                    in: directory,
                    mode: 0o600
                )
            }
            guard let facts = try directory.facts(of: secretName),
                facts.permissions & 0o077 == 0
            else { throw KeysFault.unusable(path: directory.path + "/" + secretName) }
            let key = try SigningKey(pem: directory.readWhole(secretName, limit: 4096))
            let line = Array((try MachineKey.verifier(of: key, origin).description + "\n").utf8)
            if try directory.facts(of: verifierName) == nil
                || directory.readWhole(verifierName, limit: 4096) != line
            {
                try DurableFile.replace(verifierName, with: line, in: directory)
            }
            return key
        } catch {
            throw KeysFault(error, key: directory.path + "/" + secretName)
        }
    }

    /// A key to go on with, made beside this one where none waits yet.
    package func prepareSuccessor(randomness: Randomness) throws(KeysFault) -> SigningKey {
        if let waiting = try successor() { return waiting }
        do {
            let made = try SigningKey(seed: randomness.bytes(SigningKey.seedByteCount))
            try DurableFile.replace(
                successorName,
                with: made.exportPEM(),
                in: directory,
                mode: 0o600
            )
            return made
        } catch {
            throw KeysFault(error, key: directory.path + "/" + successorName)
        }
    }

    /// The key that waits to take this one's place, if there is one.
    package func successor() throws(KeysFault) -> SigningKey? {
        do {
            guard let facts = try directory.facts(of: successorName) else { return nil }
            guard facts.permissions & 0o077 == 0 else {
                throw KeysFault.unusable(path: directory.path + "/" + successorName)
            }
            return try SigningKey(pem: directory.readWhole(successorName, limit: 4096))
        } catch {
            throw KeysFault(error, key: directory.path + "/" + successorName)
        }
    }

    /// Puts the key that waits in this one's place, which is gone then.
    ///
    ///     secret (0600) · verifier · the waiting one removed: each step may run twice
    package func promote(origin: String) throws(KeysFault) {
        guard let next = try successor() else { return }
        do {
            try DurableFile.replace(secretName, with: next.exportPEM(), in: directory, mode: 0o600)
            let verifier = try MachineKey.verifier(of: next, origin)
            try DurableFile.replace(
                verifierName,
                with: Array((verifier.description + "\n").utf8),
                in: directory
            )
            try DurableFile.removeFile(successorName, in: directory)
        } catch {
            throw KeysFault(error, key: directory.path + "/" + successorName)
        }
    }

    /// The verifier that was written when the key was made; `nil` where there is none yet.
    package func verifier() throws(KeysFault) -> NoteVerifier? {
        do {
            guard try directory.facts(of: verifierName) != nil else { return nil }
            let bytes = try directory.readWhole(verifierName, limit: 4096)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw KeysFault.unusable(path: directory.path + "/" + verifierName)
            }
            let line = text.hasSuffix("\n") ? text.dropLast() : text[...]
            return try NoteVerifier(vkey: String(line))
        } catch {
            throw KeysFault(error, key: directory.path + "/" + verifierName)
        }
    }

    /// The verifier of a key as people hand it on.
    package static func verifier(
        of key: SigningKey,
        _ origin: String
    ) throws(CryptoFault) -> NoteVerifier {
        try NoteVerifier(name: origin, algorithm: .log, key: key.verifyingKey)
    }
}
