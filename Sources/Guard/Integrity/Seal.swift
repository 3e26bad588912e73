import Canon
package import Crypto
package import Host
package import Registry

/// The signed statement of a root's whole state, kept beside the registries.
///
/// It is a C2SP signed note whose body is a checkpoint: the root's name, the number of leaves of its
/// state tree and their Merkle root. The key that makes it lies outside every root; whoever verifies
/// trusts only the verifier key that they were given.
package struct Seal: Sendable {
    package let note: SignedNote
    package let checkpoint: Checkpoint

    /// What the name of a root's state is in notes and keys.
    package static func origin(of root: GovernedRoot) -> String { "charter/\(root.id)/state" }

    /// Seals a state.
    package init(
        _ state: StateTree,
        of root: GovernedRoot,
        with key: SigningKey
    ) throws(CryptoFault) {
        let origin = Seal.origin(of: root)
        checkpoint = Checkpoint(origin: origin, size: state.leaves.count, root: state.root)
        var note = try SignedNote(text: checkpoint.text)
        note.append(try NoteSignature.log(origin, key: key, over: checkpoint.text))
        self.note = note
    }

    /// Reads a seal and verifies its signature.
    package init(
        parsing bytes: [UInt8],
        trusting verifier: NoteVerifier
    ) throws(CryptoFault) {
        let note = try SignedNote(parsing: bytes)
        _ = try note.verified(by: [verifier])
        // Lines of strangers are allowed in a note and not here: the seal's own bytes are sealed by
        // nothing else, so there is one form that they can have.
        guard note.signatures.count == 1, note.bytes == bytes else {
            throw .noteMalformed(reason: "a seal has exactly one signature, that of its key")
        }
        self.note = note
        checkpoint = try Checkpoint(parsing: note.text)
    }
}

/// Where the seal key of a root lies on this machine, and how it is made.
package struct SealKey: Sendable {
    private let state: Directory
    private static let secretName = "seal.key.pem"
    private static let verifierName = "seal.vkey"

    /// The key in a root's state directory.
    package init(state: Directory) { self.state = state }

    /// The verifier key that this machine trusts for the root, if there is one.
    package func verifier() throws(IntegrityFault) -> NoteVerifier? {
        do {
            guard try state.facts(of: SealKey.verifierName) != nil else { return nil }
            let text = String(
                decoding: try state.readWhole(SealKey.verifierName, limit: 4096),
                as: UTF8.self
            )
            return try NoteVerifier(vkey: text.split(separator: "\n").first.map(String.init) ?? "")
        } catch let fault as HostFault {
            throw .host(fault)
        } catch let fault as CryptoFault {
            throw .crypto(fault)
        } catch {
            throw .badKey(path: state.path + "/" + SealKey.verifierName)
        }
    }

    /// The key that signs, made at first use.
    ///
    ///     secret (0600) · verifier: the verifier appears last, so a crash leaves no key without one
    package func signing(
        origin: String,
        randomness: Randomness
    ) throws(IntegrityFault) -> SigningKey {
        do {
            if try state.facts(of: SealKey.secretName) == nil {
                let key = try SigningKey(seed: randomness.bytes(SigningKey.seedByteCount))
                try DurableFile.replace(
                    SealKey.secretName,
                    with: key.exportPEM(),
                    in: state,
                    mode: 0o600
                )
            }
            guard let facts = try state.facts(of: SealKey.secretName),
                facts.permissions & 0o077 == 0
            else { throw IntegrityFault.badKey(path: state.path + "/" + SealKey.secretName) }
            let key = try SigningKey(pem: try state.readWhole(SealKey.secretName, limit: 4096))
            let verifier = try NoteVerifier(
                name: origin,
                algorithm: .log,
                key: key.verifyingKey
            )
            try DurableFile.replace(
                SealKey.verifierName,
                with: Array((verifier.description + "\n").utf8),
                in: state
            )
            return key
        } catch let fault as IntegrityFault {
            throw fault
        } catch let fault as HostFault {
            throw .host(fault)
        } catch let fault as CryptoFault {
            throw .crypto(fault)
        } catch {
            throw .badKey(path: state.path)
        }
    }
}
