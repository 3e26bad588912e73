import Canon
import Registry
import Support
import Testing

@Suite
struct `An allocator of ids` {
    private let now = Timestamp(seconds: 1_769_894_379)

    @Test func `gives the first free id of a series`() throws {
        let allocator = IDAllocator(taken: [
            "PKG-AGENT-001", "PKG-AGENT-003", "FMWK-001", "G0", "G1",
        ])
        #expect(try allocator.next(kind: "package", series: "AGENT", now: now) == "PKG-AGENT-002")
        #expect(try allocator.next(kind: "package", series: "IAM", now: now) == "PKG-IAM-001")
        #expect(try allocator.next(kind: "framework", series: "", now: now) == "FMWK-002")
        #expect(try allocator.next(kind: "spec", series: "ATT", now: now) == "SPEC-ATT-001")
        #expect(try allocator.next(kind: "policy", series: "X", now: now) == "POL-X-001")
        #expect(try allocator.next(kind: "gate", series: "", now: now) == "G2")
    }

    @Test func `makes a version id of the time, and another one in the same second`() throws {
        let first = try IDAllocator(taken: []).next(kind: "version", series: "", now: now)
        #expect(first == "VER-20260131211939")
        let second = try IDAllocator(taken: [first]).next(kind: "version", series: "", now: now)
        #expect(second == first + "-1")
    }

    @Test func `counts on beyond three digits`() throws {
        let taken = (1...999).map {
            "PKG-" + String(repeating: "0", count: 3 - "\($0)".count) + "\($0)"
        }
        let id = try IDAllocator(taken: taken).next(kind: "package", series: "", now: now)
        #expect(id == "PKG-1000")
    }

    @Test(arguments: ["agent", "A B", "-", "A--B", "Ä", "../X"])
    func `gives no id that is none`(series: String) {
        let fault = #expect(throws: RegistryFault.self) {
            _ = try IDAllocator(taken: []).next(kind: "package", series: series, now: now)
        }
        #expect(fault?.code == "registry.bad-id")
    }

    @Test func `runs out of gates rather than give a bad one`() {
        let fault = #expect(throws: RegistryFault.self) {
            _ = try IDAllocator(taken: (0...999).map { "G\($0)" })
                .next(kind: "gate", series: "", now: now)
        }
        #expect(fault == .badID("G1000"))
    }

    @Test func `knows its kinds`() {
        let fault = #expect(throws: RegistryFault.self) {
            _ = try IDAllocator(taken: []).next(kind: "thing", series: "", now: now)
        }
        #expect(fault?.code == "registry.no-such-kind")
        #expect(fault?.description.contains("thing") == true)
    }

    @Test func `and its faults say what is wrong`() {
        let table = RegistryFault.table(path: "a\nb", cause: .empty)
        #expect(table.code == "registry.malformed")
        #expect(table.cause?.code == "canon.csv.empty")
        #expect(table.description.contains("a\\u{a}b"))
        let missing = RegistryFault.noSuchRegistry("x")
        #expect(missing.code == "registry.no-such-registry")
        #expect(missing.cause == nil)
    }
}
