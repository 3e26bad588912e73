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

    /// A file that changed about when the walk began is read between two looks at its facts.
    ///
    /// Equal facts on both sides, and equal to those of the read itself, mean that the kernel saw no
    /// change in between; a few tries forgive a writer that is just finishing.
    private func hashAgain(
        _ position: Int,
        _ reader: FileReader,
        _ stream: inout SHA256Stream
    ) -> Outcome {
        for _ in 0..<5 {
            do {
                guard let before = try root.facts(of: listing.path(of: position)) else { break }
                let after = try reader.read(position, of: listing, beneath: root) { chunk in
                    stream.update(chunk)
                }
                let digest = stream.finish()
                if before.changedNanoseconds == after.changedNanoseconds
                    && before.size == after.bytesRead && before.inode == after.inode
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
}
