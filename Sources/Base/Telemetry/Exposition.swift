import Canon

/// How the metrics of a registry are handed out: the two text forms that Prometheus reads.
///
/// Both are deterministic: metrics stand in the order of their names and series in the order of
/// their label values.
package enum Exposition: Sendable, CaseIterable {
    /// The text format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.
    case openMetrics

    /// The content type with its version; without one a scraper may refuse the answer.
    package var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The form for a request with this Accept header.
    ///
    /// OpenMetrics must be asked for by name, in a version that is ours, and be wanted at least as
    /// much as plain text; everything else gets the older form, which every scraper reads.
    package init(accept: String?) {
        var wanted: (openMetrics: Double, text: Double) = (0, 0)
        for range in (accept ?? "").lowercased().split(separator: ",") {
            let parts = range.split(separator: ";").map {
                String(decoding: TraceState.trimmed(Array($0.utf8)[...]), as: UTF8.self)
            }
            var quality = 1.0
            var version: Substring?
            for parameter in parts.dropFirst() {
                if parameter.hasPrefix("q=") { quality = Double(parameter.dropFirst(2)) ?? 0 }
                if parameter.hasPrefix("version=") { version = parameter.dropFirst(8) }
            }
            switch parts.first {
            case "application/openmetrics-text" where version == nil || version == "1.0.0":
                wanted.openMetrics = max(wanted.openMetrics, quality)
            case "text/plain": wanted.text = max(wanted.text, quality)
            default: break
            }
        }
        let asked = wanted.openMetrics > 0 && wanted.openMetrics >= wanted.text
        self = asked ? .openMetrics : .prometheus
    }

    /// All metrics of the registry at this moment.
    package func render(_ registry: MetricRegistry) -> [UInt8] {
        var out = ""
        for (family, snapshot) in registry.snapshot() { write(family, snapshot, into: &out) }
        if self == .openMetrics { out += "# EOF\n" }
        return Array(out.utf8)
    }

    private func write(
        _ family: MetricFamily,
        _ snapshot: MetricFamily.Snapshot,
        into out: inout String
    ) {
        switch self {
        case .prometheus:
            out += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
            out += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        case .openMetrics:
            // The metric is named without _total here, and only its samples are named with it.
            let name = MetricName.family(family.name, family.kind)
            out += "# TYPE \(name) \(family.kind.rawValue)\n"
            if let unit = family.unit { out += "# UNIT \(name) \(unit)\n" }
            out += "# HELP \(name) \(escaped(family.help, quotes: true))\n"
        }
        for (values, cell) in snapshot.series {
            let labels = Array(zip(family.labels, values))
            if family.kind == .histogram {
                writeHistogram(family, labels, cell, into: &out)
            } else {
                writeSample(family.name, labels, number(cell.value), into: &out)
            }
        }
    }

    private func writeHistogram(
        _ family: MetricFamily,
        _ labels: [(String, String)],
        _ cell: Cell,
        into out: inout String
    ) {
        var cumulative = 0
        for (bound, count) in zip(family.bounds + [.infinity], cell.buckets) {
            cumulative += count
            let bucket = labels + [("le", number(bound))]
            writeSample("\(family.name)_bucket", bucket, String(cumulative), into: &out)
        }
        writeSample("\(family.name)_sum", labels, number(cell.value), into: &out)
        writeSample("\(family.name)_count", labels, String(cell.count), into: &out)
    }

    private func writeSample(
        _ name: String,
        _ labels: [(String, String)],
        _ value: String,
        into out: inout String
    ) {
        out += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0)=\"\(escaped($1, quotes: true))\"" }
            out += "{\(pairs.joined(separator: ","))}"
        }
        out += " \(value)\n"
    }

    /// A number as the form has it; OpenMetrics wants `1.0` where the older form has `1`.
    private func number(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let text = value.description
        return self == .prometheus && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// By scalars: as a character, a carriage return and a line feed are one, and would pass.
    private func escaped(_ text: String, quotes: Bool) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": out.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: out.append(contentsOf: "\\\"".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
