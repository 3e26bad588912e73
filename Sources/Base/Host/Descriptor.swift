import CLinux

/// An open file description that is ours: closed when the last reference goes away.
package final class Descriptor: Sendable {
    /// The number in this process, valid as long as this value lives.
    package let number: Int32

    /// Takes over a descriptor that nobody else closes.
    package init(owning number: Int32) {
        precondition(number >= 0, "A descriptor has a number that is not negative.")
        self.number = number
    }

    deinit { _ = clinux_close(number) }

    /// A pipe: what is written to one end is read from the other.
    ///
    /// Neither survives an exec. `ours` is the end that never blocks.
    static func pipe(ours: PipeEnd) throws(HostFault) -> (read: Descriptor, write: Descriptor) {
        var pair: [Int32] = [-1, -1]
        let made = unsafe clinux_pipe(&pair, ours.rawValue)
        guard made >= 0 else { throw .from(-made, doing: "Making", path: "a pipe") }
        return (Descriptor(owning: pair[0]), Descriptor(owning: pair[1]))
    }
}

/// One end of a pipe, by its place in the pair.
enum PipeEnd: Int32 {
    case read = 0
    case write = 1
}
