/// Where a piece of work belongs in a trace, as W3C Trace Context Level 2 carries it.
///
/// Reading is strict: whatever is not exactly a traceparent is a fault, and the receiver begins a
/// new trace. A broken tracestate loses only itself (§3.3).
package struct TraceContext: Hashable, Sendable {
    package let traceID: TraceID
    package let spanID: SpanID
    /// Whether the sender recorded this trace.
    package let isSampled: Bool
    /// Whether the trace id is random, so that its bytes may decide on sampling (§3.2.2.5.2).
    package let isRandom: Bool
    package let state: TraceState

    /// A new trace whose ids come from given random bytes.
    package init(traceID: TraceID, spanID: SpanID, isSampled: Bool = true) {
        self.init(traceID, spanID, isSampled: isSampled, isRandom: true, state: TraceState())
    }

    /// Reads the header fields of one message, each value as it was received.
    package init(traceparent: [String], tracestate: [String] = []) throws(TelemetryFault) {
        // More than one is as good as none: nobody can say which is meant.
        guard traceparent.count == 1 else {
            throw TelemetryFault.traceparentCount(count: traceparent.count)
        }
        let text = TraceState.trimmed(Array(traceparent[0].utf8)[...])
        let parts = text.split(
            separator: UInt8(ascii: "-"),
            maxSplits: 4,
            omittingEmptySubsequences: false
        )
        guard parts.count >= 4, parts[0].count == 2, parts[1].count == 32, parts[2].count == 16,
            parts[3].count == 2, let version = Hex.bytes(parts[0]),
            let trace = Hex.bytes(parts[1]), let span = Hex.bytes(parts[2]),
            let flags = Hex.bytes(parts[3])
        else { throw TelemetryFault.traceparentMalformed }
        guard version != [0xFF] else { throw TelemetryFault.traceparentVersion }
        // Version 00 ends here; a later one may go on after a further hyphen (§4.3).
        guard version != [0] || parts.count == 4 else { throw TelemetryFault.traceparentMalformed }
        guard let traceID = TraceID(bytes: trace) else { throw TelemetryFault.traceIDZero }
        guard let spanID = SpanID(bytes: span) else { throw TelemetryFault.spanIDZero }
        self.init(
            traceID,
            spanID,
            isSampled: flags[0] & 1 != 0,
            isRandom: flags[0] & 2 != 0,
            state: TraceState(headers: tracestate)
        )
    }

    /// The value of the traceparent header, always of version 00 and with known flags only.
    package var traceparent: String {
        "00-\(traceID)-\(spanID)-0\((isSampled ? 1 : 0) + (isRandom ? 2 : 0))"
    }

    /// The value of the tracestate header, or `nil` where there is nothing to carry.
    package var tracestate: String? { state.isEmpty ? nil : state.description }

    /// The same trace, one span further down.
    package func child(_ spanID: SpanID) -> TraceContext {
        TraceContext(traceID, spanID, isSampled: isSampled, isRandom: isRandom, state: state)
    }

    /// The same place with an entry of ours put first in the tracestate; `nil` if it is malformed.
    package func carrying(_ key: String, _ value: String) -> TraceContext? {
        guard let state = state.setting(key, value) else { return nil }
        return TraceContext(
            traceID,
            spanID,
            isSampled: isSampled,
            isRandom: isRandom,
            state: state
        )
    }

    private init(
        _ traceID: TraceID,
        _ spanID: SpanID,
        isSampled: Bool,
        isRandom: Bool,
        state: TraceState
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.isRandom = isRandom
        self.state = state
    }
}
