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
private final class End<Value: Sendable>: @unchecked Sendable {  // state is under `monitor`
    private let monitor = ThreadMonitor()
    private var value: Value?

    func set(_ value: Value) {
        monitor.lock()
        self.value = value
        monitor.ring()
        monitor.unlock()
    }

    func wait() -> Value {
        monitor.lock()
        defer { monitor.unlock() }
        while true {
            if let value { return value }
            monitor.wait()
        }
    }
}
