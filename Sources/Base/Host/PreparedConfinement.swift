import CLinux
import Glibc

/// The walls of one process, built and not yet put up.
///
/// Everything that can fail for a reason worth telling fails here, in the parent; between clone and
/// exec only four system calls are left.
struct PreparedConfinement {
    private let ruleset: Descriptor?
    private let filter: [UInt64]
    private let limits: ResourceLimits
    let executesOnce: Bool

    init(
        _ profile: Confinement,
        for executable: Executable,
        availability: ConfinementAvailability
    ) throws(HostFault) {
        if profile.strictness == .full, let shortcoming = availability.shortcoming {
            throw .confinementUnavailable(reason: shortcoming)
        }
        limits = profile.limits
        executesOnce = !profile.allowsExecution && availability.hasSeccomp
        ruleset = try PreparedConfinement.ruleset(profile, executable, availability)
        filter = try availability.hasSeccomp ? PreparedConfinement.filter(profile) : []
    }

    /// Lends the walls in the form C takes them.
    func withWalls<Result>(_ body: (UnsafePointer<clinux_confinement>) -> Result) -> Result {
        unsafe filter.withUnsafeBytes { bytes in
            var walls = unsafe clinux_confinement()
            unsafe walls.ruleset = ruleset?.number ?? -1
            unsafe walls.filter = filter.isEmpty ? nil : bytes.baseAddress
            unsafe walls.filter_count = UInt16(filter.count)
            unsafe walls.limit_cpu_seconds = limits.processorSeconds ?? 0
            unsafe walls.limit_file_bytes = limits.fileBytes ?? 0
            unsafe walls.limit_memory_bytes = limits.memoryBytes ?? 0
            unsafe walls.limit_processes = limits.processes ?? 0
            // Not above the number of the exec: see CLINUX_EXECUTE_DESCRIPTOR.
            let most = UInt64(CLINUX_EXECUTE_DESCRIPTOR)
            unsafe walls.limit_open_files = min(limits.openFiles ?? most, most)
            return unsafe withUnsafePointer(to: &walls) { unsafe body($0) }
        }
    }

    private static func ruleset(
        _ profile: Confinement,
        _ executable: Executable,
        _ availability: ConfinementAvailability
    ) throws(HostFault) -> Descriptor? {
        guard availability.landlockVersion > 0 else { return nil }
        let version = Int32(
            min(availability.landlockVersion, ConfinementAvailability.newestVersion)
        )
        let made = clinux_landlock_create(version, keep(profile))
        guard made >= 0 else { throw .confinementFailed(step: "Landlock", error: -made) }
        let ruleset = Descriptor(owning: made)
        func grant(_ descriptor: Descriptor, _ right: Int, _ path: String) throws(HostFault) {
            let done = clinux_landlock_grant(
                ruleset.number,
                version,
                descriptor.number,
                UInt32(right)
            )
            guard done >= 0 else { throw .confinementFailed(step: path, error: -done) }
        }
        try grant(executable.descriptor, Int(CLINUX_GRANT_EXECUTE), executable.name)
        let lists = [
            (profile.readable, Int(CLINUX_GRANT_READ)),
            (profile.executable, Int(CLINUX_GRANT_EXECUTE)),
            (profile.writable, Int(CLINUX_GRANT_WRITE)),
        ]
        for (paths, right) in lists {
            for path in paths {
                let bytes = try PathBytes.absolute(path)
                let named = unsafe clinux_landlock_name(bytes.terminated)
                // What does not exist is not granted; a place to write must be there, because a
                // rule holds for the thing and not for its name.
                if named == -ENOENT && right != Int(CLINUX_GRANT_WRITE) { continue }
                guard named >= 0 else { throw .from(-named, doing: "Granting", path: path) }
                try grant(Descriptor(owning: named), right, path)
            }
        }
        return ruleset
    }

    private static func filter(_ profile: Confinement) throws(HostFault) -> [UInt64] {
        // One BPF instruction is eight bytes.
        var filter = [UInt64](repeating: 0, count: Int(CLINUX_FILTER_CAPACITY))
        let count = unsafe clinux_seccomp_build(keep(profile), &filter)
        guard count >= 0 else { throw .confinementFailed(step: "seccomp", error: -count) }
        return Array(filter[..<Int(count)])
    }

    private static func keep(_ profile: Confinement) -> UInt32 {
        var keep = 0
        if profile.allowsNetwork { keep |= Int(CLINUX_KEEP_NETWORK) }
        if profile.allowsExecution { keep |= Int(CLINUX_KEEP_EXECUTE) }
        if profile.allowsModes { keep |= Int(CLINUX_KEEP_MODES) }
        if profile.allowsSessions { keep |= Int(CLINUX_KEEP_SESSION) }
        return UInt32(keep)
    }
}

/// The names of the steps between clone and exec, for messages.
enum StartStep {
    static func words(_ step: Int32) -> String {
        switch Int(step) {
        case Int(CLINUX_STEP_LIMITS): "setting resource limits"
        case Int(CLINUX_STEP_NO_NEW_PRIVILEGES): "giving up new privileges"
        case Int(CLINUX_STEP_LANDLOCK): "entering the Landlock domain"
        case Int(CLINUX_STEP_SECCOMP): "installing the seccomp filter"
        case Int(CLINUX_STEP_SESSION): "making a session"
        case Int(CLINUX_STEP_PARENT): "binding to the parent"
        case Int(CLINUX_STEP_DESCRIPTORS): "placing descriptors"
        case Int(CLINUX_STEP_DIRECTORY): "entering the directory"
        case Int(CLINUX_STEP_USER): "becoming its user"
        default: "executing"
        }
    }
}
