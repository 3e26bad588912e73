import Canon
import Support
import Telemetry
import Testing

struct `The exposition` {
    private func filled() throws -> MetricRegistry {
        let registry = MetricRegistry()
        let duration = try registry.histogram(
            "charter_step_duration_seconds",
            help: "Step duration.",
            unit: "seconds",
            labels: ["tier"],
            buckets: [0.1, 1]
        )
        let orders = try registry.counter(
            "charter_workorders_total",
            help: "Work orders \\ by \"outcome\"\nand path.",
            labels: ["outcome", "path"]
        )
        let size = try registry.gauge("charter_ledger_entries", help: "Entries in the ledger.")
        for value in [0.05, 0.5, 1, 2.5] { duration.observe(value, labels: ["hot"]) }
        orders.add(3, labels: ["rejected", "a\\b \"q\"\n\r\né"])
        orders.add(1e21, labels: ["approved", ""])
        size.set(600)
        return registry
    }

    private func text(_ form: Exposition, _ registry: MetricRegistry) -> String {
        String(decoding: form.render(registry), as: UTF8.self)
    }

    @Test func `has the bytes of the Prometheus text format`() throws {
        let expected = #"""
            # HELP charter_ledger_entries Entries in the ledger.
            # TYPE charter_ledger_entries gauge
            charter_ledger_entries 600
            # HELP charter_metric_dropped_series_total Updates that went to the overflow series of a metric whose label budget was spent.
            # TYPE charter_metric_dropped_series_total counter
            charter_metric_dropped_series_total{metric="charter_ledger_entries"} 0
            charter_metric_dropped_series_total{metric="charter_step_duration_seconds"} 0
            charter_metric_dropped_series_total{metric="charter_workorders_total"} 0
            # HELP charter_metric_refused_values_total Values that a metric could not take: not finite, or negative where it only rises.
            # TYPE charter_metric_refused_values_total counter
            charter_metric_refused_values_total{metric="charter_ledger_entries"} 0
            charter_metric_refused_values_total{metric="charter_step_duration_seconds"} 0
            charter_metric_refused_values_total{metric="charter_workorders_total"} 0
            # HELP charter_step_duration_seconds Step duration.
            # TYPE charter_step_duration_seconds histogram
            charter_step_duration_seconds_bucket{tier="hot",le="0.1"} 1
            charter_step_duration_seconds_bucket{tier="hot",le="1"} 3
            charter_step_duration_seconds_bucket{tier="hot",le="+Inf"} 4
            charter_step_duration_seconds_sum{tier="hot"} 4.05
            charter_step_duration_seconds_count{tier="hot"} 4
            # HELP charter_workorders_total Work orders \\ by "outcome"\nand path.
            # TYPE charter_workorders_total counter
            charter_workorders_total{outcome="approved",path=""} 1e+21
            charter_workorders_total{outcome="rejected",path="a\\b \"q\"\n<CR>\né"} 3

            """#
        let rendered = text(.prometheus, try filled())
        #expect(
            rendered.unicodeScalars.map { $0 == "\r" ? "<CR>" : String($0) }.joined() == expected
        )
        #expect(text(.prometheus, try filled()) == rendered)
    }

    @Test func `has the bytes of OpenMetrics`() throws {
        let expected = #"""
            # TYPE charter_ledger_entries gauge
            # HELP charter_ledger_entries Entries in the ledger.
            charter_ledger_entries 600.0
            # TYPE charter_metric_dropped_series counter
            # HELP charter_metric_dropped_series Updates that went to the overflow series of a metric whose label budget was spent.
            charter_metric_dropped_series_total{metric="charter_ledger_entries"} 0.0
            charter_metric_dropped_series_total{metric="charter_step_duration_seconds"} 0.0
            charter_metric_dropped_series_total{metric="charter_workorders_total"} 0.0
            # TYPE charter_metric_refused_values counter
            # HELP charter_metric_refused_values Values that a metric could not take: not finite, or negative where it only rises.
            charter_metric_refused_values_total{metric="charter_ledger_entries"} 0.0
            charter_metric_refused_values_total{metric="charter_step_duration_seconds"} 0.0
            charter_metric_refused_values_total{metric="charter_workorders_total"} 0.0
            # TYPE charter_step_duration_seconds histogram
            # UNIT charter_step_duration_seconds seconds
            # HELP charter_step_duration_seconds Step duration.
            charter_step_duration_seconds_bucket{tier="hot",le="0.1"} 1
            charter_step_duration_seconds_bucket{tier="hot",le="1.0"} 3
            charter_step_duration_seconds_bucket{tier="hot",le="+Inf"} 4
            charter_step_duration_seconds_sum{tier="hot"} 4.05
            charter_step_duration_seconds_count{tier="hot"} 4
            # TYPE charter_workorders counter
            # HELP charter_workorders Work orders \\ by \"outcome\"\nand path.
            charter_workorders_total{outcome="approved",path=""} 1e+21
            charter_workorders_total{outcome="rejected",path="a\\b \"q\"\n<CR>\né"} 3.0
            # EOF

            """#
        let rendered = text(.openMetrics, try filled())
        #expect(
            rendered.unicodeScalars.map { $0 == "\r" ? "<CR>" : String($0) }.joined() == expected
        )
    }

    @Test(.enabled(if: Command.find("promtool") != nil, "promtool is not installed"))
    func `is accepted by promtool, and a damaged one is not`() throws {
        let good = Exposition.prometheus.render(try filled())
        let accepted = try Command.run("promtool", ["check", "metrics"], input: good)
        #expect(accepted.status == 0, "\(accepted.output)\(accepted.errors)")
        let bad = good + Array("# TYPE charter_ledger_entries counter\n".utf8)
        #expect(try Command.run("promtool", ["check", "metrics"], input: bad).status != 0)
    }

    @Test(
        arguments: [
            (nil, Exposition.prometheus), ("", .prometheus), ("*/*", .prometheus),
            ("text/plain;version=0.0.4", .prometheus),
            ("application/openmetrics-text", .openMetrics),
            ("application/openmetrics-text; version=1.0.0; charset=utf-8", .openMetrics),
            ("application/openmetrics-text;version=0.0.1", .prometheus),
            ("application/openmetrics-text;q=0", .prometheus),
            ("application/openmetrics-text;q=0.5,text/plain;q=0.9", .prometheus),
            ("Application/OpenMetrics-Text;Version=1.0.0;Q=0.9 , text/plain;q=0.9", .openMetrics),
            ("application/openmetrics-text;q=nonsense", .prometheus),
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
                    + "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
            ),
        ] as [(String?, Exposition)]
    )
    func `has the form that the request accepts`(accept: String?, form: Exposition) {
        #expect(Exposition(accept: accept) == form)
    }

    @Test func `names its version in the content type`() {
        #expect(Exposition.prometheus.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            Exposition.openMetrics.contentType
                == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        )
    }
}
