import Canon
import Crypto
import Host
import Synchronization

/// Reads many files on several threads and takes their digests.
struct FileHashing {
    struct Outcome: Sendable {
        var digest: Digest?
        var facts: FileFacts?
        var problem: TreeScan.Problem?
    }

    let root: Directory
    let listing: TreeListing
    let positions: [Int]
    let threads: Int
    let progress: (@Sendable (TreeScan.Progress) -> Void)?

    /// Files that one thread takes at a time: few enough to balance, enough to be cheap.
    private static let batch = 32

    /// The outcome for each position, in their order.
    func run() -> [Outcome] {
        let next = Atomic<Int>(0)
        let collected = Mutex<[(start: Int, outcomes: [Outcome])]>([])
        let total = positions.count
        WorkerThreads.run(min(threads, max(1, total / FileHashing.batch))) { worker in
            let reader = FileReader()
            var stream = SHA256Stream()
            var mine: [(start: Int, outcomes: [Outcome])] = []
            while true {
                let start = next.wrappingAdd(FileHashing.batch, ordering: .relaxed).oldValue
                guard start < total else { break }
                let end = min(start + FileHashing.batch, total)
                mine.append(
                    (start, positions[start..<end].map { hash($0, reader, &stream) })
                )
                if worker == 0 { progress?(TreeScan.Progress(done: end, total: total)) }
            }
            collected.withLock { $0 += mine }
        }
        var out = [Outcome](repeating: Outcome(), count: total)
        for (start, outcomes) in collected.withLock({ $0 }) {
            for (offset, outcome) in outcomes.enumerated() { out[start + offset] = outcome }
        }
        return out
    }

    private func hash(
        _ position: Int,
        _ reader: FileReader,
        _ stream: inout SHA256Stream
    ) -> Outcome {
        do {
            let facts = try reader.read(position, of: listing, beneath: root) { chunk in
                stream.update(chunk)
            }
            let digest = stream.finish()
            if facts.isSettled(since: listing.start) {
                return Outcome(digest: digest, facts: facts)
            }
            return hashAgain(position, reader, &stream)
        } catch {
            stream.reset()
            return Outcome(problem: .unreadable(error))
        }
    }

    /// A file that changed about when the walk began is read again, from a later moment.
    ///
    /// Timestamps move with the kernel's tick, so a file that changed within this tick could change
    /// again unseen: the tick is let pass first. A few tries forgive a writer that is just finishing.
    private func hashAgain(
        _ position: Int,
        _ reader: FileReader,
        _ stream: inout SHA256Stream
    ) -> Outcome {
        for _ in 0..<5 {
            do {
                guard let before = try root.facts(of: listing.path(of: position)) else { break }
                let start = FileHashing.momentAfter(before.changedNanoseconds)
                let after = try reader.read(position, of: listing, beneath: root) { chunk in
                    stream.update(chunk)
                }
                let digest = stream.finish()
                if after.isSettled(since: start) { return Outcome(digest: digest, facts: after) }
                // A time far in the future, left by a clock that was set back: the two looks decide.
                if before.changedNanoseconds > start + FileHashing.tickMax,
                    before.changedNanoseconds == after.changedNanoseconds,
                    before.inode == after.inode, after.size == after.bytesRead
                {
                    return Outcome(digest: digest, facts: after)
                }
            } catch {
                stream.reset()
                return Outcome(problem: .unreadable(error))
            }
        }
        return Outcome(problem: .changing)
    }

    /// No kernel ticks more slowly than a hundred times a second; twice that, to be safe.
    private static let tickMax: Int64 = 20_000_000

    /// A moment of the kernel's clock after a change, waited for where it is less than a tick away.
    private static func momentAfter(_ change: Int64) -> Int64 {
        var now = Directory.now
        while now <= change && change - now <= tickMax { now = Directory.now }
        return now
    }
}
