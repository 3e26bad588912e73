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
