import Canon
import Crypto
package import Integrity
import Registry

/// What the root's own record says of a package that was installed from an archive.
package struct InstalledPackage: Sendable {
    /// The digest of the archive, in hex.
    package let archive: String
    /// Who built it.
    package let builder: String
    /// The gates that it passed before it was packed.
    package let gates: [String]

    /// The record of a package; `nil` where it was authored here.
    ///
    /// It was verified when it was installed; since then the registries answer for its bytes.
    package init?(_ id: String, in state: RootState) {
        guard let path = try? RelativePath(PackedManifest.attestationsPath(id)),
            state.tree.contains(path), case .success(let bytes) = state.tree.document(path),
            let statement = PackageAttestations.provenance(in: bytes),
            let archive = statement["subject"]?.array?.first?["digest"]?["sha256"]?.string
        else { return nil }
        self.archive = archive
        let predicate = statement["predicate"]
        builder = predicate?["runDetails"]?["builder"]?["id"]?.string ?? ""
        let parameters = predicate?["buildDefinition"]?["internalParameters"]
        gates = (parameters?["gates"]?.array ?? []).compactMap(\.string)
    }
}
