import Canon
import Foundation
import Support
import Synchronization
import Telemetry
import Testing

/// Keeps the lines it is given.
private final class KeptLines: LogSink {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    func write(_ line: [UInt8]) {
        lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
}

private let traceID = TraceID(bytes: (1...16).map { UInt8($0) })
private let spanID = SpanID(bytes: (1...8).map { UInt8($0) })

private func trace() throws -> TraceContext {
    TraceContext(traceID: try #require(traceID), spanID: try #require(spanID))
}

private func record(
    message: String = "m",
    actor: String = "builder",
    trace: TraceContext? = nil,
    fields: [String: LogField] = [:]
) -> LogRecord {
    LogRecord(
        time: Timestamp(nanoseconds: 1_763_651_045_123_456_789),
        level: .info,
        plane: "ho1",
        actor: actor,
        version: "0.1.0",
        trace: trace,
        event: "package.added",
        message: message,
        fields: fields
    )
}

private func text(_ record: LogRecord, _ limits: LogLimits = .standard) -> String {
    String(decoding: record.line(limits), as: UTF8.self)
}

private func parsed(_ line: [UInt8]) throws -> JSONValue {
    try JSONValue(parsing: String(decoding: line, as: UTF8.self))
}

struct `A log record` {
    @Test(.covers("I02")) func `is one line with plane, trace id, actor and version`() throws {
        let record = record(
            message: "The package was installed.",
            trace: try trace(),
            fields: [
                "size": .integer(512), "ratio": .number(0.5), "cached": .flag(true),
                "name": .text("PKG-1"), "paths": .list(["a", "b"]), "key": .secret("hunter2"),
            ]
        )
        let expected =
            #"{"actor":"builder","event":"package.added","fields":{"cached":true,"#
            + #""key":"[redacted]","name":"PKG-1","paths":["a","b"],"ratio":0.5,"size":512},"#
            + #""level":"info","message":"The package was installed.","plane":"ho1","schema":1,"#
            + #""span_id":"0102030405060708","time":"2025-11-20T15:04:05.123456789Z","#
            + #""trace_id":"0102030405060708090a0b0c0d0e0f10","version":"0.1.0"}"# + "\n"
        #expect(text(record) == expected)
        #expect(text(record) == text(record))
    }

    @Test func `has no trace where there is none`() throws {
        let line = try parsed(record().line())
        #expect(line["trace_id"] == nil)
        #expect(line["span_id"] == nil)
        #expect(line["fields"] == nil)
        #expect(line["truncated"] == nil)
    }

    @Test func `stays one line whatever it is given`() throws {
        let hostile = "a\n{\"level\":\"error\"}\r\u{0}\u{1B}[31m\"\\\u{7F}\u{2028}é🦉"
        let record = record(
            message: hostile,
            actor: hostile,
            fields: ["\n\"": .text(hostile), "level": .text("error"), "l": .list([hostile])]
        )
        let line = record.line()
        #expect(line.last == 10)
        #expect(line.dropLast().allSatisfy { $0 >= 32 })
        let value = try parsed(line)
        #expect(value["message"] == .string(hostile))
        #expect(value["actor"] == .string(hostile))
        #expect(value["level"] == "info")
        #expect(value["fields"]?["\n\""] == .string(hostile))
        #expect(value["fields"]?["level"] == "error")
        #expect(text(record).contains(#"a\n{\"level\":\"error\"}\r\u0000\u001b[31m\"\\"#))
    }

    @Test func `says numbers that JSON lacks by their names`() throws {
        let fields: [String: LogField] = [
            "nan": .number(.nan), "inf": .number(.infinity), "big": .integer(.max),
        ]
        let value = try parsed(record(fields: fields).line())
        #expect(value["fields"]?["nan"] == "nan")
        #expect(value["fields"]?["inf"] == "inf")
        #expect(text(record(fields: fields)).contains("9223372036854775807"))
    }

    @Test func `keeps nothing of a secret`() {
        let field = LogField.secret("hunter2")
        #expect(field == .redacted)
        #expect(!"\(field)".contains("hunter2"))
        let line = text(record(fields: ["token": .secret("hunter2"), "pin": .secret(1234)]))
        #expect(line.contains(#""pin":"[redacted]","token":"[redacted]""#))
        #expect(!line.contains("hunter2") && !line.contains("1234}"))
    }

    @Test func `cuts a long text and says so`() throws {
        let limits = LogLimits(textBytesMax: 16, recordBytesMax: 2048)
        let exact = try parsed(record(message: "0123456789abcdef").line(limits))
        #expect(exact["message"] == "0123456789abcdef")
        #expect(exact["truncated"] == nil)
        let long = try parsed(record(message: "0123456789abcdefg").line(limits))
        #expect(long["message"] == "0123456789abcdef…[1 more bytes]")
        #expect(long["truncated"] == true)
        // The owl has four bytes, of which two would fit.
        let owl = try parsed(record(message: "0123456789abcd🦉").line(limits))
        #expect(owl["message"] == "0123456789abcd…[4 more bytes]")
        let list = record(fields: ["l": .list(["0123456789", "0123456789", "x"])])
        let cut = try parsed(list.line(limits))
        #expect(cut["fields"]?["l"] == ["0123456789", "012…[7 more bytes]"])
        #expect(cut["truncated"] == true)
    }

    @Test func `drops the fields that do not fit and counts them`() throws {
        let limits = LogLimits(textBytesMax: 400, recordBytesMax: 2048)
        var fields: [String: LogField] = [:]
        for number in 10..<30 {
            fields["f\(number)"] = .text(String(repeating: "x", count: 300))
        }
        let line = record(fields: fields).line(limits)
        let value = try parsed(line)
        let kept = try #require(value["fields"]?.object)
        #expect(line.count <= 2048 && line.count > 1700)
        #expect(kept.keys == ["f10", "f11", "f12", "f13", "f14"])
        #expect(value["dropped_fields"] == 15)
        #expect(value["truncated"] == true)
    }

    @Test func `for any texts, is valid JSON within its bound`() throws {
        let seed =
            ProcessInfo.processInfo.environment["CHARTER_TEST_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0...UInt64.max)
        var generator = Generator(seed: seed)
        let alphabet: [Unicode.Scalar] = ["a", "\0", "\n", "\"", "\\", "é", "🦉", "\u{301}"]
        func anyText(_ countMax: Int) -> String {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<generator.int(0...countMax) { scalars.append(generator.pick(alphabet)) }
            return String(scalars)
        }
        for _ in 0..<100 {
            let limits = LogLimits(
                textBytesMax: generator.int(16...3000),
                recordBytesMax: generator.int(2048...8000)
            )
            var fields: [String: LogField] = [:]
            for _ in 0..<generator.int(0...12) {
                fields[anyText(200)] = .list([anyText(500), anyText(5)])
            }
            let record = LogRecord(
                time: Timestamp(nanoseconds: Int64(bitPattern: generator.next())),
                level: generator.pick(LogLevel.allCases),
                plane: anyText(3000),
                actor: anyText(3000),
                version: anyText(3000),
                trace: try trace(),
                event: anyText(3000),
                message: anyText(3000),
                fields: fields
            )
            let line = record.line(limits)
            #expect(line.count <= limits.recordBytesMax, "seed \(seed)")
            #expect(line.firstIndex(of: 10) == line.count - 1, "seed \(seed)")
            #expect(String(validating: line, as: UTF8.self) != nil, "seed \(seed)")
            let value = try parsed(line)
            let kept = value["fields"]?.object?.count ?? 0
            let dropped = value["dropped_fields"]?.integer ?? 0
            #expect(kept + dropped == fields.count, "seed \(seed)")
        }
    }
}

struct `A log` {
    private let lines = KeptLines()

    private func log(_ threshold: LogLevel) -> Log {
        Log(
            context: LogContext(plane: "hot", actor: "system", version: "1"),
            threshold: threshold,
            clock: { Timestamp(seconds: 0) },
            sink: lines
        )
    }

    @Test func `writes at its threshold and above`() {
        for threshold in LogLevel.allCases {
            for level in LogLevel.allCases { log(threshold).write(level, "e", "m") }
        }
        let levels = lines.all.map { line in
            LogLevel.allCases.first { line.contains("\"level\":\"\($0.rawValue)\"") }
        }
        #expect(
            levels == [
                .debug, .info, .warning, .error, .info, .warning, .error, .warning, .error, .error,
            ]
        )
    }

    @Test func `makes no text for a record that is not written`() {
        func expensive() -> String {
            Issue.record("the text was made")
            return ""
        }
        log(.error).write(.info, expensive(), expensive(), ["a": .text(expensive())])
        #expect(lines.all.isEmpty)
    }

    @Test(.covers("I02")) func `carries its actor and trace into each record`() throws {
        let log = log(.info)
        let inner = log.tracing(try trace()).acting(as: "agent-7")
        inner.write(.info, "a.b", "m", ["n": .integer(1)])
        log.write(.info, "a.b", "m")
        #expect(
            lines.all == [
                #"{"actor":"agent-7","event":"a.b","fields":{"n":1},"level":"info","message":"m","#
                    + #""plane":"hot","schema":1,"span_id":"0102030405060708","#
                    + #""time":"1970-01-01T00:00:00Z","#
                    + #""trace_id":"0102030405060708090a0b0c0d0e0f10","version":"1"}"# + "\n",
                #"{"actor":"system","event":"a.b","level":"info","message":"m","plane":"hot","#
                    + #""schema":1,"time":"1970-01-01T00:00:00Z","version":"1"}"# + "\n",
            ]
        )
    }
}
