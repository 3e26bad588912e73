import CLinux
import Host
import Synchronization
import Testing

private actor Desk: ThreadBound {
    nonisolated let thread: ThreadExecutor
    private var seen: [Int] = []

    init(_ thread: ThreadExecutor) { self.thread = thread }

    func note(_ number: Int) -> Int32 {
        seen.append(number)
        return clinux_thread_number()
    }

    func block(on socket: UnixSocket) throws {
        _ = try socket.receiveExactly(1)
    }

    func all() -> [Int] { seen }

    func descended(_ byteCount: Int) -> Int { descend(byteCount) }

    func hop(to other: Desk) async -> (before: Int32, there: Int32, after: Int32) {
        let before = clinux_thread_number()
        let there = await other.note(0)
        return (before, there, clinux_thread_number())
    }

    nonisolated func assumed() -> Bool {
        assumeIsolated { _ in true }
    }

    func assumedFromInside() -> Bool { assumed() }
}

struct `A thread executor` {
    @Test func `keeps its actor on one thread, across suspensions too`() async {
        let (one, two) = (ThreadExecutor(name: "one"), ThreadExecutor(name: "two"))
        let (desk, other) = (Desk(one), Desk(two))
        var numbers: Set<Int32> = []
        for round in 0..<50 {
            numbers.insert(await desk.note(round))
            let hop = await desk.hop(to: other)
            #expect(hop.before == hop.after && hop.before != hop.there)
            numbers.insert(hop.before)
        }
        #expect(numbers.count == 1)
        #expect(!one.isCurrent)
        #expect(await desk.assumedFromInside())
        one.shutdown()
        two.shutdown()
    }

    @Test func `runs jobs in the order they came`() async {
        let thread = ThreadExecutor(name: "order")
        let desk = Desk(thread)
        for number in 0..<200 { _ = await desk.note(number) }
        #expect(await desk.all() == Array(0..<200))
        thread.shutdown()
    }

    @Test func `serves many callers at once`() async {
        let thread = ThreadExecutor(name: "many")
        let desk = Desk(thread)
        await withTaskGroup { group in
            for number in 0..<500 { group.addTask { _ = await desk.note(number) } }
        }
        #expect(await desk.all().sorted() == Array(0..<500))
        thread.shutdown()
    }

    @Test func `finishes what waits before it shuts down`() async throws {
        let thread = ThreadExecutor(name: "drain")
        let desk = Desk(thread)
        let (near, far) = try UnixSocket.pair()
        let tally = Tally()
        await withTaskGroup { group in
            group.addTask { try? await desk.block(on: far) }
            for number in 0..<100 {
                group.addTask {
                    _ = await desk.note(number)
                    tally.count.add(1, ordering: .relaxed)
                }
            }
            group.addTask {
                // The thread is held by the first job or has not met it yet; either way everything
                // that was enqueued still runs.
                try? near.send([1])
            }
        }
        thread.shutdown()
        // A second one finds nothing left to do.
        thread.shutdown()
        #expect(tally.count.load(ordering: .relaxed) == 100)
    }
}

struct `Worker threads` {
    @Test(arguments: [0, 1, 2, 7])
    func `run each body once and have ended on return`(count: Int) {
        let seen = Mutex<[Int]>([])
        let own = Mutex<Int32>(0)
        WorkerThreads.run(count) { index in
            seen.withLock { $0.append(index) }
            if index == 0 { own.withLock { $0 = clinux_thread_number() } }
        }
        let indices = seen.withLock { $0.sorted() }
        #expect(indices == Array(0..<max(count, 1)))
        // The caller is one of the workers.
        let number = own.withLock { $0 }
        #expect(number == clinux_thread_number())
    }

    @Test func `have a stack for what is nested deeply`() async {
        // All but what the frames around it take; without that stack the process ends here.
        let depth = ThreadStack.byteCount - (256 << 10)
        let calls = Mutex<[Int]>([])
        WorkerThreads.run(3) { index in
            guard index > 0 else { return }
            let count = descend(depth)
            calls.withLock { $0.append(count) }
        }
        let counts = calls.withLock { $0 }
        #expect(counts.count == 2 && counts.allSatisfy { $0 > 100 })
        let thread = ThreadExecutor(name: "stack")
        let count = await Desk(thread).descended(depth)
        #expect(count > 100)
        thread.shutdown()
    }
}

/// Goes down the stack of this thread until it is that far from where it began.
private func descend(_ byteCount: Int, from top: UInt? = nil) -> Int {
    var here: UInt8 = 0
    let address = unsafe withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
    let top = top ?? address
    return top - address >= UInt(byteCount) ? 0 : 1 + descend(byteCount, from: top)
}

private final class Tally: Sendable {
    let count = Atomic<Int>(0)
}

struct `A clock` {
    @Test func `stands still when it is fixed`() {
        let clock = Clock.fixed(1_700_000_000_000_000_000, monotonic: 5)
        #expect(clock.now == 1_700_000_000_000_000_000 && clock.monotonic == 5)
    }

    @Test func `moves when it is told to`() {
        let stepped = SteppedClock(100)
        let clock = stepped.clock
        stepped.advance(nanoseconds: 7)
        #expect(clock.now == 107 && clock.monotonic == 7)
    }

    @Test func `of the machine goes on`() {
        let first = Clock.system.monotonic
        #expect(Clock.system.monotonic >= first)
        #expect(Clock.system.now > 1_600_000_000_000_000_000)
    }
}
