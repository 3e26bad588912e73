import CLinux
import Glibc

/// One thread that runs the jobs of its actors in the order they came.
///
/// Calls that block (fsync, sqlite3_step, recvmsg, waitid) belong on such a thread, never on the
/// shared pool. The thread lives until `shutdown`, which every executor must get.
package final class ThreadExecutor: SerialExecutor, @unchecked Sendable {  // state: under `monitor`
    package let name: String

    private struct State {
        var jobs: [UnownedJob] = []
        var isStopping = false
        var hasEnded = false
    }

    private let monitor = ThreadMonitor()
    private var state = State()

    private let owner = ThreadNumber()
    private var thread: pthread_t = 0

    /// Starts a thread, of whose name the kernel keeps 15 bytes.
    package init(name: String) {
        self.name = name
        // The thread keeps the executor alive; `run` gives this reference back at its end.
        let own = unsafe Unmanaged.passRetained(self).toOpaque()
        let failed = unsafe ThreadStack.start(&thread, own) { own in
            guard let own = unsafe own else { return nil }
            unsafe Unmanaged<ThreadExecutor>.fromOpaque(own).takeRetainedValue().run()
            return nil
        }
        precondition(failed == 0, "No thread could be started: the process is out of resources.")
    }

    /// Takes a job, to run after those that came before it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        monitor.lock()
        precondition(!state.hasEnded, "An actor outlived the thread \(name) it is bound to.")
        state.jobs.append(job)
        monitor.ring()
        monitor.unlock()
    }

    /// Ends the process when the caller is on another thread.
    package func checkIsolated() {
        precondition(isCurrent, "This code runs on another thread than \(name).")
    }

    /// Whether the caller may touch what this thread guards.
    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Whether the caller runs on this thread.
    package var isCurrent: Bool { owner.isCurrent }

    /// Runs every job that waits, and those they cause, ends the thread and waits for its end.
    ///
    /// It blocks, so it is called from `main` or another thread executor; never from this one.
    package func shutdown() {
        precondition(!isCurrent, "A thread cannot wait for its own end.")
        monitor.lock()
        let isFirst = !state.isStopping
        state.isStopping = true
        monitor.ring()
        monitor.unlock()
        if isFirst { pthread_join(thread, nil) }
    }

    private func run() {
        owner.take()
        _ = unsafe clinux_thread_prepare(name)
        let executor = unsafe asUnownedSerialExecutor()
        while true {
            monitor.lock()
            while state.jobs.isEmpty && !state.isStopping {
                monitor.wait()
            }
            let jobs = state.jobs
            state.jobs = []
            state.hasEnded = jobs.isEmpty
            monitor.unlock()
            if jobs.isEmpty { return }
            for job in jobs { unsafe job.runSynchronously(on: executor) }
        }
    }
}
