import Canon
import Support
import Telemetry
import Testing

private func refusal(_ body: () throws(TelemetryFault) -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return error.code
    }
}

private func lines(_ registry: MetricRegistry, _ prefix: String) -> [String] {
    String(decoding: Exposition.prometheus.render(registry), as: UTF8.self)
        .split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
}

struct `A metric` {
    private let registry = MetricRegistry()

    @Test(.covers("I03")) func `counts, is set, and is sorted into buckets`() throws {
        let counter = try registry.counter("a_total", help: "h", labels: ["x", "y"])
        counter.add(labels: ["1", "2"])
        counter.add(2.5, labels: ["1", "2"])
        counter.add(labels: ["2", "1"])
        #expect(
            lines(registry, "a_") == [#"a_total{x="1",y="2"} 3.5"#, #"a_total{x="2",y="1"} 1"#]
        )
        let gauge = try registry.gauge("b", help: "h")
        #expect(lines(registry, "b") == ["b 0"])
        gauge.set(7)
        gauge.add(-9)
        #expect(lines(registry, "b") == ["b -2"])
        let histogram = try registry.histogram("c", help: "h", buckets: [0.5, 1])
        for value in [0, 0.5, 0.6, 1, 1.1, 99] { histogram.observe(value) }
        #expect(
            lines(registry, "c_") == [
                #"c_bucket{le="0.5"} 2"#, #"c_bucket{le="1"} 4"#, #"c_bucket{le="+Inf"} 6"#,
                "c_sum 102.2", "c_count 6",
            ]
        )
    }

    @Test(.covers("I03")) func `keeps its label budget and counts what is over it`() throws {
        let counter = try registry.counter("a_total", help: "h", labels: ["user"], seriesMax: 2)
        let dropped = #"charter_metric_dropped_series_total{metric="a_total"} "#
        counter.add(labels: ["u1"])
        counter.add(labels: ["u2"])
        #expect(lines(registry, dropped) == [dropped + "0"])
        for number in 3...1002 { counter.add(labels: ["u\(number)"]) }
        counter.add(labels: ["u1"])
        #expect(
            lines(registry, "a_") == [
                #"a_total{user="u1"} 2"#, #"a_total{user="u2"} 1"#,
                #"a_total{user="_overflow"} 1000"#,
            ]
        )
        #expect(lines(registry, dropped) == [dropped + "1000"])
    }

    @Test func `keeps the budget of a histogram and of the registry`() throws {
        let registry = MetricRegistry(seriesMax: 1)
        let histogram = try registry.histogram("c", help: "h", labels: ["x"], buckets: [1])
        for label in ["a", "b", "c"] { histogram.observe(2, labels: [label]) }
        #expect(
            lines(registry, "c_") == [
                #"c_bucket{x="a",le="1"} 0"#, #"c_bucket{x="a",le="+Inf"} 1"#, #"c_sum{x="a"} 2"#,
                #"c_count{x="a"} 1"#, #"c_bucket{x="_overflow",le="1"} 0"#,
                #"c_bucket{x="_overflow",le="+Inf"} 2"#, #"c_sum{x="_overflow"} 4"#,
                #"c_count{x="_overflow"} 2"#,
            ]
        )
    }

    @Test func `does not keep a very long label value`() throws {
        let counter = try registry.counter("a_total", help: "h", labels: ["x"])
        counter.add(labels: [String(repeating: "v", count: 256)])
        counter.add(labels: [String(repeating: "v", count: 257)])
        #expect(lines(registry, "a_").last == #"a_total{x="_overflow"} 1"#)
        #expect(lines(registry, "a_").count == 2)
    }

    @Test func `tells label values apart by their bytes`() throws {
        let counter = try registry.counter("a_total", help: "h", labels: ["x"])
        counter.add(labels: ["e\u{301}"])
        counter.add(labels: ["\u{E9}"])
        #expect(lines(registry, "a_").count == 2)
    }

    @Test func `refuses and counts values that it cannot take`() throws {
        let counter = try registry.counter("a_total", help: "h")
        let gauge = try registry.gauge("b", help: "h")
        let histogram = try registry.histogram("c", help: "h", buckets: [1])
        for value in [-1, Double.nan, .infinity] {
            counter.add(value)
            histogram.observe(value)
        }
        gauge.set(.nan)
        gauge.add(.infinity)
        #expect(lines(registry, "a_") == ["a_total 0"])
        #expect(lines(registry, "b") == ["b 0"])
        #expect(lines(registry, "c_count") == ["c_count 0"])
        let prefix = "charter_metric_refused_values_total{"
        #expect(
            lines(registry, prefix) == [
                prefix + #"metric="a_total"} 3"#, prefix + #"metric="b"} 2"#,
                prefix + #"metric="c"} 3"#,
            ]
        )
    }

    @Test func `loses nothing when many tasks count at once`() async throws {
        let counter = try registry.counter("a_total", help: "h", labels: ["x"], seriesMax: 4)
        let histogram = try registry.histogram("c", help: "h", buckets: [1])
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        counter.add(labels: ["\(task % 4)"])
                        histogram.observe(0.5)
                    }
                }
            }
        }
        #expect(lines(registry, "a_") == (0..<4).map { "a_total{x=\"\($0)\"} 1000" })
        #expect(lines(registry, "c_count") == ["c_count 4000"])
    }
}

struct `A metric registry` {
    private let registry = MetricRegistry()

    @Test(arguments: [
        "", "a", "a-b_total", "1a_total", "a:b_total", "é_total", "_total", "a_total_total",
        "a_bucket_total",
    ])
    func `refuses the name of a counter`(name: String) {
        let code = refusal { () throws(TelemetryFault) in
            _ = try registry.counter(name, help: "h")
        }
        #expect(code == "telemetry.metric-name-invalid")
    }

    @Test(arguments: ["", "a b", "a_total", "a_count", "a_sum", "a_bucket", "a_created", "a_info"])
    func `refuses the name of a gauge or a histogram`(name: String) {
        let invalid = "telemetry.metric-name-invalid"
        #expect(
            refusal { () throws(TelemetryFault) in _ = try registry.gauge(name, help: "h") }
                == invalid
        )
        let code = refusal { () throws(TelemetryFault) in
            _ = try registry.histogram(name, help: "h", buckets: [1])
        }
        #expect(code == invalid)
    }

    @Test func `wants the unit in the name`() throws {
        func unit(_ name: String, _ unit: String) -> String? {
            refusal { () throws(TelemetryFault) in
                _ = try registry.counter(name, help: "h", unit: unit)
            }
        }
        #expect(unit("a_total", "seconds") == "telemetry.metric-name-invalid")
        #expect(unit("seconds_total", "seconds") == "telemetry.metric-name-invalid")
        #expect(unit("a_x-y_total", "x-y") == "telemetry.metric-name-invalid")
        #expect(unit("a_seconds_total", "seconds") == nil)
    }

    @Test func `takes each name once`() throws {
        _ = try registry.counter("a_total", help: "h")
        func taken(_ body: () throws(TelemetryFault) -> Void) -> Bool {
            refusal(body) == "telemetry.metric-name-taken"
        }
        #expect(
            taken { () throws(TelemetryFault) in _ = try registry.counter("a_total", help: "h") }
        )
        // OpenMetrics would take the two for one metric.
        #expect(taken { () throws(TelemetryFault) in _ = try registry.gauge("a", help: "h") })
        for name in [MetricRegistry.droppedName, MetricRegistry.refusedName] {
            #expect(
                taken { () throws(TelemetryFault) in _ = try registry.counter(name, help: "h") }
            )
        }
        #expect(!taken { () throws(TelemetryFault) in _ = try registry.gauge("b", help: "h") })
    }

    @Test(arguments: [["le"], ["__a"], [""], ["a-b"], ["1"], ["a:b"], ["a", "a"]])
    func `refuses the labels of a histogram`(labels: [String]) {
        let code = refusal { () throws(TelemetryFault) in
            _ = try registry.histogram("h", help: "h", labels: labels, buckets: [1])
        }
        #expect(code == "telemetry.label-name-invalid")
    }

    @Test(arguments: [[], [1, 1], [2, 1], [-1, 1], [.infinity], [.nan], [1, .nan]])
    func `refuses buckets that do not rise`(buckets: [Double]) {
        let code = refusal { () throws(TelemetryFault) in
            _ = try registry.histogram("h", help: "h", buckets: buckets)
        }
        #expect(code == "telemetry.buckets-invalid")
    }

    @Test func `refuses a budget of nothing`() {
        let code = refusal { () throws(TelemetryFault) in
            _ = try registry.counter("a_total", help: "h", seriesMax: 0)
        }
        #expect(code == "telemetry.budget-invalid")
    }
}
