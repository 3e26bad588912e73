/// What a metric and its labels may be called, by the rules of Prometheus and OpenMetrics.
enum MetricName {
    /// Endings that name a sample of a metric and so cannot end the name of one.
    private static let sampleSuffixes = [
        "_total", "_created", "_bucket", "_count", "_sum", "_info",
    ]

    /// The name without the `_total` of a counter: what OpenMetrics calls the metric.
    static func family(_ name: String, _ kind: MetricKind) -> String {
        kind == .counter && name.hasSuffix("_total") ? String(name.dropLast(6)) : name
    }

    static func check(
        _ name: String,
        kind: MetricKind,
        unit: String?
    ) throws(TelemetryFault) {
        func refuse(_ rule: String) -> TelemetryFault {
            .metricNameInvalid(name: name, rule: rule)
        }
        // A colon is for the names of recording rules.
        guard isWord(name) else { throw refuse("it is not [a-zA-Z_][a-zA-Z0-9_]*") }
        guard kind != .counter || name.hasSuffix("_total") else {
            throw refuse("a counter ends in _total")
        }
        let family = family(name, kind)
        guard !family.isEmpty, !sampleSuffixes.contains(where: family.hasSuffix) else {
            throw refuse("it ends as the sample of another metric would")
        }
        if let unit {
            guard isWord(unit), family.hasSuffix("_" + unit) else {
                throw refuse("it does not end in its unit \(unit)")
            }
        }
    }

    static func check(
        labels: [String],
        of metric: String,
        kind: MetricKind
    ) throws(TelemetryFault) {
        for (index, label) in labels.enumerated() {
            let reserved = label.hasPrefix("__") || kind == .histogram && label == "le"
            guard isWord(label), !reserved, !labels[..<index].contains(label) else {
                throw .labelNameInvalid(metric: metric, label: label)
            }
        }
    }

    private static func isWord(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 95, 97...122: true
            default: false
            }
        }
    }
}

/// The three kinds of metric.
enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
}
