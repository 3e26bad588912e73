/// The right to answer one caller that waits; it is answered exactly once.
///
/// A caller suspends in `wait`, and whoever holds the reply resumes it from any thread. A checked
/// continuation would cost a good part of what a durable append costs; the price is that answering
/// twice is undefined, so a reply is handed on and never kept.
@safe package struct Reply<Value: Sendable>: Sendable {
    private let continuation: UnsafeContinuation<Value, Never>

    /// Suspends the caller until the reply, which the body hands on, is answered.
    package static func wait(_ body: (Reply) -> Void) async -> Value {
        await unsafe withUnsafeContinuation { continuation in
            body(unsafe Reply(continuation: continuation))
        }
    }

    private init(continuation: UnsafeContinuation<Value, Never>) {
        unsafe self.continuation = continuation
    }

    /// Resumes the caller.
    package func answer(_ value: Value) {
        unsafe continuation.resume(returning: value)
    }
}
