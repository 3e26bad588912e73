/// Something that belongs to an event loop, and may be handed around as long as only the loop uses it.
///
/// Whoever reaches for it from another thread ends the process.
package struct LoopLocal<Value>: @unchecked Sendable {  // `value` checks the thread each time
    private let loop: EventLoop
    private let held: Value

    /// Ties a value to the loop on whose thread it is made.
    package init(_ value: Value, on loop: EventLoop) {
        loop.checkIsolated()
        self.loop = loop
        held = value
    }

    /// The value, for the loop's own thread.
    package var value: Value {
        loop.checkIsolated()
        return held
    }
}
