import Canon
package import Host

/// A log that many callers write at once: what waits shares one flush.
///
/// It owns the log and the one thread on which it lies. An `append` returns when its entry is on the
/// disk; callers that come meanwhile are the next batch.
package final class LedgerWriter: Sendable {
    package let plane: LogPlane
    package let origin: String
    private let parameters: ChainParameters
    private let thread: BatchThread<Work>

    private typealias Answer = Result<Receipt, LedgerFault>

    /// What becomes of entries that stand together; it is told on the log's own thread.
    package typealias Done = @Sendable (Result<[Receipt], LedgerFault>) -> Void

    private enum Work: Sendable {
        case append([PreparedEntry], Done)
        case call(@Sendable (inout LedgerLog?) -> Void)
    }

    /// More callers than this do not wait: a plane is bounded long before.
    private static let waitingMax = 65_536

    /// Opens the log of a directory on a thread of its own.
    package static func open(
        _ directory: Directory,
        _ place: LedgerLog.Place
    ) async throws(LedgerFault) -> LedgerWriter {
        let writer = LedgerWriter(place)
        let opened = await writer.call { (log: inout LedgerLog?) in
            Result { () throws(LedgerFault) in log = try LedgerLog(directory, place) }
        }
        do {
            try opened.get()
        } catch {
            writer.thread.shutdown()
            throw error
        }
        return writer
    }

    /// Opens a log on a thread of its own, for a role that waits for nothing: `opened` is told there.
    package static func open(
        _ place: LedgerLog.Place,
        making make: @escaping @Sendable () throws(LedgerFault) -> sending LedgerLog,
        opened: @escaping @Sendable (Result<Void, LedgerFault>) -> Void
    ) -> LedgerWriter {
        let writer = LedgerWriter(place)
        let isTaken = writer.thread.submit(
            .call { log in
                opened(Result { () throws(LedgerFault) in log = try make() })
            }
        )
        precondition(isTaken, "A thread that has just begun takes work.")
        return writer
    }

    private init(_ place: LedgerLog.Place) {
        plane = place.plane
        origin = place.origin
        parameters = place.parameters
        thread = BatchThread(
            name: "ledger",
            waitingMax: LedgerWriter.waitingMax,
            make: { () -> LedgerLog? in nil },
            work: { log, batch in LedgerWriter.work(&log, batch) }
        )
    }

    /// A writer that nobody closed ends its thread; what it had open is answered at the next start.
    deinit { thread.stop() }

    // MARK: - Record, then act

    /// Records a fact.
    @discardableResult
    package func record(_ draft: EntryDraft) async throws(LedgerFault) -> Receipt {
        try await append(
            PreparedEntry(draft, phase: .fact, plane: plane, parameters: parameters)
        )
    }

    /// Records that something is about to be done; the act may begin when this returns.
    package func attempt(_ draft: EntryDraft) async throws(LedgerFault) -> Attempt {
        let receipt = try await append(
            PreparedEntry(draft, phase: .attempt, plane: plane, parameters: parameters)
        )
        return Attempt(draft, receipt) { [weak self] attempt in self?.abandon(attempt) }
    }

    /// Records how an attempt ended.
    @discardableResult
    package func outcome(
        of attempt: consuming Attempt,
        _ outcome: AttemptOutcome,
        body: EntryBody? = nil
    ) async throws(LedgerFault) -> Receipt {
        let entry = try attempt.prepare(outcome, body, plane: plane, parameters: parameters)
        return try await append(entry)
    }

    /// Does one thing: the attempt is durable before the body begins, its outcome after it ended.
    ///
    /// The body says how it ended; a throw is a failure, and is recorded as one.
    package func acting<Value: Sendable, Failure: Error>(
        _ draft: EntryDraft,
        faults: (LedgerFault) -> Failure,
        _ body: (borrowing Attempt) async throws(Failure) -> (Value, AttemptOutcome, EntryBody?)
    ) async throws(Failure) -> Value {
        let attempt: Attempt
        do { attempt = try await self.attempt(draft) } catch { throw faults(error) }
        let done: (value: Value, outcome: AttemptOutcome, body: EntryBody?)
        do {
            done = try await body(attempt)
        } catch {
            let code = (error as? any Fault)?.code ?? "\(type(of: error))"
            // The fault of the body is the better one; a log that fails now says so at the next act.
            _ = try? await outcome(of: attempt, .failed, body: .json(["fault": .string(code)]))
            throw error
        }
        do {
            try await outcome(of: attempt, done.outcome, body: done.body)
        } catch {
            throw faults(error)
        }
        return done.value
    }

    /// Records facts that stand together, all or none, without waiting for it.
    ///
    /// What of it the law of ledgers refuses is told at once, on the caller's thread.
    package func record(all drafts: [EntryDraft], done: @escaping Done) {
        var entries: [PreparedEntry] = []
        entries.reserveCapacity(drafts.count)
        do throws(LedgerFault) {
            for draft in drafts {
                entries.append(
                    try PreparedEntry(draft, phase: .fact, plane: plane, parameters: parameters)
                )
            }
        } catch {
            return done(.failure(error))
        }
        if !thread.submit(.append(entries, done)) { done(.failure(.stopped(origin: origin))) }
    }

    /// Runs a body on the log's own thread, between two batches, without waiting for it.
    package func perform(_ body: @escaping @Sendable (LedgerLog?) -> Void) {
        if !thread.submit(.call { body($0) }) { body(nil) }
    }

    /// Waits for what is under way, signs the head where there is a key, and closes the log; blocks.
    ///
    /// From a thread of a role that is ending; `last` is told of the log before it is closed.
    package func closeNow(last: @escaping @Sendable (LedgerLog) -> Void) {
        _ = thread.submit(
            .call { log in
                if let open = log {
                    if open.signer != nil { _ = try? open.checkpoint() }
                    last(open)
                    try? open.close()
                }
                log = nil
            }
        )
        thread.shutdown()
    }

    // MARK: - The log itself

    /// Runs a body on the log's own thread, between two batches.
    package func withLog<Value: Sendable>(
        _ body: @escaping @Sendable (LedgerLog) throws(LedgerFault) -> Value
    ) async throws(LedgerFault) -> Value {
        let origin = origin
        return try await call { (log: inout LedgerLog?) in
            guard let log else {
                return Result<Value, LedgerFault>.failure(.stopped(origin: origin))
            }
            return Result { () throws(LedgerFault) in try body(log) }
        }.get()
    }

    /// Waits for what is under way, signs the head where there is a key, and closes the log.
    package func close() async throws(LedgerFault) {
        let result = await call { (log: inout LedgerLog?) in
            Result { () throws(LedgerFault) in
                if let log, log.signer != nil { _ = try log.checkpoint() }
                try log?.close()
                log = nil
            }
        }
        thread.shutdown()
        try result.get()
    }

    private func append(_ entry: PreparedEntry) async throws(LedgerFault) -> Receipt {
        let answer = await Reply<Answer>.wait { reply in
            let isTaken = thread.submit(
                .append([entry]) { result in reply.answer(result.map { $0[0] }) }
            )
            if !isTaken { reply.answer(.failure(.stopped(origin: origin))) }
        }
        return try answer.get()
    }

    /// Records an attempt that was let go.
    private func abandon(_ attempt: PreparedAttempt) {
        let reason: JSONValue = ["reason": "The attempt was let go without a word of its outcome."]
        guard
            let entry = try? attempt.prepare(
                .unknown,
                .json(reason),
                plane: plane,
                parameters: parameters
            )
        else { return }
        // A log that is closing answers it when it is opened again.
        _ = thread.submit(.append([entry]) { _ in })
    }

    private func call<Value: Sendable>(
        _ body: @escaping @Sendable (inout LedgerLog?) -> Result<Value, LedgerFault>
    ) async -> Result<Value, LedgerFault> {
        await Reply<Result<Value, LedgerFault>>.wait { reply in
            let isTaken = thread.submit(.call { reply.answer(body(&$0)) })
            if !isTaken { reply.answer(.failure(.stopped(origin: origin))) }
        }
    }

    /// Appends that stand together are written together; a call comes in its turn.
    private static func work(_ log: inout LedgerLog?, _ batch: [Work]) {
        var groups: [[PreparedEntry]] = []
        var answers: [Done] = []
        groups.reserveCapacity(batch.count)
        answers.reserveCapacity(batch.count)
        func flush(_ log: LedgerLog?) {
            guard !groups.isEmpty else { return }
            let results =
                log.map { $0.write(groups) }
                ?? groups.map { _ in .failure(.stopped(origin: "")) }
            for (answer, result) in zip(answers, results) { answer(result) }
            groups.removeAll(keepingCapacity: true)
            answers.removeAll(keepingCapacity: true)
        }
        for work in batch {
            switch work {
            case .append(let entries, let answer):
                groups.append(entries)
                answers.append(answer)
            case .call(let body):
                flush(log)
                body(&log)
            }
        }
        flush(log)
    }
}
