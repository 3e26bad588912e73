import CLinux

/// Which walls really stand around this process: found by walking into them.
///
/// Each probe is a call that does nothing where it is allowed. `charter doctor` prints this beside
/// what was configured.
package struct ConfinementReport: Sendable, Equatable {
    package let availability: ConfinementAvailability
    package let noNewPrivileges: Bool

    /// Whether a seccomp filter is installed.
    package let hasFilter: Bool
    package let denied: Set<Probe>

    /// Something that a process may be denied.
    package enum Probe: String, Sendable, CaseIterable {
        case network
        case execution
        case modes
        case namespaces
        case otherMemory = "other-memory"
        case ioUring = "io-uring"
        case sessions

        /// Listing `/`, which everybody may do unless Landlock says no.
        case rootDirectory = "root-directory"
    }

    /// Asks the kernel, from inside.
    package static func probe() -> ConfinementReport {
        ConfinementReport(
            availability: .probe(),
            noNewPrivileges: clinux_no_new_privileges() == 1,
            hasFilter: clinux_seccomp_mode() == 2,
            denied: Set(Probe.allCases.filter { clinux_probe_denied($0.number) == 1 })
        )
    }
}

extension ConfinementReport.Probe {
    fileprivate var number: Int32 {
        switch self {
        case .network: Int32(CLINUX_PROBE_NETWORK)
        case .execution: Int32(CLINUX_PROBE_EXECUTE)
        case .modes: Int32(CLINUX_PROBE_MODES)
        case .namespaces: Int32(CLINUX_PROBE_NAMESPACES)
        case .otherMemory: Int32(CLINUX_PROBE_OTHER_MEMORY)
        case .ioUring: Int32(CLINUX_PROBE_IO_URING)
        case .sessions: Int32(CLINUX_PROBE_SESSION)
        case .rootDirectory: Int32(CLINUX_PROBE_ROOT_DIRECTORY)
        }
    }
}
