import Canon
import Support
import Telemetry
import Testing

private let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

private func refusal(_ traceparent: String...) -> String? {
    do {
        _ = try TraceContext(traceparent: traceparent)
        return nil
    } catch {
        return error.code
    }
}

struct `A traceparent` {
    @Test func `is read and written`() throws {
        let context = try TraceContext(traceparent: [valid])
        #expect(context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.spanID.description == "00f067aa0ba902b7")
        #expect(context.isSampled)
        #expect(!context.isRandom)
        #expect(context.traceparent == valid)
        #expect(context.tracestate == nil)
    }

    @Test(arguments: [
        ("00", "00"), ("01", "01"), ("02", "02"), ("03", "03"), ("ff", "03"), ("fc", "00"),
    ])
    func `keeps the known flags and clears the others`(given: String, kept: String) throws {
        let context = try TraceContext(traceparent: [valid.dropLast(2) + given])
        #expect(context.traceparent == valid.dropLast(2) + kept)
    }

    @Test func `may have white space around it`() throws {
        #expect(try TraceContext(traceparent: [" \t\(valid) \t"]).traceparent == valid)
        #expect(refusal("\n" + valid) == "telemetry.traceparent-malformed")
    }

    @Test(arguments: [
        "", "-", "00", "00-", valid + "-", valid + "-00", valid + "0", String(valid.dropLast()),
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e47366-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-+1",
        "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "FF-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7.01",
        "00-４bf92f3577b34da6a3ce929d0e0e47-00f067aa0ba902b7-01",
    ])
    func `is refused when it is malformed`(text: String) {
        #expect(refusal(text) == "telemetry.traceparent-malformed")
    }

    @Test func `is refused with the version ff and with zero ids`() {
        #expect(refusal("ff" + valid.dropFirst(2)) == "telemetry.traceparent-version")
        let zeros = String(repeating: "0", count: 32)
        #expect(refusal("00-\(zeros)-00f067aa0ba902b7-01") == "telemetry.trace-id-zero")
        let noSpan = "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"
        #expect(refusal(noSpan) == "telemetry.span-id-zero")
    }

    @Test func `must come exactly once`() {
        #expect(refusal() == "telemetry.traceparent-count")
        #expect(refusal(valid, valid) == "telemetry.traceparent-count")
        #expect(refusal(valid) == nil)
    }

    @Test(arguments: ["01", "cc", "fe"])
    func `of a later version is read as far as it is known`(version: String) throws {
        let later = version + valid.dropFirst(2)
        #expect(try TraceContext(traceparent: [later]).traceparent == valid)
        #expect(try TraceContext(traceparent: [later + "-"]).traceparent == valid)
        #expect(try TraceContext(traceparent: [later + "-what-ever.x"]).traceparent == valid)
        #expect(refusal(later + ".x") == "telemetry.traceparent-malformed")
        #expect(refusal(later + "0") == "telemetry.traceparent-malformed")
    }
}

struct `A trace context` {
    @Test func `comes from given bytes`() throws {
        let trace = try #require(TraceID(bytes: [UInt8](repeating: 0xAB, count: 16)))
        let span = try #require(SpanID(bytes: [0, 0, 0, 0, 0, 0, 0, 1]))
        let context = TraceContext(traceID: trace, spanID: span, isSampled: false)
        #expect(
            context.traceparent == "00-\(String(repeating: "ab", count: 16))-0000000000000001-02"
        )
        #expect(TraceContext(traceID: trace, spanID: span).traceparent.hasSuffix("-03"))
        #expect(try TraceContext(traceparent: [context.traceparent]) == context)
    }

    @Test func `never has zero ids or ids of another length`() {
        #expect(TraceID(bytes: [UInt8](repeating: 0, count: 16)) == nil)
        #expect(TraceID(bytes: [UInt8](repeating: 1, count: 15)) == nil)
        #expect(TraceID(bytes: [UInt8](repeating: 1, count: 17)) == nil)
        #expect(TraceID(bytes: [UInt8](repeating: 0, count: 15) + [1]) != nil)
        #expect(SpanID(bytes: [UInt8](repeating: 0, count: 8)) == nil)
        #expect(SpanID(bytes: [UInt8](repeating: 1, count: 7)) == nil)
        #expect(SpanID(bytes: [UInt8](repeating: 1, count: 9)) == nil)
    }

    @Test func `hands its trace on to a child`() throws {
        let parent = try TraceContext(traceparent: [valid], tracestate: ["a=1"])
        let span = try #require(SpanID(bytes: [8, 7, 6, 5, 4, 3, 2, 1]))
        let child = parent.child(span)
        #expect(child.traceparent == "00-4bf92f3577b34da6a3ce929d0e0e4736-0807060504030201-01")
        #expect(child.tracestate == "a=1")
        #expect(child.carrying("charter", "x")?.tracestate == "charter=x,a=1")
        #expect(child.carrying("Charter", "x") == nil)
        #expect(child.carrying("charter", "") == nil)
    }
}

struct `A tracestate` {
    private func read(_ headers: String...) throws -> String? {
        try TraceContext(traceparent: [valid], tracestate: headers).tracestate
    }

    @Test func `keeps its order over several headers`() throws {
        #expect(try read("foo=1,bar=2") == "foo=1,bar=2")
        #expect(try read("foo=1", "bar=2,baz=3") == "foo=1,bar=2,baz=3")
        #expect(try read("foo=1 \t , \tbar=2, ,", "") == "foo=1,bar=2")
        #expect(try read() == nil)
        #expect(try read("", " ") == nil)
    }

    @Test func `takes the keys of level 2`() throws {
        let long = "t" + String(repeating: "v", count: 255)
        for key in ["1a", "0", "a@b@c", "fw529a3039@dt", "a_-*/", "9@", long] {
            #expect(try read(key + "=1") == key + "=1")
        }
        for key in ["", "A", "@a", "_a", "a b", "a\u{E9}", "a.b", long + "v"] {
            #expect(try read("ok=1,\(key)=1") == nil, "\(key)")
        }
        #expect(try read("foo =1") == nil)
        #expect(try read("foo") == nil)
    }

    @Test func `takes printable values only`() throws {
        let long = String(repeating: "v", count: 256)
        for value in ["1", "a b", "!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~", long] {
            #expect(try read("foo=" + value) == "foo=" + value)
        }
        #expect(try read("foo= 1") == "foo= 1")
        for value in ["", " ", "a=b", "a\tb", "é", "a\u{7F}", long + "v"] {
            #expect(try read("ok=1,foo=" + value) == nil, "\(value)")
        }
    }

    @Test func `thins out a repeated key and keeps the one set last`() throws {
        #expect(try read("foo=1,bar=2,foo=3") == "foo=1,bar=2")
        #expect(try read("foo=1", "foo=1") == "foo=1")
    }

    @Test func `has at most 32 entries`() throws {
        let entries = (0..<33).map { "k\($0)=1" }
        let full = entries.prefix(32).joined(separator: ",")
        #expect(try read(full) == full)
        #expect(try read(entries.joined(separator: ",")) == nil)
        let context = try TraceContext(traceparent: [valid], tracestate: [full])
        let more = try #require(context.carrying("new", "1"))
        #expect(more.state.entries.count == 32)
        #expect(more.tracestate?.hasPrefix("new=1,k0=1,") == true)
        #expect(more.tracestate?.hasSuffix(",k30=1") == true)
        #expect(context.carrying("k31", "2")?.tracestate?.hasPrefix("k31=2,k0=1,") == true)
        #expect(context.carrying("k31", "2")?.state.entries.count == 32)
    }

    @Test func `loses only itself when it is broken`() throws {
        let context = try TraceContext(traceparent: [valid], tracestate: ["ok=1,BAD=1"])
        #expect(context.traceparent == valid)
        #expect(context.tracestate == nil)
    }
}
