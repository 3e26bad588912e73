package import Telemetry

/// What a log says of itself: how fast it is, how far the last signature lies back, what waits.
package struct LedgerMetrics: Sendable {
    private let plane: String
    private let entries: Counter
    private let failures: Counter
    private let commit: Histogram
    private let batch: Histogram
    private let size: Gauge
    private let lag: Gauge
    private let open: Gauge
    private let findings: Counter

    /// Registers the metrics; once for a registry, for a plane.
    package init(_ registry: MetricRegistry, plane: LogPlane) throws(TelemetryFault) {
        self.plane = plane.rawValue
        entries = try registry.counter(
            "charter_ledger_entries_total",
            help: "Entries that were made durable, by plane.",
            labels: ["plane"]
        )
        failures = try registry.counter(
            "charter_ledger_write_failures_total",
            help: "Transactions that failed, so that nothing of them was done.",
            labels: ["plane"]
        )
        commit = try registry.histogram(
            "charter_ledger_commit_seconds",
            help: "How long it took to make one batch durable.",
            unit: "seconds",
            labels: ["plane"],
            buckets: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1]
        )
        batch = try registry.histogram(
            "charter_ledger_batch_entries",
            help: "How many entries shared one flush.",
            unit: "entries",
            labels: ["plane"],
            buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
        )
        size = try registry.gauge(
            "charter_ledger_size_entries",
            help: "Entries in the log.",
            unit: "entries",
            labels: ["plane"]
        )
        lag = try registry.gauge(
            "charter_ledger_checkpoint_lag_entries",
            help: "Entries behind the last signed checkpoint.",
            unit: "entries",
            labels: ["plane"]
        )
        open = try registry.gauge(
            "charter_ledger_open_attempts",
            help: "Attempts that wait for their outcome.",
            labels: ["plane"]
        )
        findings = try registry.counter(
            "charter_ledger_findings_total",
            help: "What verifications found wrong, by code.",
            labels: ["plane", "code"]
        )
    }

    func wrote(_ count: Int, nanoseconds: UInt64) {
        entries.add(Double(count), labels: [plane])
        commit.observe(Double(nanoseconds) / 1e9, labels: [plane])
        batch.observe(Double(count), labels: [plane])
    }

    func failed() { failures.add(labels: [plane]) }

    func stands(at size: Int, lag: Int, open: Int) {
        self.size.set(Double(size), labels: [plane])
        self.lag.set(Double(lag), labels: [plane])
        self.open.set(Double(open), labels: [plane])
    }

    /// Counts what a verification found wrong.
    package func found(_ code: String) { findings.add(labels: [plane, code]) }
}
