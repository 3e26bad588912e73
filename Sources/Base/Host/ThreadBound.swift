/// An actor that runs on a thread of its own choosing.
///
/// It declares `let thread: ThreadExecutor`, and everything isolated to it runs there.
package protocol ThreadBound: Actor {
    /// The thread this actor runs on, for as long as it lives.
    nonisolated var thread: ThreadExecutor { get }
}

extension ThreadBound {
    /// The thread, as the runtime wants it: the one place where an actor needs the word `unsafe`.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe thread.asUnownedSerialExecutor()
    }
}
