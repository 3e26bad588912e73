import Glibc
import Synchronization

/// Blocking work on several threads at once, for as long as one call lasts.
///
/// The shared pool of Swift's tasks has a thread a core and must never block; reading 100,000 files
/// blocks. The caller's own thread is one of the workers, and none outlives the call.
package enum WorkerThreads {
    /// Runs `body` once on each of `count` threads and returns when all have ended.
    ///
    /// Body 0 runs on the caller's own stack, the others on stacks of `ThreadStack.byteCount`.
    package static func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            var threads: [pthread_t] = []
            for index in 1..<max(count, 1) {
                let work = unsafe Unmanaged.passRetained(Work(index: index, body: body))
                var thread = pthread_t()
                let made = unsafe ThreadStack.start(&thread, work.toOpaque()) { raw in
                    guard let raw = unsafe raw else { return nil }
                    let work = unsafe Unmanaged<Work>.fromOpaque(raw).takeRetainedValue()
                    work.body(work.index)
                    return nil
                }
                if made == 0 {
                    threads.append(thread)
                } else {
                    // A machine that gives no more threads still gets its work done, later.
                    unsafe work.release()
                    body(index)
                }
            }
            body(0)
            for thread in threads { pthread_join(thread, nil) }
        }
    }

    /// Does two things beside each other, the second on the caller's own stack.
    package static func both<First: Sendable, Second: Sendable>(
        _ first: @Sendable () -> First,
        _ second: @Sendable () -> Second
    ) -> (First, Second) {
        let one = Mutex<First?>(nil)
        let other = Mutex<Second?>(nil)
        run(2) { index in
            if index == 0 {
                let made = second()
                other.withLock { $0 = made }
            } else {
                let made = first()
                one.withLock { $0 = made }
            }
        }
        guard let first = one.withLock({ $0 }), let second = other.withLock({ $0 }) else {
            preconditionFailure("Both have run when the threads have ended.")
        }
        return (first, second)
    }

    /// How many threads this process may run at once.
    package static var available: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

/// What one thread does.
private final class Work: Sendable {
    let index: Int
    let body: @Sendable (Int) -> Void

    init(index: Int, body: @escaping @Sendable (Int) -> Void) {
        self.index = index
        self.body = body
    }
}
