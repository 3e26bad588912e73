import Canon
import Rego
import Testing

struct `A document in YAML` {
    @Test func `is read as the value that it says`() throws {
        let value = try Value(yaml: Array("a: [1, two]\nb:\n  - c: true\n".utf8))
        #expect(value == ["a": [1, "two"], "b": [["c": true]]])
    }

    @Test(arguments: ["a: 1\na: 2\n", "a: &x 1\nb: *x\n", "a: [1\n", "\u{FEFF}- [", "a: !!int 1\n"])
    func `is refused where two readers might disagree`(_ text: String) {
        #expect(code(Array(text.utf8)) == "rego.input.yaml")
    }

    @Test func `is refused when it is no text, or too much`() {
        #expect(code([0x61, 0x3A, 0xFF]) == "rego.input.yaml")
        #expect(code(Array("a: 1".utf8), JSONLimits(bytesMax: 3)) == "canon.json.too-large")
    }

    private func code(_ bytes: [UInt8], _ limits: JSONLimits = .standard) -> String? {
        do {
            _ = try Value(yaml: bytes, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }
}

struct `A JSON Patch` {
    private let document: Value = ["a": 1, "b": ["x", "y"]]

    @Test func `changes a document whole`() {
        let changed = document.patched(by: [
            ["op": "replace", "path": "/a", "value": 2], ["op": "remove", "path": "/b/0"],
            ["op": "add", "path": "/b/-", "value": "z"],
        ])
        #expect(changed == ["a": 2, "b": ["y", "z"]])
        #expect(document.patched(by: []) == document)
    }

    @Test func `or not at all`() {
        let steps: [Value] = [
            ["op": "remove", "path": "/c"], ["op": "test", "path": "/a", "value": 2],
            ["op": "fly", "path": "/a"], "remove",
        ]
        for step in steps {
            let changed = document.patched(by: [["op": "remove", "path": "/a"], step])
            #expect(changed == nil)
        }
        let budget = WorkBudget(stepsMax: 0)
        let poor = document.patched(
            by: [["op": "add", "path": "/c", "value": 1]],
            within: budget
        )
        #expect(poor == nil)
    }
}
