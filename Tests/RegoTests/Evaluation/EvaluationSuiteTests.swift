import Foundation
import Rego
import Support
import Testing

/// The open-policy-agent evaluation suite, level 1.14: every case runs, and `docs/rego-suite.md` lists
/// each one that does not pass, with its reason.
@Suite(
    .enabled(
        if: SuiteCase.isPresent,
        "the suite is data of others: put it at Tests/Vectors/opa/suite-v1.json.gz"
    )
)
struct `The evaluation suite` {
    static let chunks = 16

    @Test(arguments: 0..<chunks)
    func `passes but for the cases that the documents list`(chunk: Int) throws {
        let listed = try SuiteMisses.listed()
        for (number, item) in SuiteCase.all.enumerated()
        where number % Self.chunks == chunk && !SuiteCase.outOfScope.contains(item.category) {
            let outcome = item.outcome()
            let name = item.note
            if listed.contains(name) {
                #expect(outcome != .passed, "\(name) passes; take it off the list")
            } else {
                #expect(outcome == .passed, "\(name)")
            }
        }
    }

    @Test func `refuses what is left out on purpose, and says so`() {
        let left = SuiteCase.all.filter { SuiteCase.outOfScope.contains($0.category) }
        #expect(left.count == 167)
        for item in left {
            let outcome = item.outcome()
            #expect(outcome == .refused("rego.compile.left-out-builtin"), "\(item.note)")
        }
    }

    @Test func `has as many cases as it should, and misses few of them`() throws {
        #expect(SuiteCase.all.count == 2_067)
        let inScope = SuiteCase.all.filter { !SuiteCase.outOfScope.contains($0.category) }
        #expect(inScope.count == 1_900)
        let listed = try SuiteMisses.listed()
        let misses = inScope.filter { listed.contains($0.note) }
        #expect(inScope.count - misses.count >= 1_890)
        let known = Set(SuiteCase.all.map(\.note))
        #expect(listed.subtracting(known) == [], "the documents list cases that there are not")
    }

    @Test func `a wrong answer is noticed`() {
        // The harness itself: the same case with another wanted answer must not pass.
        let right = Value.object(
            ObjectValue([
                .init(key: "modules", value: ["package t\n\np := 1\n"]),
                .init(key: "query", value: "data.t.p = x"),
                .init(key: "want_result", value: [["x": 1]]),
            ])
        )
        let wrong = Value.object(
            ObjectValue([
                .init(key: "modules", value: ["package t\n\np := 1\n"]),
                .init(key: "query", value: "data.t.p = x"),
                .init(key: "want_result", value: [["x": 2]]),
            ])
        )
        #expect(SuiteCase(right, category: "own").outcome() == .passed)
        #expect(SuiteCase(wrong, category: "own").outcome() != .passed)
    }
}

/// The misses that `docs/rego-suite.md` lists: the first column of its table.
enum SuiteMisses {
    static func listed() throws -> Set<String> {
        let page = try String(
            contentsOfFile: Repository.file("docs/rego-suite.md"),
            encoding: .utf8
        )
        var names: Set<String> = []
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "`", maxSplits: 2, omittingEmptySubsequences: false)
            guard cells.count == 3 else { continue }
            names.insert(String(cells[1]))
        }
        return names
    }
}
