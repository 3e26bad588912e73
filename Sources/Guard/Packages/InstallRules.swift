import Canon
import Integrity
import Registry

/// What a package that is brought must be, beside what the root as a whole must be with it.
enum InstallRules {
    private static let platform = "linux"

    /// What stands against a manifest in this root.
    static func refusals(
        _ manifest: PackedManifest,
        _ state: RootState,
        _ keeper: String
    ) -> [PackageRefusal] {
        var refusals: [PackageRefusal] = []
        if !manifest.platforms.contains(platform) {
            refusals.append(
                PackageRefusal(
                    .platform,
                    path: manifest.archiveName,
                    "\(manifest.id) is for \(Printable(manifest.platforms.joined(separator: ", "))), and this "
                        + "machine is \(platform).",
                    next: "Get the package for this platform."
                )
            )
        }
        refusals += law(manifest, state)
        for file in manifest.files {
            guard let owner = state.owner(of: file.path), owner != manifest.id.text else {
                continue
            }
            refusals.append(
                PackageRefusal(
                    .conflict,
                    path: file.path.text,
                    "\(manifest.id) brings \(Printable(file.path.text)), which belongs to "
                        + "\(Printable(owner)); a file has one owner.",
                    next:
                        "Uninstall \(Printable(owner)), or have one of the two leave the file out."
                )
            )
        }
        for file in manifest.documents {
            guard let owner = state.owner(of: file.path), owner != keeper else { continue }
            refusals.append(
                PackageRefusal(
                    .conflict,
                    path: file.path.text,
                    "\(Printable(file.path.text)) belongs to \(Printable(owner)) and not to \(keeper), which "
                        + "keeps the registries.",
                    next: "Give it to \(keeper) with 'charter owner assign'."
                )
            )
        }
        return refusals
    }

    /// The law that a package was packed under must be the law of this root, byte for byte where it has
    /// the same version: a spec or framework that somebody changed in between is found here.
    private static func law(_ manifest: PackedManifest, _ state: RootState) -> [PackageRefusal] {
        func differs(
            _ basis: PackedManifest.Basis,
            _ version: SemanticVersion?,
            _ path: String
        ) -> Bool {
            guard version == basis.version, let path = try? RelativePath(path) else { return false }
            return state.tree.digest(of: path) != basis.digest
        }
        func refusal(
            _ what: String,
            _ basis: PackedManifest.Basis,
            _ path: String
        ) -> PackageRefusal {
            PackageRefusal(
                .law,
                path: path,
                "\(manifest.archiveName) was packed under \(what) \(Printable(basis.id)) \(basis.version), "
                    + "and this root has other bytes of that version.",
                next:
                    "Restore the \(what), or pack again under the one that is meant, in a new version."
            )
        }
        var refusals: [PackageRefusal] = []
        if let framework = state.book.framework(manifest.framework.id),
            differs(manifest.framework, framework.version, framework.path)
        {
            refusals.append(refusal("framework", manifest.framework, framework.path))
        }
        if let spec = state.book.specs[manifest.spec.id],
            differs(manifest.spec, spec.version, spec.path)
        {
            refusals.append(refusal("spec", manifest.spec, spec.path))
        }
        let carried = manifest.documents.last
        if carried?.digest != manifest.spec.digest {
            refusals.append(
                PackageRefusal(
                    .law,
                    path: carried?.path.text ?? "",
                    "\(manifest.archiveName) carries another \(Printable(manifest.spec.id)) than the one that "
                        + "it was packed under.",
                    next: "Pack it again."
                )
            )
        }
        return refusals
    }

    /// What stands against putting one version in another's place.
    static func refusals(
        replacing known: PackageManifest,
        by manifest: PackedManifest,
        _ state: RootState
    ) -> [PackageRefusal] {
        if manifest.version < known.version {
            return [
                PackageRefusal(
                    .downgrade,
                    path: manifest.archiveName,
                    "\(manifest.id) \(manifest.version) is older than \(known.version), which is installed.",
                    next:
                        "To go back, use 'charter version rollback'; to go on, pack a newer version."
                )
            ]
        }
        guard manifest.version == known.version else { return [] }
        // What was authored here may become what is installed, if it is the same.
        let differing = (manifest.files + manifest.documents).first {
            state.tree.digest(of: $0.path) != $0.digest
        }
        let isOther =
            differing != nil || state.files(ownedBy: manifest.id.text) != manifest.files.map(\.path)
        guard isOther else { return [] }
        return [
            PackageRefusal(
                .otherDigest,
                path: differing?.path.text ?? manifest.archiveName,
                "\(manifest.id) \(manifest.version) is here already with other content; a version is packed "
                    + "once and never changed.",
                next: "Pack the change in a new version."
            )
        ]
    }
}
