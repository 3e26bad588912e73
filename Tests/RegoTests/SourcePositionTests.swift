import Rego
import Support
import Testing

struct `A place in a policy` {
    @Test func `stands before every later line and every later column`() {
        let here = SourcePosition(line: 3, column: 7)
        #expect(here < SourcePosition(line: 3, column: 8))
        #expect(here < SourcePosition(line: 4, column: 1))
        #expect(!(here < SourcePosition(line: 2, column: 9)))
    }
}
