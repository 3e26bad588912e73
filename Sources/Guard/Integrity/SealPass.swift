import Canon
import Crypto
import Registry

/// Whether the seal of a root stands, judged with a key from outside the root.
struct SealPass {
    private let state: RootState
    private let tree: StateTree
    private let verifier: NoteVerifier?
    private let isDemanded: Bool

    /// Whoever names a key demands a seal by it: with `isDemanded`, a root without one is broken.
    init(
        _ state: RootState,
        tree: StateTree,
        trusting verifier: NoteVerifier?,
        isDemanded: Bool
    ) {
        self.state = state
        self.tree = tree
        self.verifier = verifier
        self.isDemanded = isDemanded
    }

    func judge() throws(IntegrityFault) -> (
        standing: IntegrityReport.SealStanding, violations: [Violation]
    ) {
        guard let path = try? RelativePath(RootLayout.seal), state.tree.contains(path) else {
            return isDemanded
                ? broken("A seal by a named key was asked for, and the root has none.")
                : (.none, [])
        }
        guard let verifier else {
            return broken(
                "The root is sealed, and this machine has no key to verify the seal with.",
                next: "Name the verifier key with --seal-key VKEY, "
                    + "or put it where 'charter doctor' shows."
            )
        }
        switch state.tree.document(path) {
        case .failure(let fault): return broken(fault.description)
        case .success(let bytes):
            let seal: Seal
            do throws(CryptoFault) {
                seal = try Seal(parsing: bytes, trusting: verifier)
            } catch {
                return broken(error.description)
            }
            let found = judge(seal)
            guard found.violations.isEmpty,
                try SealMemory(state.root).isSuperseded(
                    .sha256(of: bytes),
                    verifier: verifier.description
                )
            else { return found }
            return broken(
                "The seal is good and not the last one: an older sealed state was put back in place "
                    + "of the one that was sealed here since."
            )
        }
    }

    private func judge(
        _ seal: Seal
    ) -> (standing: IntegrityReport.SealStanding, violations: [Violation]) {
        guard seal.checkpoint.origin == Seal.origin(of: state.root) else {
            return broken(
                "The seal is that of \(Printable(seal.checkpoint.origin)), not of this root."
            )
        }
        guard seal.checkpoint.size == tree.leaves.count, seal.checkpoint.root == tree.root else {
            return broken(
                "The root is not in its sealed state: \(seal.checkpoint.size) files with the hash "
                    + "\(seal.checkpoint.root.hex.prefix(12))… were sealed, "
                    + "\(tree.leaves.count) with \(tree.root.hex.prefix(12))… are there."
            )
        }
        return (.verified, [])
    }

    private func broken(
        _ reason: String,
        next: String? = nil
    ) -> (standing: IntegrityReport.SealStanding, violations: [Violation]) {
        (
            .broken,
            [
                Violation(
                    .hashes,
                    .sealBroken,
                    path: RootLayout.seal,
                    reason: reason,
                    next: next
                )
            ]
        )
    }
}
