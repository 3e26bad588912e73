import CLinux
import Glibc

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

extension ConfinementReport {
    /// Something done in earnest to a place that was laid out for it.
    ///
    /// The place holds the files `read`, `write`, `rename`, `link` and `remove`, and `socket`, on
    /// which somebody listens.
    package enum Deed: String, Sendable, CaseIterable {
        case list
        case read
        case write
        case create
        case rename
        case link
        case remove
        case connect
        case signal
    }

    /// What came of a deed.
    package enum Outcome: Sendable, Equatable {
        case allowed
        case denied

        /// It failed for another reason, and so says nothing about walls.
        case failed(error: Int32)
    }

    /// Does one thing to a place that this process may or may not touch; what it takes goes to `own`.
    ///
    /// The process to signal is the one that started this one, and it only asks whether it may.
    package static func attempt(
        _ deed: Deed,
        at place: String,
        own: String
    ) -> Outcome {
        // Two places must not take each other's trophies.
        let trophy = own + "/from-" + (place.split(separator: "/").last ?? "")
        let error: Int32 =
            switch deed {
            case .list: opened(place, O_RDONLY | O_DIRECTORY)
            case .read: opened(place + "/read", O_RDONLY)
            case .write: opened(place + "/write", O_WRONLY | O_TRUNC)
            case .create: opened(place + "/created", O_WRONLY | O_CREAT | O_EXCL)
            case .rename:
                unsafe Glibc.rename(place + "/rename", trophy + "-moved") == 0 ? 0 : errno
            case .link:
                unsafe Glibc.link(place + "/link", trophy + "-linked") == 0 ? 0 : errno
            case .remove: unsafe unlink(place + "/remove") == 0 ? 0 : errno
            case .connect: connected(place + "/socket")
            case .signal: kill(getppid(), 0) == 0 ? 0 : errno
            }
        return outcome(error)
    }

    /// Something that a process may reach for, wherever it lies.
    package enum Reach: Sendable {
        case read(String)
        case write(String)
        case list(String)
        /// A file that is removed again where it could be made.
        case create(String)
        case connect(String)
        /// Only asks whether it may.
        case signal(Int32)
    }

    /// Reaches for one thing.
    package static func attempt(_ reach: Reach) -> Outcome {
        switch reach {
        case .read(let path): outcome(opened(path, O_RDONLY))
        case .write(let path): outcome(opened(path, O_WRONLY))
        case .list(let path): outcome(opened(path, O_RDONLY | O_DIRECTORY))
        case .create(let path):
            {
                let error = opened(path, O_WRONLY | O_CREAT | O_EXCL)
                if error == 0 { _ = unsafe unlink(path) }
                return outcome(error)
            }()
        case .connect(let path): outcome(connected(path))
        case .signal(let number): outcome(kill(number, 0) == 0 ? 0 : errno)
        }
    }

    private static func outcome(_ error: Int32) -> Outcome {
        switch error {
        case 0: .allowed
        // EXDEV is how Landlock says that a file may not change its directory.
        case EACCES, EPERM, EXDEV: .denied
        default: .failed(error: error)
        }
    }

    private static func opened(_ path: String, _ flags: Int32) -> Int32 {
        let number = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard number >= 0 else { return errno }
        close(number)
        return 0
    }

    private static func connected(_ path: String) -> Int32 {
        do throws(HostFault) {
            _ = try UnixSocket.connect(path)
            return 0
        } catch .permissionDenied {
            return EACCES
        } catch .systemCall(_, _, let error) {
            return error
        } catch {
            return EINVAL
        }
    }
}
