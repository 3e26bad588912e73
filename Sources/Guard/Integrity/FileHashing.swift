import Canon
import Crypto
import Host
import Synchronization

/// Reads many files on several threads and takes their digests.
struct FileHashing: Sendable {
    /// What reading all files gave.
    struct Outcomes: Sendable {
        /// The digest of each position, in their order.
        var digests: [Digest?]
        var oddities: [TreeScan.Oddity] = []
        var byteCount: UInt64 = 0
    }

    /// What reading one file gave.
    private enum Outcome {
        case read(Digest, FileFacts)
        case odd(TreeScan.Oddity.Kind)
    }

    /// Files of more than this are read only when somebody answers for them: a sparse one that nobody
    /// owns may be a terabyte of nothing, and its digest would tell nobody anything.
    static let eagerBytesMax: UInt64 = 1 << 30

    let root: Directory
    let listing: TreeListing
    let positions: [Int]
    let threads: Int
    let progress: (@Sendable (TreeScan.Progress) -> Void)?
    /// Where documents of the law are kept as they go by, so that nobody reads them a second time.
    let shelf: DocumentShelf

    /// Files that one thread takes at a time: one where there are few and each may be large, more
    /// where there are so many that taking them would cost.
    private var batch: Int { min(32, max(1, positions.count / 4096)) }

    /// Reads everything; the first thread does `alongside` before it helps.
    func run<Extra: Sendable>(
        alongside: @Sendable () -> Extra
    ) -> (outcomes: Outcomes, extra: Extra) {
        let next = Atomic<Int>(0)
        let collected = Mutex<[Share]>([])
        let extra = Mutex<Extra?>(nil)
        let total = positions.count
        let batch = batch
        WorkerThreads.run(min(threads, max(1, total / batch))) { worker in
            if worker == 0 {
                let value = alongside()
                extra.withLock { $0 = value }
            }
            let reader = FileReader()
            var stream = SHA256Stream()
            var mine = Share()
            mine.digests.reserveCapacity(total / max(1, threads) + 1024)
            while true {
                let start = next.wrappingAdd(batch, ordering: .relaxed).oldValue
                guard start < total else { break }
                let end = min(start + batch, total)
                for index in start..<end { read(index, reader, &stream, into: &mine) }
                if worker == 0 { progress?(TreeScan.Progress(done: end, total: total)) }
            }
            let share = mine
            collected.withLock { $0.append(share) }
        }
        var outcomes = Outcomes(digests: [Digest?](repeating: nil, count: total))
        for share in collected.withLock({ $0 }) {
            for (index, digest) in share.digests { outcomes.digests[index] = digest }
            outcomes.oddities += share.oddities
            outcomes.byteCount += share.byteCount
        }
        guard let value = extra.withLock({ $0 }) else {
            preconditionFailure("The first worker always runs.")
        }
        return (outcomes, value)
    }

    /// What one thread has read.
    private struct Share: Sendable {
        var digests: [(Int, Digest)] = []
        var oddities: [TreeScan.Oddity] = []
        var byteCount: UInt64 = 0
    }

    private func read(
        _ index: Int,
        _ reader: FileReader,
        _ stream: inout SHA256Stream,
        into share: inout Share
    ) {
        switch hash(positions[index], reader, &stream) {
        case .read(let digest, let facts):
            share.digests.append((index, digest))
            share.byteCount += facts.bytesRead
            if facts.links > 1 || facts.permissions & 0o6000 != 0 {
                share.oddities.append(TreeScan.Oddity(index: index, kind: .facts(facts)))
            }
        case .odd(let kind):
            share.oddities.append(TreeScan.Oddity(index: index, kind: kind))
        }
    }

    private func hash(
        _ position: Int,
        _ reader: FileReader,
        _ stream: inout SHA256Stream
    ) -> Outcome {
        let isLaw = isLaw(position)
        var content: [UInt8] = []
        do {
            let facts = try reader.read(
                position,
                of: listing,
                beneath: root,
                limit: FileHashing.eagerBytesMax
            ) { chunk in
                stream.update(chunk)
                if isLaw { content.append(chunk) }
            }
            let digest = stream.finish()
            if facts.isSettled(since: listing.start) {
                if isLaw { shelf.put(Array(listing.path(of: position)), content, digest) }
                return .read(digest, facts)
            }
            return hashAgain(position, reader, &stream)
        } catch {
            stream.reset()
            if case .tooLarge(_, let size, _) = error { return .odd(.large(size)) }
            return .odd(.unreadable(error))
        }
    }

    private func isLaw(_ position: Int) -> Bool {
        let path = listing.path(of: position)
        return path.starts(with: FileHashing.lawFolder)
            && path.suffix(5).elementsEqual(".json".utf8)
    }

    private static let lawFolder = Array("registries/".utf8)

    /// Reads one large file to its end, for somebody who answers for it.
    static func readLarge(_ path: [UInt8], beneath root: Directory) -> (Digest, FileFacts)? {
        var stream = SHA256Stream()
        for _ in 0..<triesMax {
            // A change within this tick of the clock could be followed by one that moves no time.
            guard let before = try? root.facts(of: path) else { return nil }
            let start = momentAfter(before.changedNanoseconds)
            guard let facts = try? FileReader().read(path, beneath: root, { stream.update($0) })
            else { return nil }
            let digest = stream.finish()
            if facts.isSettled(since: start) { return (digest, facts) }
        }
        return nil
    }

    /// How often a file that changes is read again before it is given up.
    private static let triesMax = 5

    /// A file that changed about when the walk began is read again, from a later moment.
    ///
    /// Timestamps move with the kernel's tick, so a file that changed within this tick could change
    /// again unseen: the tick is let pass first. A few tries forgive a writer that is just finishing.
    private func hashAgain(
        _ position: Int,
        _ reader: FileReader,
        _ stream: inout SHA256Stream
    ) -> Outcome {
        for _ in 0..<FileHashing.triesMax {
            do {
                guard let before = try root.facts(of: listing.path(of: position)) else { break }
                let start = FileHashing.momentAfter(before.changedNanoseconds)
                let after = try reader.read(position, of: listing, beneath: root) { chunk in
                    stream.update(chunk)
                }
                let digest = stream.finish()
                if after.isSettled(since: start) { return .read(digest, after) }
                // A time far in the future, left by a clock that was set back: the two looks decide.
                if before.changedNanoseconds > start + FileHashing.tickMax,
                    before.changedNanoseconds == after.changedNanoseconds,
                    before.inode == after.inode, after.size == after.bytesRead
                {
                    return .read(digest, after)
                }
            } catch {
                stream.reset()
                return .odd(.unreadable(error))
            }
        }
        return .odd(.changing)
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
