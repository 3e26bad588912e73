import CLinux
import Glibc

/// How a role puts itself behind walls: it confines itself while it has one thread, executes its own
/// image again, and there closes the last door.
package enum ConfinedImage {
    /// Puts up the walls around this process and executes the program in its place.
    ///
    /// Only with one thread, since Landlock holds for the threads that come after it and not for
    /// those that were there. Descriptors stay open unless they are close-on-exec. When this throws
    /// after `host.confinement-unavailable` and `host.not-single-threaded` were passed, the process
    /// may be half confined: it reports the fault and ends.
    ///
    ///     prlimit64 … · prctl(NO_NEW_PRIVS) · landlock_restrict_self · seccomp · execveat
    package static func enter(
        _ profile: Confinement,
        executing executable: Executable,
        arguments: [String],
        environment: [String: String],
        availability: ConfinementAvailability = .probe()
    ) throws(HostFault) -> Never {
        // What the kernel cannot do is said first: it is true however many threads there are.
        let walls = try PreparedConfinement(profile, for: executable, availability: availability)
        let threads = clinux_thread_count()
        guard threads >= 0 else {
            throw .confinementUnavailable(
                reason: "/proc is not mounted, so nobody can tell how many threads there are"
            )
        }
        guard threads == 1 else { throw .notSingleThreaded(threads: Int(threads)) }
        var start = ChildProcess.Start(executable, arguments: arguments)
        start.environment = environment
        var step: Int32 = 0
        let failed = unsafe StartInC(start, walls).withPointer { pointer in
            unsafe clinux_process_become(pointer, &step)
        }
        throw StartInC.fault(-failed, step, start)
    }

    /// What the new image calls first: from now on it executes nothing, and nobody but the superuser
    /// can look into its memory.
    ///
    /// `allowsExecution` is that of its profile.
    ///
    ///     seccomp(TSYNC) · prctl(PR_SET_DUMPABLE, 0)
    package static func seal(allowsExecution: Bool) throws(HostFault) {
        if !allowsExecution {
            let sealed = clinux_seal()
            guard sealed >= 0 else { throw .confinementFailed(step: "sealing", error: -sealed) }
        }
        let hidden = clinux_hide_memory()
        guard hidden >= 0 else { throw .confinementFailed(step: "hiding", error: -hidden) }
    }
}
