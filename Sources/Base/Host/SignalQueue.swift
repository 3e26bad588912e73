import CLinux
import Glibc

/// The signals of this process, as something to read: an event loop watches its descriptor.
///
/// Made before any other thread, so that no thread takes them in the old way.
package final class SignalQueue: Sendable {
    /// Readable when a signal came.
    package let descriptor: Descriptor

    /// Signals that a role may be sent.
    package enum Signal: Int32, Sendable, CaseIterable {
        case hangUp = 1
        case interrupt = 2
        case terminate = 15
    }

    /// Takes these signals out of their old way.
    package init(_ signals: [Signal] = Signal.allCases) throws(HostFault) {
        let numbers = signals.map(\.rawValue)
        let opened = unsafe clinux_signals_open(numbers, Int32(numbers.count))
        guard opened >= 0 else { throw .from(-opened, doing: "Watching", path: "signals") }
        descriptor = Descriptor(owning: opened)
    }

    /// The next signal that came; `nil` where there is none.
    package func next() -> Signal? { Signal(rawValue: clinux_signals_next(descriptor.number)) }
}
