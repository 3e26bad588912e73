import CLinux
import Canon
import Glibc

/// What can go wrong between Charter and Linux.
///
/// Every case has a code of its own where a caller may want to tell it apart; everything else is
/// `systemCall`, with the words of the errno.
package enum HostFault: Fault, Equatable {
    case missing(path: String)
    case alreadyExists(path: String)
    case notADirectory(path: String)
    case directoryNotEmpty(path: String)
    case symbolicLink(path: String)
    case notARegularFile(path: String, kind: FileKind)
    case permissionDenied(doing: String, path: String)
    case readOnlyFileSystem(path: String)
    case noSpace(path: String)
    case tooLarge(path: String, bytes: UInt64, limit: UInt64)
    case unsafePath(path: String, reason: String)
    case leavesDirectory(path: String)
    case differentFileSystem(from: String, to: String)
    case treeTooLarge(path: String, entriesMax: UInt64)
    case tooManyOpenFiles(path: String)
    case locked(path: String, holder: Int32?)
    /// Something that names things is not UTF-8; `shown` is made for reading.
    case notText(what: String, shown: String)
    case fileSizeLimit(path: String)
    case systemCall(doing: String, path: String, error: Int32)
    case socketPathTooLong(path: String, bytes: Int)
    case connectionClosed
    case tooManyDescriptors
    case confinementUnavailable(reason: String)
    case notSingleThreaded(threads: Int)
    case confinementFailed(step: String, error: Int32)

    package var code: String {
        switch self {
        case .missing: "host.missing"
        case .alreadyExists: "host.already-exists"
        case .notADirectory: "host.not-a-directory"
        case .directoryNotEmpty: "host.directory-not-empty"
        case .symbolicLink: "host.symbolic-link"
        case .notARegularFile: "host.not-a-regular-file"
        case .permissionDenied: "host.permission-denied"
        case .readOnlyFileSystem: "host.read-only-file-system"
        case .noSpace: "host.no-space"
        case .tooLarge: "host.file-too-large"
        case .unsafePath: "host.unsafe-path"
        case .leavesDirectory: "host.leaves-directory"
        case .differentFileSystem: "host.different-file-system"
        case .treeTooLarge: "host.tree-too-large"
        case .tooManyOpenFiles: "host.too-many-open-files"
        case .locked: "host.locked"
        case .notText: "host.not-text"
        case .fileSizeLimit: "host.file-size-limit"
        case .systemCall: "host.system-call-failed"
        case .socketPathTooLong: "host.socket-path-too-long"
        case .connectionClosed: "host.connection-closed"
        case .tooManyDescriptors: "host.too-many-descriptors"
        case .confinementUnavailable: "host.confinement-unavailable"
        case .notSingleThreaded: "host.not-single-threaded"
        case .confinementFailed: "host.confinement-failed"
        }
    }

    package var description: String {
        switch self {
        case .missing(let path):
            "\(path) does not exist; check the spelling of the path."
        case .alreadyExists(let path):
            "\(path) already exists and is never overwritten; remove it first or use another name."
        case .notADirectory(let path):
            "\(path) or a part of that path is not a directory; name a directory."
        case .directoryNotEmpty(let path):
            "\(path) is a directory that is not empty; remove what it holds first."
        case .symbolicLink(let path):
            "\(path) is or passes through a symbolic link, and links are never followed here; "
                + "use the real path."
        case .notARegularFile(let path, let kind):
            "\(path) is a \(kind.words), and only a regular file can be read here."
        case .permissionDenied(let doing, let path):
            "\(doing) \(path): permission denied; check its owner and mode, and which user runs "
                + "this."
        case .readOnlyFileSystem(let path):
            "\(path) lies on a file system that is mounted read-only; nothing can be written there."
        case .noSpace(let path):
            "\(path) could not be written: no space or quota is left; free some and try again."
        case .tooLarge(let path, let bytes, let limit):
            "\(path) has \(bytes) bytes, and at most \(limit) are accepted."
        case .unsafePath(let path, let reason):
            "\"\(path)\" is not accepted as a path: \(reason)."
        case .leavesDirectory(let path):
            "\(path) leaves the directory it was asked for beneath: it has a \"..\", or something "
                + "is mounted on the way; unmount it or name a path inside."
        case .differentFileSystem(let from, let to):
            "\(from) cannot be moved to \(to): they lie on different file systems; "
                + "put both on one."
        case .treeTooLarge(let path, let entriesMax):
            "\(path) holds more than \(entriesMax) entries, the most one walk accepts."
        case .tooManyOpenFiles(let path):
            "\(path) could not be opened: too many files are open; raise the limit (ulimit -n)."
        case .locked(let path, let holder):
            "\(path) is locked by \(holder.map { "process \($0)" } ?? "another process"); "
                + "wait for it to end, or stop it."
        case .notText(let what, let shown):
            "\(what) is not UTF-8: \(shown). Nothing is repaired or guessed; "
                + "use a name that is UTF-8."
        case .fileSizeLimit(let path):
            "\(path) could not be written: it would be larger than this process or file system "
                + "allows (ulimit -f); raise the limit and try again."
        case .systemCall(let doing, let path, let error):
            "\(doing) \(path): \(HostFault.words(of: error)) (errno \(error))"
                + (error == EIO ? "; check the disk, then do it again." : ".")
        case .socketPathTooLong(let path, let bytes):
            "The socket path \(path) has \(bytes) bytes, and the kernel takes at most 107; "
                + "use a shorter directory."
        case .connectionClosed:
            "The other end closed the connection before everything was received."
        case .tooManyDescriptors:
            "A message was refused: it carried more descriptors than were asked for."
        case .confinementUnavailable(let reason):
            "This process cannot be confined as its profile demands: \(reason); use a kernel "
                + "with Landlock and seccomp, or accept less with --confinement=reduced."
        case .notSingleThreaded(let threads):
            "A process can only be confined while it has one thread, and this one has \(threads)."
        case .confinementFailed(let step, let error):
            "Confining a process failed at \(step): \(HostFault.words(of: error)) "
                + "(errno \(error))."
        }
    }

    /// What the C library says about an errno, in words.
    package static func words(of error: Int32) -> String {
        let text = unsafe String(cString: clinux_error_words(error))
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// The fault that an errno means for what was being done to a path.
    ///
    /// `doing` is a phrase that stands before the path: "Reading".
    static func from(_ error: Int32, doing: String, path: @autoclosure () -> String) -> HostFault {
        switch error {
        case ENOENT: .missing(path: path())
        case EEXIST: .alreadyExists(path: path())
        case ENOTDIR: .notADirectory(path: path())
        case ENOTEMPTY: .directoryNotEmpty(path: path())
        case ELOOP: .symbolicLink(path: path())
        case EACCES, EPERM: .permissionDenied(doing: doing, path: path())
        case EROFS: .readOnlyFileSystem(path: path())
        case ENOSPC, EDQUOT: .noSpace(path: path())
        case EXDEV: .leavesDirectory(path: path())
        case EFBIG: .fileSizeLimit(path: path())
        case EMFILE, ENFILE: .tooManyOpenFiles(path: path())
        case ENXIO: .notARegularFile(path: path(), kind: .unknown)
        default: .systemCall(doing: doing, path: path(), error: error)
        }
    }
}
