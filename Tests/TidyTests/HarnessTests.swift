import Support
import Testing

/// What the tests stand on: a harness that lies makes every suite hollow.
struct `The harness` {
    @Test func `runs a program that ends before it has read its input`() throws {
        let input = [UInt8](repeating: 65, count: 1 << 20)
        for _ in 0..<5 {
            let said = try Command.run("/bin/sh", ["-c", "exec 0<&-; echo done"], input: input)
            #expect(said.status == 0 && said.output == "done\n")
        }
        // A program that is started after that dies of a closed pipe, as it does everywhere.
        let said = try Command.run("/bin/bash", ["-c", "yes | head -n 1; echo ${PIPESTATUS[0]}"])
        #expect(said.output == "y\n141\n")
    }

    @Test func `feeds and drains a program at once`() throws {
        let input = [UInt8](repeating: 65, count: 1 << 20)
        let said = try Command.run("/bin/cat", input: input)
        #expect(said.status == 0 && said.output.utf8.count == input.count)
    }

    @Test func `damages bytes the same way for the same seed, and nearly always`() {
        let good = Array("some bytes that stand for a signature".utf8)
        var (one, two) = (Generator(seed: 7), Generator(seed: 7))
        var unchanged = 0
        for _ in 0..<200 {
            let damaged = good.mutated(by: &one)
            #expect(damaged == good.mutated(by: &two))
            if damaged == good { unchanged += 1 }
        }
        #expect(unchanged < 40)
    }
}
