import Canon

/// What can be wrong with a metric that is being registered or a trace context that was received.
package enum TelemetryFault: Fault, Equatable {
    case metricNameInvalid(name: String, rule: String)
    case metricNameTaken(name: String)
    case labelNameInvalid(metric: String, label: String)
    case bucketsInvalid(metric: String)
    case budgetInvalid(metric: String)
    case traceparentCount(count: Int)
    case traceparentMalformed
    case traceparentVersion
    case traceIDZero
    case spanIDZero

    package var code: String {
        switch self {
        case .metricNameInvalid: "telemetry.metric-name-invalid"
        case .metricNameTaken: "telemetry.metric-name-taken"
        case .labelNameInvalid: "telemetry.label-name-invalid"
        case .bucketsInvalid: "telemetry.buckets-invalid"
        case .budgetInvalid: "telemetry.budget-invalid"
        case .traceparentCount: "telemetry.traceparent-count"
        case .traceparentMalformed: "telemetry.traceparent-malformed"
        case .traceparentVersion: "telemetry.traceparent-version"
        case .traceIDZero: "telemetry.trace-id-zero"
        case .spanIDZero: "telemetry.span-id-zero"
        }
    }

    package var description: String {
        switch self {
        case .metricNameInvalid(let name, let rule): "The metric name \(name) is invalid: \(rule)."
        case .metricNameTaken(let name):
            "A metric named \(name) is registered already; register each once and keep it."
        case .labelNameInvalid(let metric, let label):
            "The metric \(metric) cannot have the label \(label), or not twice."
        case .bucketsInvalid(let metric):
            "The buckets of \(metric) must be finite, at least zero and rising, and at least one."
        case .budgetInvalid(let metric):
            "The metric \(metric) needs a budget of at least one series."
        case .traceparentCount(let count):
            "One traceparent was expected and \(count) came; begin a new trace."
        case .traceparentMalformed:
            "The traceparent does not have the form of W3C Trace Context; begin a new trace."
        case .traceparentVersion:
            "The traceparent has the forbidden version ff; begin a new trace."
        case .traceIDZero: "The trace id is all zeros; begin a new trace."
        case .spanIDZero: "The span id is all zeros; begin a new trace."
        }
    }
}
