import Glibc

/// The stack of every thread that this process starts itself.
package enum ThreadStack {
    /// 4 MiB: a schema or a document nested as deep as we accept takes up to 2 MiB in a debug build.
    ///
    /// Stated, because the default is that of `ulimit -s`, which is not ours to rely on. Pages that
    /// are never touched cost nothing.
    package static let byteCount = 4 << 20

    /// `pthread_create` with such a stack; 0 or the errno.
    static func start(
        _ thread: inout pthread_t,
        _ argument: UnsafeMutableRawPointer,
        _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
    ) -> Int32 {
        var attributes = pthread_attr_t()
        let made = unsafe pthread_attr_init(&attributes)
        guard made == 0 else { return made }
        defer { unsafe pthread_attr_destroy(&attributes) }
        let sized = unsafe pthread_attr_setstacksize(&attributes, byteCount)
        guard sized == 0 else { return sized }
        return unsafe pthread_create(&thread, &attributes, body, argument)
    }
}
