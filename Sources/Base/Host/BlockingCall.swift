import Glibc

/// The way from `main`, which is synchronous, to code that waits without blocking.
package enum BlockingCall {
    /// Runs a body on the shared pool and waits for its end.
    ///
    /// It blocks its thread, so only `main` and threads of our own call it.
    package static func wait<Value: Sendable>(
        _ body: @escaping @Sendable () async -> Value
    ) -> Value {
        let end = End<Value>()
        Task.detached { end.set(await body()) }  // nothing above can await it; `end` waits instead
        return end.wait()
    }
}

/// A value that one thread waits for, and another gives once.
@safe
private final class End<Value: Sendable>: @unchecked Sendable {  // state is under `lock`
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let signal: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value?

    init() {
        unsafe lock = .allocate(capacity: 1)
        unsafe signal = .allocate(capacity: 1)
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(signal, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(lock)
        unsafe pthread_cond_destroy(signal)
        unsafe lock.deallocate()
        unsafe signal.deallocate()
    }

    func set(_ value: Value) {
        unsafe pthread_mutex_lock(lock)
        self.value = value
        unsafe pthread_cond_signal(signal)
        unsafe pthread_mutex_unlock(lock)
    }

    func wait() -> Value {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while true {
            if let value { return value }
            unsafe pthread_cond_wait(signal, lock)
        }
    }
}
