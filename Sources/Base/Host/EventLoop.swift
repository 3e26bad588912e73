import CLinux
import Glibc

/// One thread that waits for descriptors, moments and other threads, and runs what belongs to each.
///
/// It is also the executor of actors that are bound to it (`LoopBound`): what they await resumes
/// here, without a hop to another thread. What is ready is handled, then jobs run until there are
/// none, then whatever asked for the end of the turn, such as writing what piled up, in one call.
/// Handlers must not block. It runs on the thread that calls `run`, which is the only one that may
/// watch and schedule.
package final class EventLoop: SerialExecutor, @unchecked Sendable {  // state under `monitor`
    /// What of a descriptor is waited for.
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32

        /// Takes the bits of the kernel's shim.
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// There is something to read, or the other end is gone.
        package static let readable = Interest(rawValue: UInt32(CLINUX_READABLE))
        /// There is room to write.
        package static let writable = Interest(rawValue: UInt32(CLINUX_WRITABLE))
    }

    /// Something that is watched; the number is never used again.
    package struct Watch: Hashable, Sendable {
        fileprivate let token: UInt64
    }

    /// Something that will happen; the number is never used again.
    package struct Timer: Hashable, Sendable {
        fileprivate let token: UInt64
    }

    private struct Watched {
        let descriptor: Descriptor
        var interest: Interest
        let handler: (Interest) -> Void
    }

    private struct Due {
        let token: UInt64
        let moment: UInt64
        let body: () -> Void
    }

    private let descriptor: Descriptor
    private let bell: Descriptor
    private let clock: Clock

    // Owned by the thread that runs the loop.
    private var watched: [UInt64: Watched] = [:]
    private var due: [Due] = []
    private var endings: [() -> Void] = []
    private var nextToken: UInt64 = 1
    private var ready = [clinux_ready](repeating: clinux_ready(), count: 64)
    private var isRunning = false
    private let owner = ThreadNumber()

    /// Shared with every thread, under the monitor.
    private let monitor = ThreadMonitor()
    private var jobs: [UnownedJob] = []
    private var submitted: [@Sendable () -> Void] = []
    private var isStopping = false
    /// Whether the loop may be asleep, so that a new job has to wake it.
    private var isAsleep = false

    private static let bellToken: UInt64 = 0

    /// A loop that is not running yet.
    package init(clock: Clock = .system) throws(HostFault) {
        let loop = clinux_loop_create()
        guard loop >= 0 else { throw .from(-loop, doing: "Making", path: "an event loop") }
        descriptor = Descriptor(owning: loop)
        let bell = clinux_bell_create()
        guard bell >= 0 else { throw .from(-bell, doing: "Making", path: "a bell") }
        self.bell = Descriptor(owning: bell)
        self.clock = clock
        let watching = clinux_loop_watch(
            loop,
            bell,
            EventLoop.bellToken,
            0,
            UInt32(CLINUX_READABLE)
        )
        guard watching >= 0 else { throw .from(-watching, doing: "Watching", path: "a bell") }
        owner.take()
    }

    // MARK: - From any thread

    /// Takes a job of an actor that is bound here.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        monitor.lock()
        jobs.append(job)
        wakeAndUnlock()
    }

    /// Runs a body on the loop, after what came before it.
    package func submit(_ body: @escaping @Sendable () -> Void) {
        monitor.lock()
        submitted.append(body)
        wakeAndUnlock()
    }

    /// Ends `run` after the turn that is under way.
    package func stop() {
        monitor.lock()
        isStopping = true
        wakeAndUnlock()
    }

    /// Ends the process when the caller is on another thread.
    package func checkIsolated() {
        precondition(isCurrent, "This code runs on another thread than its event loop.")
    }

    /// Whether the caller may touch what this thread guards.
    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Whether the caller runs on the loop's thread.
    package var isCurrent: Bool { owner.isCurrent }

    private func wakeAndUnlock() {
        let mustRing = isAsleep && !isCurrent
        if mustRing { isAsleep = false }
        monitor.unlock()
        if mustRing { _ = clinux_bell_ring(bell.number) }
    }

    // MARK: - On the loop

    /// Watches a descriptor, which the loop keeps open until it is forgotten.
    package func watch(
        _ descriptor: Descriptor,
        _ interest: Interest,
        _ handler: @escaping (Interest) -> Void
    ) throws(HostFault) -> Watch {
        checkIsolated()
        let token = takeToken()
        let done = clinux_loop_watch(
            self.descriptor.number,
            descriptor.number,
            token,
            0,
            interest.rawValue
        )
        guard done >= 0 else { throw .from(-done, doing: "Watching", path: "a descriptor") }
        watched[token] = Watched(descriptor: descriptor, interest: interest, handler: handler)
        return Watch(token: token)
    }

    /// Waits for other things of a descriptor from now on; for nothing while it is empty.
    package func change(_ watch: Watch, to interest: Interest) {
        checkIsolated()
        guard let place = watched.index(forKey: watch.token) else { return }
        let before = watched.values[place].interest
        let done = clinux_loop_watch(
            descriptor.number,
            watched.values[place].descriptor.number,
            watch.token,
            before.rawValue,
            interest.rawValue
        )
        precondition(done >= 0, "A descriptor that is open can be watched.")
        watched.values[place].interest = interest
    }

    /// Forgets a descriptor; its handler is not called again.
    package func forget(_ watch: Watch) {
        checkIsolated()
        change(watch, to: [])
        watched[watch.token] = nil
    }

    /// Runs a body once, not before so many nanoseconds have gone by.
    @discardableResult
    package func schedule(
        afterNanoseconds nanoseconds: UInt64,
        _ body: @escaping () -> Void
    ) -> Timer {
        checkIsolated()
        let token = takeToken()
        let moment = clock.monotonic + nanoseconds
        // The few that wait are kept in order, the next one last.
        let place = due.firstIndex { $0.moment <= moment } ?? due.count
        due.insert(Due(token: token, moment: moment, body: body), at: place)
        return Timer(token: token)
    }

    /// Takes back what was scheduled and has not run.
    package func cancel(_ timer: Timer) {
        checkIsolated()
        due.removeAll { $0.token == timer.token }
    }

    /// Runs a body when everything that is ready now has been handled.
    package func atEndOfTurn(_ body: @escaping () -> Void) {
        checkIsolated()
        endings.append(body)
    }

    /// Runs until somebody calls `stop`.
    ///
    /// The thread that made the loop runs it.
    package func run() {
        checkIsolated()
        precondition(!isRunning, "A loop runs once at a time.")
        isRunning = true
        defer { isRunning = false }
        while turn() {}
    }

    private func turn() -> Bool {
        runJobs()
        while !endings.isEmpty {
            let bodies = endings
            endings = []
            for body in bodies { body() }
            runJobs()
        }
        monitor.lock()
        let isEnding = isStopping
        let hasWork = !jobs.isEmpty || !submitted.isEmpty
        isAsleep = !hasWork && !isEnding
        if isEnding { isStopping = false }
        monitor.unlock()
        if isEnding { return false }
        wait(nanoseconds: hasWork ? 0 : untilNextDue())
        return true
    }

    private func wait(nanoseconds: Int64) {
        let count = unsafe clinux_loop_wait(
            descriptor.number,
            &ready,
            Int32(ready.count),
            nanoseconds
        )
        precondition(count >= 0, "An event loop can wait.")
        monitor.lock()
        isAsleep = false
        monitor.unlock()
        for index in 0..<Int(count) {
            let event = ready[index]
            if event.token == EventLoop.bellToken {
                _ = clinux_bell_clear(bell.number)
            } else if let found = watched[event.token] {
                // One that an earlier handler forgot is not there any more.
                found.handler(Interest(rawValue: event.events))
            }
        }
        guard !due.isEmpty else { return }
        let now = clock.monotonic
        while let next = due.last, next.moment <= now {
            due.removeLast()
            next.body()
        }
    }

    private func untilNextDue() -> Int64 {
        guard let next = due.last else { return -1 }
        let now = clock.monotonic
        return next.moment <= now ? 0 : Int64(clamping: next.moment - now)
    }

    private func runJobs() {
        let executor = unsafe asUnownedSerialExecutor()
        while true {
            monitor.lock()
            var waiting: [UnownedJob] = []
            var bodies: [@Sendable () -> Void] = []
            swap(&waiting, &jobs)
            swap(&bodies, &submitted)
            monitor.unlock()
            if waiting.isEmpty && bodies.isEmpty { return }
            for body in bodies { body() }
            for job in waiting { unsafe job.runSynchronously(on: executor) }
        }
    }

    private func takeToken() -> UInt64 {
        nextToken += 1
        return nextToken
    }
}

/// An actor that runs on an event loop.
///
/// It declares `let loop: EventLoop`; the loop's handlers enter it with `assumeIsolated`.
package protocol LoopBound: Actor {
    /// The loop this actor runs on, for as long as it lives.
    nonisolated var loop: EventLoop { get }
}

extension LoopBound {
    /// The loop, as the runtime wants it.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }
}
