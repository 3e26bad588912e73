import Canon
import Host

/// An archive as somebody brings it: a file with its attestations beside it, or an OCI layout.
package struct PackageBrought: Sendable {
    let directory: Directory
    /// The path of the archive in the directory.
    let name: String
    let attestations: [UInt8]

    /// Looks at what was brought: a directory is a layout, anything else a file.
    static func find(
        _ name: String,
        in directory: Directory
    ) throws(PackageFault) -> Result<PackageBrought, PackageContents.Refused> {
        do {
            guard try directory.facts(of: name)?.kind == .directory else {
                let attestations = try PackageShelf.attestations(beside: name, in: directory)
                return .success(
                    PackageBrought(directory: directory, name: name, attestations: attestations)
                )
            }
            let inner = try directory.openDirectory(name)
            switch try ImageLayout(in: inner).find() {
            case .failure(let refused): return .failure(refused)
            case .success(let found):
                return .success(
                    PackageBrought(
                        directory: inner,
                        name: found.name,
                        attestations: found.attestations
                    )
                )
            }
        } catch {
            throw PackageFault(carrying: error)
        }
    }
}
