import CLinux
import Glibc

/// One thread that takes everything that waits at once, and works on it as one batch.
///
/// It is the place of group commit: while a batch is being made durable, whatever arrives waits and
/// is the next batch. The state that the work needs is made on the thread and never leaves it, so
/// it need not be `Sendable`. Items are handed over in the order in which they came.
package final class BatchThread<Item: Sendable>: @unchecked Sendable {  // state is under `monitor`
    package let name: String
    private let waitingMax: Int

    private let monitor = ThreadMonitor()
    private var waiting: [Item] = []
    private var isIdle = false
    private var isStopping = false
    private var thread: pthread_t = 0

    /// Starts a thread, of whose name the kernel keeps 15 bytes.
    ///
    /// `make` runs once on it, before the first batch; `work` runs for each batch, which is never
    /// empty. No more than `waitingMax` items wait.
    package init<State>(
        name: String,
        waitingMax: Int,
        make: @escaping @Sendable () -> State,
        work: @escaping @Sendable (inout State, [Item]) -> Void
    ) {
        self.name = name
        self.waitingMax = waitingMax
        let body = ThreadBody(name: name) { [self] in
            var state = make()
            while let batch = next() { work(&state, batch) }
        }
        // The thread keeps the body, and so this value, alive; the reference ends with the body.
        let own = unsafe Unmanaged.passRetained(body).toOpaque()
        let failed = unsafe ThreadStack.start(&thread, own) { own in
            guard let own = unsafe own else { return nil }
            unsafe Unmanaged<ThreadBody>.fromOpaque(own).takeRetainedValue().run()
            return nil
        }
        precondition(failed == 0, "No thread could be started: the process is out of resources.")
    }

    /// Hands over an item; `false` where the thread is stopping or too much waits already.
    package func submit(_ item: Item) -> Bool {
        monitor.lock()
        let isTaken = !isStopping && waiting.count < waitingMax
        if isTaken { waiting.append(item) }
        // Whoever works looks again by itself; only a thread that sleeps is woken.
        if isTaken && isIdle { monitor.ring() }
        monitor.unlock()
        return isTaken
    }

    /// Takes nothing more, works on what waits, and waits for the end of the thread.
    ///
    /// It blocks, so it is called from `main` or another thread; never from its own work.
    package func shutdown() {
        monitor.lock()
        let isFirst = !isStopping
        isStopping = true
        monitor.ring()
        monitor.unlock()
        if isFirst { pthread_join(thread, nil) }
    }

    /// Takes nothing more and lets the thread end by itself, without waiting for it.
    package func stop() {
        monitor.lock()
        let isFirst = !isStopping
        isStopping = true
        monitor.ring()
        monitor.unlock()
        if isFirst { pthread_detach(thread) }
    }

    private func next() -> [Item]? {
        monitor.lock()
        defer { monitor.unlock() }
        isIdle = true
        while waiting.isEmpty && !isStopping { monitor.wait() }
        isIdle = false
        guard !waiting.isEmpty else { return nil }
        var batch: [Item] = []
        swap(&batch, &waiting)
        return batch
    }
}

/// What the thread runs; not generic, so that C can call it.
private final class ThreadBody: Sendable {
    private let name: String
    private let work: @Sendable () -> Void

    init(name: String, _ work: @escaping @Sendable () -> Void) {
        self.name = name
        self.work = work
    }

    func run() {
        _ = unsafe clinux_thread_prepare(name)
        work()
    }
}
