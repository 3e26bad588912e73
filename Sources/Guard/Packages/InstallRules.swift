import Canon
import Integrity
import Registry

/// What a package that is brought must be, beside what the root as a whole must be with it.
enum InstallRules {
    private static let platform = "linux"

    /// What stands against a manifest in this root.
    static func refusals(
        _ contents: PackageContents,
        _ state: RootState,
        _ keeper: String
    ) -> [PackageRefusal] {
        let manifest = contents.manifest
        var refusals = refusals(ofItself: contents) + law(manifest, state.book, state.tree)
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

    /// What stands against an archive whatever root it comes to.
    static func refusals(ofItself contents: PackageContents) -> [PackageRefusal] {
        let manifest = contents.manifest
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
        return refusals + disguises(contents) + lawFiles(manifest)
    }

    /// What is decided about is the manifest, and what becomes law is the document that travels with it:
    /// they must say the same.
    private static func disguises(_ contents: PackageContents) -> [PackageRefusal] {
        let manifest = contents.manifest
        var said = manifest.document.object ?? JSONObject()
        var content = said["content"]?.object ?? JSONObject()
        said["packed"] = nil
        content["files"] = nil
        said["content"] = .object(content)
        var isSame = false
        if let path = manifest.documents.first?.path,
            case .success(let bytes) = contents.document(path),
            var document = (try? JSONValue(parsing: bytes))?.object
        {
            var content = document["content"]?.object ?? JSONObject()
            content["files"] = nil
            document["content"] = .object(content)
            isSame = JSONValue.object(document) == .object(said)
        }
        if let path = manifest.documents.last?.path,
            case .success(let bytes) = contents.document(path),
            let spec = try? JSONValue(parsing: bytes)
        {
            isSame =
                isSame && spec["id"]?.string == manifest.spec.id
                && spec["version"]?.string == manifest.spec.version.description
                && spec["framework_id"]?.string == manifest.framework.id
        } else {
            isSame = false
        }
        guard !isSame else { return [] }
        return [
            PackageRefusal(
                .manifest,
                path: manifest.archiveName,
                "The manifest of \(manifest.archiveName) says other things than the documents of the "
                    + "package and its spec that travel with it.",
                next: "Pack it again."
            )
        ]
    }

    /// What was built does not bring law: no file of it lies where the law, the ledgers or the planes'
    /// own files do.
    private static func lawFiles(_ manifest: PackedManifest) -> [PackageRefusal] {
        guard manifest.classification != "BUILDER" else { return [] }
        let file = manifest.files.first { file in
            let parts = file.path.text.split(separator: "/")
            switch parts.first {
            case "registries", "ledger": return true
            case "planes": return parts.count < 4 || parts[2] != "arena"
            default: return false
            }
        }
        guard let file else { return [] }
        return [
            PackageRefusal(
                .bringsLaw,
                path: file.path.text,
                "\(manifest.id) is of the class \(Printable(manifest.classification)) and brings "
                    + "\(Printable(file.path.text)), which lies where only the builder's own packages do.",
                next: "Put what was built below its own directory, such as agents/ or an arena."
            )
        ]
    }

    /// The law that a package was packed under must be the law of this root, byte for byte where it has
    /// the same version: a spec or framework that somebody changed in between is found here.
    static func law(
        _ manifest: PackedManifest,
        _ book: LawBook,
        _ tree: TreeSnapshot
    ) -> [PackageRefusal] {
        func differs(
            _ basis: PackedManifest.Basis,
            _ version: SemanticVersion?,
            _ path: String
        ) -> Bool {
            guard version == basis.version, let path = try? RelativePath(path) else { return false }
            return tree.digest(of: path) != basis.digest
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
        if let framework = book.framework(manifest.framework.id),
            differs(manifest.framework, framework.version, framework.path)
        {
            refusals.append(refusal("framework", manifest.framework, framework.path))
        }
        if let spec = book.specs[manifest.spec.id],
            differs(manifest.spec, spec.version, spec.path)
        {
            refusals.append(refusal("spec", manifest.spec, spec.path))
        }
        if let spec = book.specs[manifest.spec.id],
            let path = try? RelativePath(spec.path),
            tree.digest(of: path) != manifest.spec.digest
        {
            let others = book.packages.values.filter {
                $0.specID == spec.id && $0.id != manifest.id
            }.map(\.id.text).sorted()
            if !others.isEmpty {
                refusals.append(
                    PackageRefusal(
                        .conflict,
                        path: spec.path,
                        "\(manifest.archiveName) brings another \(spec.id) than the one that is here, and "
                            + "\(others.joined(separator: ", ")) rests on that one.",
                        next: "Give the package a spec of its own."
                    )
                )
            } else if manifest.spec.version < spec.version {
                refusals.append(
                    PackageRefusal(
                        .downgrade,
                        path: spec.path,
                        "\(manifest.archiveName) brings \(spec.id) \(manifest.spec.version), and "
                            + "\(spec.version) is here.",
                        next: "To go back, use 'charter version rollback'."
                    )
                )
            }
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
        if !manifest.classification.hasSameBytes(as: known.classification) {
            return [
                PackageRefusal(
                    .classChanged,
                    path: manifest.archiveName,
                    "\(manifest.id) is of the class \(Printable(known.classification)) here, and of "
                        + "\(Printable(manifest.classification)) in \(manifest.archiveName).",
                    next: "A package keeps its class; give what is of another one another id."
                )
            ]
        }
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
