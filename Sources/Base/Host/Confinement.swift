import Glibc

/// What a process may still do: everything that is not named here is denied by the kernel.
///
/// Landlock holds the paths, seccomp the system calls; no privilege can be gained any more, and no
/// core is written. Denied to everyone, whatever stands here: other processes' memory, namespaces,
/// mounts, kernel keys, modules and clocks, io_uring, bpf, and files without a name.
package struct Confinement: Sendable, Equatable {
    /// Files, or directories with everything beneath, that may be read.
    ///
    /// A path that does not exist grants nothing.
    package var readable: [String]

    /// As `readable`; also made, changed, renamed and removed.
    ///
    /// Each must exist.
    package var writable: [String]

    /// As `readable`; also executed.
    ///
    /// The program that is started is always among them.
    package var executable: [String]

    /// Whether sockets may be made, bound, listened on and connected.
    ///
    /// Those handed over always work.
    package var allowsNetwork: Bool

    /// Whether another program may be executed after the first.
    package var allowsExecution: Bool

    /// Whether modes, owners, times and extended attributes of files may be changed.
    ///
    /// Neither Landlock nor seccomp can allow this for some files only.
    package var allowsModes: Bool

    /// Whether the process may leave its process group, and so escape being killed with it.
    package var allowsSessions: Bool
    package var limits: ResourceLimits

    /// What happens where the kernel cannot do all of this.
    package var strictness: Strictness

    /// What is not named is denied.
    package init(
        readable: [String] = [],
        writable: [String] = [],
        executable: [String] = [],
        allowsNetwork: Bool = false,
        allowsExecution: Bool = false,
        allowsModes: Bool = false,
        allowsSessions: Bool = false,
        limits: ResourceLimits = ResourceLimits(),
        strictness: Strictness = .full
    ) {
        self.readable = readable
        self.writable = writable
        self.executable = executable
        self.allowsNetwork = allowsNetwork
        self.allowsExecution = allowsExecution
        self.allowsModes = allowsModes
        self.allowsSessions = allowsSessions
        self.limits = limits
        self.strictness = strictness
    }

    /// How much less than demanded is accepted.
    package enum Strictness: Sendable, Equatable {
        /// Landlock of version 3 or later (the first that controls truncation) and seccomp, or none
        /// of it: the process is not started.
        case full

        /// What this kernel has, be it nothing: only when the operator said so in so many words.
        case reduced
    }

    /// What a dynamically linked program reads before its first own instruction.
    package static let loaderPaths = [
        "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache",
    ]
}

extension Confinement {
    /// Grants what this process's own image needs to be executed again, and nothing beside it.
    ///
    /// Its libraries, exactly those that are mapped now, are readable; only the loader is executable.
    package mutating func admitOwnImage() throws(HostFault) {
        let maps = try Directory.open("/proc").readWhole("\(getpid())/maps", limit: 8 << 20)
        var libraries: Set<String> = []
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            // "addresses rights offset device inode   /path": the path begins at the first slash.
            guard let slash = line.firstIndex(of: UInt8(ascii: "/")) else { continue }
            libraries.insert(String(decoding: line[slash...], as: UTF8.self))
        }
        for path in libraries.sorted() {
            let name = path.split(separator: "/").last ?? ""
            if !name.contains(".so") { continue }
            if name.hasPrefix("ld-") || name.hasPrefix("ld.") || name.hasPrefix("ld64.") {
                executable.append(path)
            } else {
                readable.append(path)
            }
        }
        readable.append("/etc/ld.so.cache")
    }
}

/// How much a process may use; `nil` leaves what it inherits.
package struct ResourceLimits: Sendable, Equatable {
    package var processorSeconds: UInt64?
    package var fileBytes: UInt64?
    package var memoryBytes: UInt64?

    /// Counted over all processes of the same user, and not enforced on the superuser.
    package var processes: UInt64?

    /// At most 1024 in a confined process.
    package var openFiles: UInt64?

    /// What is not named is inherited.
    package init(
        processorSeconds: UInt64? = nil,
        fileBytes: UInt64? = nil,
        memoryBytes: UInt64? = nil,
        processes: UInt64? = nil,
        openFiles: UInt64? = nil
    ) {
        self.processorSeconds = processorSeconds
        self.fileBytes = fileBytes
        self.memoryBytes = memoryBytes
        self.processes = processes
        self.openFiles = openFiles
    }
}
