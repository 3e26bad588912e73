import Glibc

/// A lock, and a bell that threads which hold it wait for.
///
/// For threads of our own; tasks have actors. `Mutex` has no bell, so this is the pair of the C library.
@safe
final class ThreadMonitor: @unchecked Sendable {  // the two are made for many threads
    /// Owned, with fixed addresses, because threads wait on them: freed by `deinit`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let bell: UnsafeMutablePointer<pthread_cond_t>

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe bell = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(bell, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe pthread_cond_destroy(bell)
        unsafe mutex.deallocate()
        unsafe bell.deallocate()
    }

    func lock() { unsafe pthread_mutex_lock(mutex) }

    func unlock() { unsafe pthread_mutex_unlock(mutex) }

    /// Lets the lock go, waits for the bell, and takes the lock again; whoever wakes looks anew.
    func wait() { unsafe pthread_cond_wait(bell, mutex) }

    /// Wakes one that waits.
    func ring() { unsafe pthread_cond_signal(bell) }
}
