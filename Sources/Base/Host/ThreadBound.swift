/// An actor that runs on a thread of its own choosing.
///
/// It declares `let thread: ThreadExecutor`, and everything isolated to it runs there.
package protocol ThreadBound: Actor {
    /// The thread this actor runs on, for as long as it lives.
    nonisolated var thread: ThreadExecutor { get }
}

extension ThreadBound {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe thread.asUnownedSerialExecutor()
    }
}
