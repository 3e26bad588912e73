import CLinux
import Glibc

/// What this machine is, as `charter doctor` tells it.
package struct HostFacts: Sendable {
    package let kernelRelease: String
    package let processors: Int
    package let user: UInt32
    package let effectiveUser: UInt32
    package let hasOpenat2: Bool
    package let confinement: ConfinementAvailability

    /// Asks the kernel.
    package static func probe() -> HostFacts {
        var release = [CChar](repeating: 0, count: 128)
        let asked = unsafe clinux_kernel_release(&release, release.count)
        let bytes = release.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return HostFacts(
            kernelRelease: asked < 0 ? "unknown" : String(decoding: bytes, as: UTF8.self),
            processors: max(Int(clinux_processor_count()), 1),
            user: getuid(),
            effectiveUser: geteuid(),
            hasOpenat2: clinux_has_openat2() == 1,
            confinement: .probe()
        )
    }

    /// The number of the user this process belongs to.
    package static var currentUser: UInt32 { getuid() }

    /// The number of the process that started this one.
    package static var parentNumber: Int32 { getppid() }

    /// The number of this process.
    package static var processNumber: Int32 { getpid() }

    /// The name of the file system a directory lies on, or its number where we know no name.
    package static func fileSystem(of directory: Directory) throws(HostFault) -> String {
        let magic = clinux_file_system_magic(directory.descriptor)
        guard magic >= 0 else {
            let error = Int32(truncatingIfNeeded: -magic)
            throw .from(error, doing: "Looking at", path: directory.path)
        }
        // The numbers of linux/magic.h.
        switch magic {
        case 0xEF53: return "ext4"
        case 0x5846_5342: return "xfs"
        case 0x9123_683E: return "btrfs"
        case 0x0102_1994: return "tmpfs"
        case 0x794C_7630: return "overlayfs"
        case 0x2FC1_2FC1: return "zfs"
        case 0xF2F5_2010: return "f2fs"
        case 0x6969: return "nfs"
        case 0x6573_5546: return "fuse"
        case 0x9FA0: return "proc"
        case 0x6265_6572: return "sysfs"
        default: return "0x" + String(magic, radix: 16)
        }
    }
}
