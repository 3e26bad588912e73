import Canon
import Foundation
import Rego
import Support
import Testing

struct `A policy that is wrong` {
    static let files = [
        "accepted", "calls", "decisions", "fail-open", "imports", "literals", "names", "rules",
        "rulesets", "text",
    ]

    static let cases: [RefusedCase] = files.flatMap { file in
        let text = (try? Repository.vectorText("rego-verdicts/\(file).txt")) ?? ""
        return RefusedCase.cases(in: text, of: file)
    }

    @Test(arguments: cases)
    func `is refused for the right reason at the right place`(_ item: RefusedCase) {
        let outcome = item.outcome()
        #expect(
            item.isAsWanted(outcome),
            "wanted \(item.wanted), got \(outcome.code) \(outcome.place) \(outcome.words)"
        )
    }

    @Test func `is one of many that were thought of`() {
        #expect(Self.cases.count >= 150)
        #expect(Set(Self.cases.map { "\($0.file) \($0.name)" }).count == Self.cases.count)
    }

    @Test func `is not taken for one by a case that wants another reason`() {
        let text = "=== x\npackage a\nallow if inptu.x\n+++ rego.compile.type 2:10 var inptu\n"
        let item = RefusedCase.cases(in: text, of: "own")[0]
        #expect(!item.isAsWanted(item.outcome()))
        let right = text.replacingOccurrences(of: "compile.type", with: "compile.unsafe-variable")
        let other = RefusedCase.cases(in: right, of: "own")[0]
        #expect(other.isAsWanted(other.outcome()))
        let elsewhere = right.replacingOccurrences(of: "2:10", with: "2:9")
        let third = RefusedCase.cases(in: elsewhere, of: "own")[0]
        #expect(!third.isAsWanted(third.outcome()))
    }
}

struct `A hostile input` {
    private func fault(_ text: String) throws -> String {
        try #require(throws: InputFault.self) { try Value(parsing: text) }.code
    }

    @Test(arguments: [200, 5_000, 100_000])
    func `that is nested deep is refused`(depth: Int) throws {
        let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try fault(arrays) == "canon.json.too-deep")
        let objects =
            String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(try fault(objects) == "canon.json.too-deep")
        #expect(try fault(String(repeating: "[", count: depth)) == "canon.json.too-deep")
    }

    @Test func `that has a number too long is refused`() throws {
        #expect(try fault(String(repeating: "9", count: 100_000)) == "rego.input.number-too-long")
        #expect(
            try fault("0." + String(repeating: "1", count: 100_000)) == "rego.input.number-too-long"
        )
    }

    @Test func `that is larger than allowed is refused`() {
        let text = Array("[\"\(String(repeating: "a", count: 2_000))\"]".utf8)
        let fault = #expect(throws: InputFault.self) {
            try Value(parsing: text, limits: JSONLimits(bytesMax: 1_000))
        }
        #expect(fault?.code == "canon.json.too-large")
    }

    @Test func `that is no UTF-8 is refused`() {
        let fault = #expect(throws: InputFault.self) { try Value(parsing: [0x22, 0xFF, 0x22]) }
        #expect(fault?.code == "canon.json.invalid-utf8")
    }
}

struct `A hostile policy` {
    private func code(_ text: [UInt8]) -> String {
        do throws(PolicyErrors) {
            _ = try Parser.parse(text, file: "a.rego")
            return "accepted"
        } catch {
            return error.code
        }
    }

    @Test func `that is too large is refused before it is read`() {
        let text = Array("package a\n# ".utf8) + Array(repeating: 0x61, count: 5 << 20)
        #expect(code(text) == "rego.parse.too-large")
    }

    @Test func `that is no UTF-8 is refused, wherever the bytes stand`() {
        for text in ["p := \"X\"", "# X", "p := `X`", "p := $\"X\"", "X := 1", "p := 1 X"] {
            let parts = text.split(separator: "X", omittingEmptySubsequences: false)
            for bad: [UInt8] in [[0xFF], [0x00], [0xC3], [0xED, 0xA0, 0x80]] {
                let bytes = Array("package a\n".utf8) + parts[0].utf8 + bad + parts[1].utf8
                #expect(code(bytes) == "rego.parse.bad-text", "\(text) \(bad)")
            }
        }
    }

    @Test func `that has a number too long is refused`() {
        let text = "package a\np := 1" + String(repeating: "0", count: 5_000)
        #expect(code(Array(text.utf8)) == "rego.parse.bad-number")
    }

    @Test func `that is made of mistakes is left after twenty of them`() throws {
        let text = "package a\n" + String(repeating: "p := )\n", count: 10_000)
        let errors = try #require(throws: PolicyErrors.self) {
            try Parser.parse(text, file: "a.rego")
        }
        #expect(errors.errors.count == 20)
    }
}
