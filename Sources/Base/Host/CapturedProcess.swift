import CLinux
import Glibc

/// A process that was run to its end, with what it wrote.
package struct CapturedProcess: Sendable {
    package let status: ExitStatus
    package let output: [UInt8]
    package let errors: [UInt8]

    /// Why it was killed before it ended by itself.
    package let stopped: Reason?

    /// A bound that a process ran into.
    package enum Reason: Sendable, Equatable {
        case timeLimit
        case outputLimit
    }

    /// Whether it ended by itself and said that all went well.
    package var isSuccess: Bool { status.isSuccess && stopped == nil }

    /// Runs a process to its end, feeding and draining it, with its whole group killed at a limit.
    ///
    /// Its first three descriptors become pipes of ours. `bytesMax` bounds output and errors
    /// together. It blocks: only from a `ThreadExecutor`.
    package static func run(
        _ start: ChildProcess.Start,
        input: [UInt8] = [],
        bytesMax: Int,
        milliseconds: UInt64,
        clock: Clock = .system
    ) throws(HostFault) -> CapturedProcess {
        var (child, exchange) = try launch(start, input: input, bytesMax: bytesMax)
        let deadline = clock.monotonic + milliseconds * 1_000_000
        return try exchange.finish(child, deadline: deadline, clock)
    }

    /// Starts the process.
    ///
    /// The ends it has of the pipes are closed here when this returns: held any longer, our reads
    /// would never see an end.
    private static func launch(
        _ start: ChildProcess.Start,
        input: [UInt8],
        bytesMax: Int
    ) throws(HostFault) -> (ChildProcess, Exchange) {
        let feed = try Descriptor.pipe(ours: .write)
        let output = try Descriptor.pipe(ours: .read)
        let errors = try Descriptor.pipe(ours: .read)
        var start = start
        start.descriptors =
            [feed.read, output.write, errors.write] + start.descriptors.dropFirst(3)
        let exchange = Exchange(
            input: input,
            feed: feed.write,
            drains: [output.read, errors.read],
            bytesMax: bytesMax
        )
        return (try ChildProcess.start(start), exchange)
    }
}

/// The three pipes between us and a process.
private struct Exchange {
    private let input: [UInt8]
    private var fed = 0
    private var feed: Descriptor?
    private var drains: [Descriptor?]
    private var received: [[UInt8]] = [[], []]
    private let bytesMax: Int
    private var chunk = [UInt8](repeating: 0, count: 64 * 1024)

    init(input: [UInt8], feed: Descriptor, drains: [Descriptor], bytesMax: Int) {
        self.input = input
        self.feed = input.isEmpty ? nil : feed
        self.drains = drains
        self.bytesMax = bytesMax
    }

    mutating func finish(
        _ child: ChildProcess,
        deadline: UInt64,
        _ clock: Clock
    ) throws(HostFault) -> CapturedProcess {
        var stopped: CapturedProcess.Reason?
        var status: ExitStatus?
        while status == nil || drains.contains(where: { $0 != nil }) {
            if stopped == nil {
                if received[0].count + received[1].count > bytesMax { stopped = .outputLimit }
                if clock.monotonic >= deadline { stopped = .timeLimit }
                if stopped != nil { child.kill() }
            }
            // A descendant that left the group may hold a pipe for ever: after a stop, what is there
            // is taken and no more is waited for.
            if stopped != nil, status != nil { break }
            let now = clock.monotonic
            let left = stopped == nil && deadline > now ? (deadline - now) / 1_000_000 + 1 : 100
            try wait(child, watching: status == nil, milliseconds: Int32(min(left, 60_000)))
            if stopped == .outputLimit { drains = [nil, nil] }
            if status == nil { status = try child.wait(milliseconds: 0) }
        }
        guard let status else { preconditionFailure("The loop ends with a status.") }
        return CapturedProcess(
            status: status,
            output: received[0],
            errors: received[1],
            stopped: stopped
        )
    }

    /// Waits for any of the pipes or the end of the process, and moves what can be moved.
    private mutating func wait(
        _ child: ChildProcess,
        watching: Bool,
        milliseconds: Int32
    ) throws(HostFault) {
        func watch(_ descriptor: Descriptor?, _ events: Int32) -> pollfd {
            // poll ignores a negative number.
            pollfd(fd: descriptor?.number ?? -1, events: Int16(events), revents: 0)
        }
        var waiting = [
            watch(feed, POLLOUT), watch(drains[0], POLLIN), watch(drains[1], POLLIN),
            watch(watching ? child.handle : nil, POLLIN),
        ]
        let ready = unsafe poll(&waiting, nfds_t(waiting.count), milliseconds)
        if ready <= 0 { return }
        if waiting[0].revents != 0 { pushInput() }
        for index in drains.indices where waiting[index + 1].revents != 0 { drain(index) }
    }

    private mutating func pushInput() {
        guard let descriptor = feed else { return }
        let written = unsafe input.withUnsafeBytes { bytes in
            unsafe clinux_write_quietly(
                descriptor.number,
                bytes.baseAddress.map { unsafe $0 + fed },
                bytes.count - fed
            )
        }
        if written > 0 { fed += Int(written) }
        // A process that does not want its input closes the pipe: that is its right.
        let isGone = written < 0 && written != -Int64(EAGAIN) && written != -Int64(EINTR)
        if fed == input.count || isGone { feed = nil }
    }

    private mutating func drain(_ index: Int) {
        guard let descriptor = drains[index] else { return }
        let count = unsafe clinux_read(descriptor.number, &chunk, chunk.count)
        if count > 0 { received[index] += chunk[..<Int(count)] }
        if count == 0 || (count < 0 && count != -Int64(EAGAIN)) { drains[index] = nil }
    }
}
