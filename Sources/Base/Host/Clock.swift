import Glibc
import Synchronization

/// What time it is, as a value, so that a test or a simulation can say it.
package struct Clock: Sendable {
    private let readUTC: @Sendable () -> Int64
    private let readMonotonic: @Sendable () -> UInt64

    /// A clock that answers with what two functions say, in nanoseconds.
    package init(
        utc: @escaping @Sendable () -> Int64,
        monotonic: @escaping @Sendable () -> UInt64
    ) {
        readUTC = utc
        readMonotonic = monotonic
    }

    /// Nanoseconds since 1970 in UTC; people set this clock, and it may go back.
    package var now: Int64 { readUTC() }

    /// Nanoseconds since some moment; it never goes back, and measures durations.
    package var monotonic: UInt64 { readMonotonic() }

    /// The machine's clocks.
    package static let system = Clock(
        utc: { nanoseconds(CLOCK_REALTIME) },
        monotonic: { UInt64(nanoseconds(CLOCK_MONOTONIC)) }
    )

    /// A clock that stands still.
    package static func fixed(_ now: Int64, monotonic: UInt64 = 0) -> Clock {
        Clock(utc: { now }, monotonic: { monotonic })
    }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        let failed = unsafe clock_gettime(clock, &time)
        precondition(failed == 0, "The kernel has no clock \(clock).")
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// A clock that moves when it is told to: for tests and simulations.
package final class SteppedClock: Sendable {
    private let time: Mutex<Int64>
    private let start: Int64

    /// Begins at a moment, in nanoseconds since 1970.
    package init(_ start: Int64) {
        self.start = start
        time = Mutex(start)
    }

    /// Moves both clocks on.
    package func advance(nanoseconds: UInt64) {
        time.withLock { $0 += Int64(nanoseconds) }
    }

    /// The clock to hand out.
    package var clock: Clock {
        Clock(
            utc: { self.time.withLock { $0 } },
            monotonic: { UInt64(self.time.withLock { $0 } - self.start) }
        )
    }
}
