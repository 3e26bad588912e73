import Canon
import Synchronization

/// All metrics of one process; each is registered once and the handle is kept by who measures.
package final class MetricRegistry: Sendable {
    /// Updates that went to an overflow series because the label budget was spent, by metric.
    package static let droppedName = "charter_metric_dropped_series_total"
    /// Values that a metric could not take: not a number, or falling where it may only rise.
    package static let refusedName = "charter_metric_refused_values_total"

    private let families: Mutex<[String: MetricFamily]>
    private let seriesMax: Int

    /// An empty registry; `seriesMax` is the label budget of a metric that names none.
    package init(seriesMax: Int = 100) {
        precondition(seriesMax > 0, "A label budget allows at least one series.")
        self.seriesMax = seriesMax
        families = Mutex([:])
    }

    /// Registers a counter; its name ends in `_total`, its unit before that.
    package func counter(
        _ name: String,
        help: String,
        unit: String? = nil,
        labels: [String] = [],
        seriesMax: Int? = nil
    ) throws(TelemetryFault) -> Counter {
        Counter(
            family: try register(name, help, .counter, unit, labels, bounds: [], seriesMax)
        )
    }

    /// Registers a gauge; its name ends in its unit.
    package func gauge(
        _ name: String,
        help: String,
        unit: String? = nil,
        labels: [String] = [],
        seriesMax: Int? = nil
    ) throws(TelemetryFault) -> Gauge {
        Gauge(family: try register(name, help, .gauge, unit, labels, bounds: [], seriesMax))
    }

    /// Registers a histogram with the upper bounds of its buckets; the infinite one is implied.
    package func histogram(
        _ name: String,
        help: String,
        unit: String? = nil,
        labels: [String] = [],
        buckets: [Double],
        seriesMax: Int? = nil
    ) throws(TelemetryFault) -> Histogram {
        let rises = zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }
        guard let first = buckets.first, first >= 0, rises, buckets.allSatisfy(\.isFinite) else {
            throw .bucketsInvalid(metric: name)
        }
        return Histogram(
            family: try register(name, help, .histogram, unit, labels, bounds: buckets, seriesMax)
        )
    }

    private func register(
        _ name: String,
        _ help: String,
        _ kind: MetricKind,
        _ unit: String?,
        _ labels: [String],
        bounds: [Double],
        _ seriesMax: Int?
    ) throws(TelemetryFault) -> MetricFamily {
        let seriesMax = seriesMax ?? self.seriesMax
        guard seriesMax > 0 else { throw .budgetInvalid(metric: name) }
        try MetricName.check(name, kind: kind, unit: unit)
        try MetricName.check(labels: labels, of: name, kind: kind)
        let family = MetricFamily(
            name: name,
            help: help,
            kind: kind,
            unit: unit,
            labels: labels,
            bounds: bounds,
            seriesMax: seriesMax
        )
        // By the name of the family: OpenMetrics would take a counter a_total and a gauge a for
        // one metric.
        let key = MetricName.family(name, kind)
        let own = [MetricRegistry.droppedName, MetricRegistry.refusedName].map {
            MetricName.family($0, .counter)
        }
        let isNew = families.withLock { families in
            guard families[key] == nil, !own.contains(key) else { return false }
            families[key] = family
            return true
        }
        guard isNew else { throw .metricNameTaken(name: name) }
        return family
    }

    /// Every metric and its series, in the order of their names, the registry's own two included.
    func snapshot() -> [(family: MetricFamily, snapshot: MetricFamily.Snapshot)] {
        let registered = families.withLock { Array($0.values) }
        var all = registered.map { ($0, $0.snapshot()) }
        let dropped = MetricRegistry.own(
            MetricRegistry.droppedName,
            "Updates that went to the overflow series of a metric whose label budget was spent."
        )
        let refused = MetricRegistry.own(
            MetricRegistry.refusedName,
            "Values that a metric could not take: not finite, or negative where it only rises."
        )
        // By metric, so as large as the registry and no larger.
        var (drops, refusals) = (
            [(values: [String], cell: Cell)](), [(values: [String], cell: Cell)]()
        )
        for (family, snapshot) in all.sorted(by: { $0.0.name.precedesInBytes($1.0.name) }) {
            var cell = Cell(buckets: 0)
            cell.value = Double(snapshot.droppedUpdates)
            drops.append(([family.name], cell))
            cell.value = Double(snapshot.refusedValues)
            refusals.append(([family.name], cell))
        }
        for (family, series) in [(dropped, drops), (refused, refusals)] {
            let snapshot = MetricFamily.Snapshot(
                series: series,
                droppedUpdates: 0,
                refusedValues: 0
            )
            all.append((family, snapshot))
        }
        return all.sorted { $0.0.name.precedesInBytes($1.0.name) }
    }

    private static func own(_ name: String, _ help: String) -> MetricFamily {
        MetricFamily(
            name: name,
            help: help,
            kind: .counter,
            unit: nil,
            labels: ["metric"],
            bounds: [],
            seriesMax: 1
        )
    }
}

/// A number that only rises, such as requests answered.
package struct Counter: Sendable {
    let family: MetricFamily

    /// Adds to the series of these label values, in the order of the label names.
    ///
    /// A negative amount, and one that is not finite, is refused and counted.
    package func add(_ amount: Double = 1, labels: [String] = []) {
        guard amount.isFinite, amount >= 0 else { return family.refuse() }
        family.update(labels) { $0.value += amount }
    }
}

/// A number that rises and falls, such as the length of a queue.
package struct Gauge: Sendable {
    let family: MetricFamily

    /// Sets the series of these label values; a value that is not finite is refused and counted.
    package func set(_ value: Double, labels: [String] = []) {
        guard value.isFinite else { return family.refuse() }
        family.update(labels) { $0.value = value }
    }

    /// Adds to the series of these label values, which may be negative.
    package func add(_ amount: Double, labels: [String] = []) {
        guard amount.isFinite else { return family.refuse() }
        family.update(labels) { $0.value += amount }
    }
}

/// How often a measured value fell into each of fixed buckets, such as durations in seconds.
package struct Histogram: Sendable {
    let family: MetricFamily

    /// Counts a value in the series of these label values.
    ///
    /// A negative value, and one that is not finite, is refused and counted: the sum must not fall.
    package func observe(_ value: Double, labels: [String] = []) {
        guard value.isFinite, value >= 0 else { return family.refuse() }
        let bucket = family.bounds.firstIndex { value <= $0 } ?? family.bounds.count
        family.update(labels) { cell in
            cell.value += value
            cell.count += 1
            cell.buckets[bucket] += 1
        }
    }
}
