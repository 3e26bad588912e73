import Canon
package import Host
package import Policy
package import Registry

/// Reads a bundle from where it lies, leaving out what the root itself puts beside its files.
package enum BundleFolder {
    /// The bundle in a directory of the disk.
    ///
    /// Links and special files in it are refused: what is signed is bytes.
    package static func read(
        _ directory: Directory,
        name: String = "bundle",
        limits: PolicyBundle.Limits = .standard
    ) throws(GatesFault) -> PolicyBundle {
        var files: [BundleFile] = []
        do {
            for entry in try TreeWalk(entriesMax: UInt64(limits.filesMax) * 4).list(directory) {
                guard entry.kind != .directory, !isRegistry(entry.path) else { continue }
                let bytes = try directory.readWhole(entry.path, limit: limits.fileBytesMax)
                files.append(
                    BundleFile(path: String(decoding: entry.path, as: UTF8.self), bytes: bytes)
                )
            }
        } catch {
            throw .host(error)
        }
        do {
            return try PolicyBundle(files: files, name: name, limits: limits)
        } catch {
            throw .refused(error)
        }
    }

    /// The bundles that lie in a governed root, by name; what cannot be a bundle says why.
    package static func bundles(
        in tree: TreeSnapshot
    ) -> [String: Result<PolicyBundle, BundleRefusal>] {
        var files: [String: [BundleFile]] = [:]
        let prefix = Array((RootLayout.bundles + "/").utf8)
        for path in tree.paths where path.bytes.starts(with: prefix) {
            let inner = path.bytes.dropFirst(prefix.count)
            guard let slash = inner.firstIndex(of: UInt8(ascii: "/")), !isRegistry(inner),
                case .success(let bytes) = tree.document(path)
            else { continue }
            let name = String(decoding: inner[..<slash], as: UTF8.self)
            let place = String(decoding: inner[(slash + 1)...], as: UTF8.self)
            files[name, default: []].append(BundleFile(path: place, bytes: bytes))
        }
        return files.mapValues { found in
            do throws(BundleRefusal) {
                return .success(try PolicyBundle(files: found))
            } catch {
                return .failure(error)
            }
        }
    }

    private static func isRegistry(_ path: ArraySlice<UInt8>) -> Bool {
        let name = path.split(separator: UInt8(ascii: "/")).last ?? path
        return name.elementsEqual(RootLayout.localRegistryName.utf8)
    }
}
