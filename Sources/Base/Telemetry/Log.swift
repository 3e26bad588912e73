package import Canon

/// Where the lines of a log go; it must not block the caller and takes whole lines only.
package protocol LogSink: Sendable {
    /// Takes one line, its line feed included.
    func write(_ line: [UInt8])
}

/// Who speaks: what every record of a part of a process has in common.
package struct LogContext: Sendable {
    package let plane: String
    package let actor: String
    package let version: String
    package let trace: TraceContext?

    /// A context; the trace is missing where work was not asked for by anybody.
    package init(plane: String, actor: String, version: String, trace: TraceContext? = nil) {
        self.plane = plane
        self.actor = actor
        self.version = version
        self.trace = trace
    }
}

/// What code writes its records to: a context, a threshold and a sink.
///
/// It is a value: narrowing it to another actor or trace makes a new one. The clock enters with
/// it, and records below the threshold cost nothing, not even their texts.
package struct Log: Sendable {
    package let context: LogContext
    package let threshold: LogLevel
    private let limits: LogLimits
    private let clock: @Sendable () -> Timestamp
    private let sink: any LogSink

    /// A log that writes records of the threshold and above to the sink.
    package init(
        context: LogContext,
        threshold: LogLevel = .info,
        limits: LogLimits = .standard,
        clock: @escaping @Sendable () -> Timestamp,
        sink: any LogSink
    ) {
        self.context = context
        self.threshold = threshold
        self.limits = limits
        self.clock = clock
        self.sink = sink
    }

    /// Writes one record, unless its level is below the threshold.
    package func write(
        _ level: LogLevel,
        _ event: @autoclosure () -> String,
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> [String: LogField] = [:]
    ) {
        guard level >= threshold else { return }
        let record = LogRecord(
            time: clock(),
            level: level,
            plane: context.plane,
            actor: context.actor,
            version: context.version,
            trace: context.trace,
            event: event(),
            message: message(),
            fields: fields()
        )
        sink.write(record.line(limits))
    }

    /// The log of another actor in the same plane.
    package func acting(as actor: String) -> Log {
        within(
            LogContext(
                plane: context.plane,
                actor: actor,
                version: context.version,
                trace: context.trace
            )
        )
    }

    /// The log of work that belongs to a trace.
    package func tracing(_ trace: TraceContext) -> Log {
        within(
            LogContext(
                plane: context.plane,
                actor: context.actor,
                version: context.version,
                trace: trace
            )
        )
    }

    private func within(_ context: LogContext) -> Log {
        Log(context: context, threshold: threshold, limits: limits, clock: clock, sink: sink)
    }
}
