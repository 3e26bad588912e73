import Canon
import Crypto
import Host
import Ledger
import Synchronization

/// `charter ledger bench DIR`.
enum LedgerBenchVerb {
    static let operation = Operation(
        words: ["ledger", "bench"],
        summary: "measure what this disk gives a log",
        details: """
            Makes a log in a new directory and lets so many callers write at once, each waiting until its
            entry is on the disk. One caller writes on its own thread, as a command does. Then the log is
            verified whole, and proofs are made and checked. The directory is left for a look; remove it
            afterwards.

            --acknowledge prints the index of each entry once it is durable, one a line, for whoever wants
            to pull the plug. --attempts writes an attempt and its outcome in place of one fact.
            Example: charter ledger bench /var/tmp/bench --callers 64 --entries 100000
            """,
        operands: [.init(name: "DIR", summary: "a directory that is not there yet, or is empty")],
        options: [
            .init(name: "callers", value: "N", summary: "how many write at once; 64"),
            .init(name: "entries", value: "N", summary: "how many entries in all; 20000"),
            .init(name: "body", value: "BYTES", summary: "the size of each body; 512"),
            .init(name: "acknowledge", value: nil, summary: "print each index once it is durable"),
            .init(name: "attempts", value: nil, summary: "write attempts with outcomes"),
        ]
    ) { request, surroundings throws(OperationFault) in
        try LedgerBenchVerb.Run(request, surroundings).run()
    }

    private struct Run: Sendable {
        let path: String
        let callers: Int
        let entries: Int
        let bodyCount: Int
        let acknowledges: Bool
        let attempts: Bool
        let surroundings: Surroundings

        init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
            path = surroundings.absolute(request.operands[0])
            callers = try LedgerView.number("callers", 1...4096, request) ?? 64
            entries = try LedgerView.number("entries", 1...100_000_000, request) ?? 20_000
            bodyCount = try LedgerView.number("body", 0...1_000_000, request) ?? 512
            acknowledges = request.has("acknowledge")
            attempts = request.has("attempts")
            self.surroundings = surroundings
        }

        func run() throws(OperationFault) -> Answer {
            do {
                let directory = try Directory.openMaking(path, mode: 0o700)
                let place = try place()
                let written =
                    callers == 1
                    ? try appendAlone(directory, place)
                    : try BlockingCall.wait { await append(directory, place) }.get()
                return try measured(directory, place, written)
            } catch {
                throw OperationFault(error)
            }
        }

        /// How many entries nobody has begun to write yet.
        private final class Remaining: Sendable {
            private let count: Atomic<Int>

            init(_ count: Int) { self.count = Atomic(count) }

            func take() -> Bool { count.subtract(1, ordering: .relaxed).newValue >= 0 }
        }

        private struct Written: Sendable {
            var times: [UInt64] = []
            var nanoseconds: UInt64 = 0
            var transactions = 0
        }

        /// Writes and waits, as so many callers at once.
        private func append(
            _ directory: Directory,
            _ place: LedgerLog.Place
        ) async -> Result<Written, LedgerFault> {
            do throws(LedgerFault) {
                let clock = surroundings.clock
                let writer = try await LedgerWriter.open(directory, place)
                let before = try await writer.withLog { (log) throws(LedgerFault) in log.commits }
                let left = Remaining(entries)
                let began = clock.monotonic
                let parts = await withTaskGroup(of: Result<[UInt64], LedgerFault>.self) { group in
                    for caller in 0..<callers {
                        group.addTask {
                            do throws(LedgerFault) {
                                return .success(try await self.write(caller, writer, left))
                            } catch {
                                return .failure(error)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                var written = Written()
                written.nanoseconds = clock.monotonic - began
                for part in parts { written.times += try part.get() }
                written.times.sort()
                let after = try await writer.withLog { (log) throws(LedgerFault) in log.commits }
                written.transactions = after - before
                try await writer.close()
                return .success(written)
            } catch {
                return .failure(error)
            }
        }

        /// Writes as the only caller there is, on its own thread: what a command does.
        private func appendAlone(
            _ directory: Directory,
            _ place: LedgerLog.Place
        ) throws(LedgerFault) -> Written {
            let clock = surroundings.clock
            let log = try LedgerLog(directory, place)
            let draft = draft(of: 0)
            var written = Written()
            let before = log.commits
            let began = clock.monotonic
            for _ in 0..<entries {
                let one = clock.monotonic
                if attempts {
                    let attempt = try log.attempt(draft)
                    acknowledge(attempt.receipt)
                    acknowledge(try log.outcome(of: attempt, .succeeded))
                } else {
                    acknowledge(try log.record(draft))
                }
                written.times.append(clock.monotonic - one)
            }
            written.nanoseconds = clock.monotonic - began
            written.transactions = log.commits - before
            written.times.sort()
            _ = try log.checkpoint()
            try log.close()
            return written
        }

        private func draft(of caller: Int) -> EntryDraft {
            var draft = EntryDraft(
                attempts ? LedgerBenchVerb.act : LedgerBenchVerb.fact,
                by: EntryActor("bench:\(caller)", .builder)
            )
            draft.body = EntryBody(
                [UInt8](repeating: UInt8(truncatingIfNeeded: caller), count: bodyCount),
                mediaType: "application/octet-stream"
            )
            return draft
        }

        private func write(
            _ caller: Int,
            _ writer: LedgerWriter,
            _ left: Remaining
        ) async throws(LedgerFault) -> [UInt64] {
            let draft = draft(of: caller)
            var times: [UInt64] = []
            let clock = surroundings.clock
            while left.take() {
                let began = clock.monotonic
                if attempts {
                    let attempt = try await writer.attempt(draft)
                    acknowledge(attempt.receipt)
                    acknowledge(try await writer.outcome(of: attempt, .succeeded))
                } else {
                    acknowledge(try await writer.record(draft))
                }
                times.append(clock.monotonic - began)
            }
            return times
        }

        private func acknowledge(_ receipt: Receipt) {
            guard acknowledges else { return }
            // One write a line: what was printed whole was durable.
            try? surroundings.emit(Array("\(receipt.index) \(receipt.digest)\n".utf8))
        }

        private func measured(
            _ directory: Directory,
            _ place: LedgerLog.Place,
            _ written: Written
        ) throws -> Answer {
            let clock = surroundings.clock
            guard let reader = try LedgerReader(directory), let signer = place.signer else {
                throw LedgerFault.noCheckpoint(origin: place.origin)
            }
            var verifier = LedgerVerifier()
            let key = try NoteVerifier(
                name: place.origin,
                algorithm: .log,
                key: signer.verifyingKey
            )
            verifier.key = key
            let began = clock.monotonic
            let report = try verifier.verify(DatabaseLog(directory))
            // A clock that stands still, as in a test, must not divide by nothing.
            let verifying = max(Double(clock.monotonic - began) / 1e9, 1e-9)
            let proof = try proofTime(reader, key, report.coveredEntries)
            let seconds = max(Double(written.nanoseconds) / 1e9, 1e-9)
            let count = Double(entries * (attempts ? 2 : 1))
            func microseconds(_ share: Double) -> Double {
                Double(written.times[Int(Double(written.times.count - 1) * share)]) / 1000
            }
            let rows: [(String, Double)] = [
                ("seconds", seconds), ("appends_per_second", count / seconds),
                ("p50_us", microseconds(0.5)), ("p99_us", microseconds(0.99)),
                ("transactions", Double(written.transactions)),
                ("entries_per_transaction", count / Double(max(1, written.transactions))),
                ("verify_seconds", verifying),
                ("verify_entries_per_second", Double(report.entries) / verifying),
                ("proof_us", proof),
            ]
            var json = JSONObject(rows.map { ($0.0, .number(LedgerBenchVerb.number($0.1))) })
            json["callers"] = .integer(callers)
            json["entries"] = .integer(entries)
            json["verified"] = .bool(report.isWhole)
            json["key"] = .string(key.description)
            return Answer(
                report.isWhole ? .done : .refused,
                json: .object(json),
                lines: rows.map { name, value in
                    let padding = String(repeating: " ", count: 28 - name.count)
                    return name + padding + LedgerBenchVerb.number(value).text
                } + report.findings.map { "\($0.code.rawValue)  \($0.reason)" }
            )
        }

        /// Microseconds to make an inclusion proof and to check it, over entries all across the log.
        private func proofTime(
            _ reader: LedgerReader,
            _ key: NoteVerifier,
            _ size: Int
        ) throws -> Double {
            let proofs = try reader.proofs()
            let root = try proofs.root(of: size)
            var leaves: [(Int, Digest)] = []
            for step in 0..<min(2000, size) {
                let index = step * 7919 % size
                leaves.append((index, try reader.entry(index).entry.digest))
            }
            let began = surroundings.clock.monotonic
            for (index, digest) in leaves {
                guard try proofs.inclusion(of: index, in: size).leads(from: digest, to: root) else {
                    throw LedgerFault.entryMalformed(index: index, reason: "its proof is wrong")
                }
            }
            let time = Double(surroundings.clock.monotonic - began)
            return time / 1000 / Double(max(1, leaves.count))
        }

        private func place() throws -> LedgerLog.Place {
            let kinds =
                EventMap.own + [
                    EventMap.Kind(
                        name: LedgerBenchVerb.fact,
                        group: "ledger",
                        purpose: "A measurement.",
                        isAct: false,
                        bodyDays: nil
                    ),
                    EventMap.Kind(
                        name: LedgerBenchVerb.act,
                        group: "ledger",
                        purpose: "A measurement.",
                        isAct: true,
                        bodyDays: nil
                    ),
                ]
            return LedgerLog.Place(
                plane: .root,
                origin: "charter/bench/root",
                parameters: try ChainParameters(parsing: LedgerBenchVerb.parameters()),
                events: try EventMap(kinds),
                clock: surroundings.clock,
                signer: try SigningKey(
                    seed: surroundings.randomness.bytes(SigningKey.seedByteCount)
                )
            )
        }
    }

    private static let fact = "bench_fact"
    private static let act = "bench_act"

    /// The parameters of a new root.
    private static func parameters() throws(LedgerFault) -> [UInt8] {
        guard let file = GenesisLaw.file(ChainParameters.path) else {
            throw .parameters(reason: "the program holds none")
        }
        return file
    }

    private static func number(_ value: Double) -> JSONNumber {
        .integer(Int64(value.rounded()))
    }
}
