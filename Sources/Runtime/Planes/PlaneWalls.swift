import Host
import Wire

/// The walls that the kernel puts around a plane: its manifest, as a confinement.
struct PlaneWalls {
    let root: String
    let isReduced: Bool

    /// Where the state of a running plane lies in its root.
    static func run(of party: Party) -> String { "planes/\(party.rawValue)/run" }

    /// Its own ledger and state can be written, what its manifest names can be read, and nothing else.
    func walls(of manifest: TierManifest, hasOwnUser: Bool) throws(HostFault) -> Confinement {
        let party = manifest.party
        var walls = Confinement(
            readable: manifest.reads.map { "\(root)/\($0)" } + ["/dev/null", "/dev/urandom"],
            writable: [
                "\(root)/ledger/\(party.rawValue)", "\(root)/\(PlaneWalls.run(of: party))",
            ],
            allowsExecution: manifest.mayExecute,
            limits: ResourceLimits(
                memoryBytes: UInt64(manifest.memoryBytesMax),
                openFiles: UInt64(manifest.openFilesMax)
            ),
            strictness: isReduced ? .reduced : .full
        )
        try walls.admitOwnImage()
        // Threads count as processes, and a user that is shared has others.
        if hasOwnUser { walls.limits.processes = UInt64(manifest.processesMax + 15) }
        return walls
    }
}
