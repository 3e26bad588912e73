import Canon
package import Crypto
package import Host
import Keys
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
    private let key: MachineKey

    /// The key in a root's state directory.
    package init(state: Directory) { key = MachineKey("seal", in: state) }

    /// The verifier key that this machine trusts for the root, if there is one.
    package func verifier() throws(IntegrityFault) -> NoteVerifier? {
        do { return try key.verifier() } catch { throw .keys(error) }
    }

    /// The key that signs, made at first use.
    package func signing(
        origin: String,
        randomness: Randomness
    ) throws(IntegrityFault) -> SigningKey {
        do {
            return try key.signing(origin: origin, randomness: randomness)
        } catch {
            throw .keys(error)
        }
    }
}
