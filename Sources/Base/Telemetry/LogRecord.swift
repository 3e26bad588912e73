package import Canon

/// How much a record matters.
package enum LogLevel: String, Comparable, Sendable, CaseIterable {
    case debug
    case info
    case warning
    case error

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}

/// How long a record and its texts may be.
package struct LogLimits: Sendable {
    /// Bytes of one text before it is escaped.
    package let textBytesMax: Int
    /// Bytes of one line, its line feed included.
    package let recordBytesMax: Int

    /// Bounds; a record needs 2048 bytes for its head alone at worst.
    package init(textBytesMax: Int = 2048, recordBytesMax: Int = 16_384) {
        precondition(textBytesMax >= 16, "A text of a log record has at least 16 bytes.")
        precondition(recordBytesMax >= 2048, "A log record has at least 2048 bytes.")
        self.textBytesMax = textBytesMax
        self.recordBytesMax = recordBytesMax
    }

    /// The bounds that a process uses where none are given.
    package static let standard = LogLimits()
}

/// One thing that a process says about itself, and its one form: a line of JSON.
///
/// The same record always gives the same bytes. The fields have an object of their own, so none of
/// them can pass for a part of the head.
package struct LogRecord: Sendable {
    /// The version of the record's form, in every record as `schema`.
    package static let schemaVersion = 1

    package let time: Timestamp
    package let level: LogLevel
    package let plane: String
    package let actor: String
    /// The version of the program that speaks.
    package let version: String
    package let trace: TraceContext?
    /// What happened, as a stable dotted name.
    package let event: String
    /// What happened, as a sentence.
    package let message: String
    package let fields: [String: LogField]

    /// A record; `LogContext` makes most of them.
    package init(
        time: Timestamp,
        level: LogLevel,
        plane: String,
        actor: String,
        version: String,
        trace: TraceContext? = nil,
        event: String,
        message: String,
        fields: [String: LogField] = [:]
    ) {
        self.time = time
        self.level = level
        self.plane = plane
        self.actor = actor
        self.version = version
        self.trace = trace
        self.event = event
        self.message = message
        self.fields = fields
    }

    /// The record as one line of JSON with its line feed, never longer than its bound.
    ///
    /// What is too long is cut and marked: `truncated` is true, a text says how much of it is
    /// missing, and `dropped_fields` counts the fields that did not fit, the last ones by name.
    package func line(_ limits: LogLimits = .standard) -> [UInt8] {
        let names = fields.keys.sorted { $0.precedesInBytes($1) }
        let whole = render(names[...], of: names.count, textBytesMax: limits.textBytesMax)
        guard whole.count > limits.recordBytesMax else { return whole }
        var head = render([], of: names.count, textBytesMax: limits.textBytesMax)
        // The head alone with its texts cut to 16 bytes always fits: five texts of at most 16 × 6
        // escaped bytes and a mark, and 350 bytes for the rest.
        var texts = limits.textBytesMax
        while head.count > limits.recordBytesMax {
            texts = max(16, texts / 2)
            head = render([], of: names.count, textBytesMax: texts)
        }
        // The object around the fields costs 12 bytes.
        var room = limits.recordBytesMax - head.count - 12
        let fitting = names.prefix { name in
            let value = fields[name]?.value(textBytesMax: texts).value ?? .null
            // The braces of this rendering stand for the comma between two fields.
            room -= JSONValue.object(JSONObject([(name, value)])).line.count
            return room >= 0
        }
        return fitting.isEmpty ? head : render(fitting, of: names.count, textBytesMax: texts)
    }

    private func render(
        _ names: ArraySlice<String>,
        of namesCount: Int,
        textBytesMax: Int
    ) -> [UInt8] {
        var isCut = names.count < namesCount
        func bounded(_ text: String) -> JSONValue {
            let bounded = BoundedText(text, bytesMax: textBytesMax)
            if bounded.isCut { isCut = true }
            return .string(bounded.text)
        }
        var members: [(String, JSONValue)] = [
            ("schema", .integer(LogRecord.schemaVersion)),
            ("time", .string(time.description)),
            ("level", .string(level.rawValue)),
            ("plane", bounded(plane)),
            ("actor", bounded(actor)),
            ("version", bounded(version)),
            ("event", bounded(event)),
            ("message", bounded(message)),
        ]
        if let trace {
            members.append(("trace_id", .string(trace.traceID.description)))
            members.append(("span_id", .string(trace.spanID.description)))
        }
        var values: [(String, JSONValue)] = []
        for name in names {
            guard let field = fields[name] else { continue }
            let (value, valueIsCut) = field.value(textBytesMax: textBytesMax)
            if valueIsCut { isCut = true }
            values.append((name, value))
        }
        if !values.isEmpty { members.append(("fields", .object(JSONObject(values)))) }
        if names.count < namesCount {
            members.append(("dropped_fields", .integer(namesCount - names.count)))
        }
        if isCut { members.append(("truncated", true)) }
        return JSONValue.object(JSONObject(members)).line + [0x0A]
    }
}
