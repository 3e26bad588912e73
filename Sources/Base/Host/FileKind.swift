import CLinux

/// What a thing in the file system is.
package enum FileKind: UInt8, Sendable, CaseIterable {
    case unknown = 0
    case file
    case directory
    case symbolicLink
    case socket
    case fifo
    case characterDevice
    case blockDevice

    /// The name of the kind in a sentence.
    package var words: String {
        switch self {
        case .unknown: "thing of unknown kind"
        case .file: "regular file"
        case .directory: "directory"
        case .symbolicLink: "symbolic link"
        case .socket: "socket"
        case .fifo: "named pipe"
        case .characterDevice: "character device"
        case .blockDevice: "block device"
        }
    }
}
