import CLinux
import Synchronization

/// Which thread something belongs to.
final class ThreadNumber: Sendable {
    private let number = Atomic<Int32>(0)

    /// From now on it belongs to the calling thread.
    func take() { number.store(clinux_thread_number(), ordering: .releasing) }

    /// Whether it belongs to the calling thread.
    var isCurrent: Bool { number.load(ordering: .acquiring) == clinux_thread_number() }
}
