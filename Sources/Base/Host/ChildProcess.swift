import CLinux
import Glibc
import Synchronization

/// A process that this one started, held by a handle that can never name another process.
///
/// It is a child of the thread that started it: with `diesWithParent` the kernel kills it when that
/// *thread* ends, so start it from one that does not. Somebody must `wait`, or it stays a zombie.
package final class ChildProcess: Sendable {
    package let number: Int32

    /// A pidfd: readable once the process has ended, so an event loop can watch it.
    package let handle: Descriptor
    private let name: String
    private let leadsGroup: Bool
    private let end = Mutex<ExitStatus?>(nil)

    private init(number: Int32, handle: Descriptor, start: Start) {
        self.number = number
        self.handle = handle
        name = start.executable.name
        leadsGroup = start.newSession
    }

    /// How a process is started.
    ///
    /// Nothing is inherited that is not named here.
    package struct Start: Sendable {
        package var executable: Executable

        /// All of them, the name of the program first.
        package var arguments: [String]
        package var environment: [String: String] = [:]

        /// Where it works; `nil` is the directory of this process.
        package var directory: Directory?

        /// The descriptor at index i is the child's descriptor i; `nil`, and what is missing of
        /// the first three, is /dev/null.
        ///
        /// Everything else is closed.
        package var descriptors: [Descriptor?] = []

        /// The process leads a session and a group of its own, which end with it.
        package var newSession = true

        /// The kernel kills it when the thread that starts it ends.
        package var diesWithParent = false
        package var confinement: Confinement?

        /// The user that it runs as, with no other groups; only the superuser can change it.
        package var user: UserIdentity?

        /// Gives up every capability, even where it stays the superuser.
        package var dropsCapabilities = false

        /// What the kernel has; a test says otherwise.
        package var availability: ConfinementAvailability = .probe()

        /// A program and its arguments, the name of the program first; the rest can be set after.
        package init(_ executable: Executable, arguments: [String]) {
            self.executable = executable
            self.arguments = arguments
        }
    }

    /// Starts a process; when this returns, it executes its program.
    package static func start(_ start: Start) throws(HostFault) -> ChildProcess {
        let walls: PreparedConfinement? =
            if let profile = start.confinement {
                try PreparedConfinement(
                    profile,
                    for: start.executable,
                    availability: start.availability
                )
            } else { nil }
        var (handle, step): (Int32, Int32) = (-1, 0)
        let number = unsafe StartInC(start, walls).withPointer { pointer in
            unsafe clinux_process_start(pointer, &handle, &step)
        }
        guard number >= 0 else { throw StartInC.fault(-number, step, start) }
        return ChildProcess(number: number, handle: Descriptor(owning: handle), start: start)
    }

    /// Waits for the end, at most so long; `nil` where it has not come.
    ///
    /// For ever without a time. The rest of its group is killed before the process is reaped,
    /// because after that the number of the group may belong to others. It blocks: only from a
    /// `ThreadExecutor`.
    package func wait(milliseconds: Int32? = nil) throws(HostFault) -> ExitStatus? {
        if let known = end.withLock({ $0 }) { return known }
        let ready = clinux_process_poll(handle.number, milliseconds ?? -1)
        if ready == 0 || ready == -EINTR { return nil }
        guard ready > 0 else { throw .from(-ready, doing: "Waiting for", path: name) }
        return try end.withLock { end throws(HostFault) in
            if let known = end { return known }
            if leadsGroup { _ = clinux_group_signal(number, SIGKILL) }
            var (signalled, value): (Int32, Int32) = (0, 0)
            let reaped = unsafe clinux_process_reap(handle.number, &signalled, &value)
            guard reaped >= 0 else { throw .from(-reaped, doing: "Waiting for", path: name) }
            let status: ExitStatus = signalled == 0 ? .exited(value) : .signalled(value)
            end = status
            return status
        }
    }

    /// Sends a signal to this process alone; one that has ended is none of our business any more.
    package func signal(_ number: Int32) {
        _ = clinux_process_signal(handle.number, number)
    }

    /// Kills the process and everything in its group.
    ///
    /// `wait` still has to be called.
    package func kill() {
        end.withLock { end in
            // Once reaped, the number may be another's.
            if end == nil, leadsGroup { _ = clinux_group_signal(number, SIGKILL) }
        }
        _ = clinux_process_signal(handle.number, SIGKILL)
    }
}

/// A user and a group, by their numbers.
package struct UserIdentity: Sendable, Equatable {
    package let user: UInt32
    package let group: UInt32

    /// Names a user and a group.
    package init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}

/// How a process ended.
package enum ExitStatus: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)

    /// Whether it said that all went well.
    package var isSuccess: Bool { self == .exited(0) }
}

/// A start, in the form C takes it.
struct StartInC {
    private let start: ChildProcess.Start
    private let walls: PreparedConfinement?

    init(_ start: ChildProcess.Start, _ walls: PreparedConfinement?) {
        self.start = start
        self.walls = walls
    }

    func withPointer<Result>(_ body: (UnsafePointer<clinux_start>) -> Result) -> Result {
        let variables = start.environment.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        var descriptors = start.descriptors.map { $0?.number ?? -1 }
        while descriptors.count < 3 { descriptors.append(-1) }
        return unsafe withStrings(start.arguments) { arguments in
            unsafe withStrings(variables) { environment in
                unsafe descriptors.withUnsafeBufferPointer { numbers in
                    var raw = unsafe clinux_start()
                    unsafe raw.executable = start.executable.descriptor.number
                    unsafe raw.arguments = arguments
                    unsafe raw.environment = environment
                    unsafe raw.directory = start.directory?.descriptor ?? -1
                    unsafe raw.descriptors = numbers.baseAddress
                    unsafe raw.descriptor_count = numbers.count
                    unsafe raw.new_session = start.newSession ? 1 : 0
                    unsafe raw.dies_with_parent = start.diesWithParent ? 1 : 0
                    if let user = start.user {
                        unsafe raw.changes_user = 1
                        unsafe raw.user = user.user
                        unsafe raw.group = user.group
                    }
                    unsafe raw.drops_capabilities = start.dropsCapabilities ? 1 : 0
                    guard let walls else { return unsafe body(&raw) }
                    return unsafe walls.withWalls { pointer in
                        unsafe raw.confinement = pointer
                        unsafe raw.executes_once = walls.executesOnce ? 1 : 0
                        return unsafe body(&raw)
                    }
                }
            }
        }
    }

    static func fault(_ error: Int32, _ step: Int32, _ start: ChildProcess.Start) -> HostFault {
        let isWall = Int(CLINUX_STEP_LIMITS)...Int(CLINUX_STEP_SECCOMP) ~= Int(step)
        if isWall { return .confinementFailed(step: StartStep.words(step), error: error) }
        if Int(step) == Int(CLINUX_STEP_EXECUTE) {
            return .from(error, doing: "Executing", path: start.executable.name)
        }
        return .systemCall(
            doing: "Starting (\(StartStep.words(step)))",
            path: start.executable.name,
            error: error
        )
    }

    /// Lends strings as a NULL-terminated array of C strings; a string ends at its first NUL.
    private func withStrings<Result>(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        var block: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(block.count)
            block += string.utf8.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
            block.append(0)
        }
        return unsafe block.withUnsafeBufferPointer { block in
            var pointers = unsafe offsets.map { offset -> UnsafePointer<CChar>? in
                unsafe block.baseAddress.map { unsafe $0 + offset }
            }
            unsafe pointers.append(nil)
            return unsafe pointers.withUnsafeBufferPointer { pointers in
                guard let base = pointers.baseAddress else {
                    preconditionFailure("An array with an element has an address.")
                }
                return unsafe body(base)
            }
        }
    }
}
