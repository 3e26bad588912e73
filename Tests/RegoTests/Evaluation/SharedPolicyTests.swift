import Foundation
import Rego
import Support
import Testing

struct `A policy that many share` {
    private static let text = """
        package t
        import data.roles
        default allow := false
        allow if {
            some role in roles[input.user]
            some grant in data.grants[role]
            grant == input.action
            not blocked
        }
        blocked if input.path in {p | some p in data.closed}
        sizes[user] := count(list) if some user, list in roles
        """
    private static let data: Value = [
        "roles": ["ann": ["admin", "dev"], "bob": ["dev"]],
        "grants": ["admin": ["drop", "read"], "dev": ["read", "write"]],
        "closed": ["/a", "/b"],
    ]

    private static func inputs() -> [Value] {
        var inputs: [Value] = []
        for user in ["ann", "bob", "eve"] {
            for action in ["read", "write", "drop"] {
                for path in ["/a", "/c"] {
                    inputs.append([
                        "user": .text(user), "action": .text(action), "path": .text(path),
                    ])
                }
            }
        }
        return inputs
    }

    @Test func `gives 64 threads the answers that one gets`() throws {
        let entry = try Asked.policy(Self.text, data: Self.data).prepare(entryPoint: ["t"])
        let inputs = Self.inputs()
        let alone = try inputs.map { try entry.evaluate(input: $0) }
        let differing = Differing()
        let group = DispatchGroup()
        for _ in 0..<64 {
            group.enter()
            let thread = Thread {
                for _ in 0..<4 {
                    for (input, wanted) in zip(inputs, alone) {
                        let answer = try? entry.evaluate(input: input)
                        if answer != wanted { differing.count() }
                    }
                }
                group.leave()
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
        group.wait()
        #expect(differing.total == 0)
    }

    @Test func `is freed whole when it is replaced`() throws {
        let module = try Parser.parse(Self.text, file: "t.rego")
        weak var last: CompiledPolicy?
        for _ in 0..<50 {
            let policy = try PolicyCompiler.compile(modules: [module], data: Self.data)
            _ = try policy.prepare(entryPoint: ["t"]).evaluate(input: Self.inputs()[0])
            last = policy
        }
        #expect(last == nil)
    }
}

struct `A thread with a small stack` {
    /// Runs on a thread as workers have it: 512 KB.
    private static func run(_ work: @escaping @Sendable () -> String) -> String {
        let box = Said()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            box.set(work())
            done.signal()
        }
        thread.stackSize = 512 << 10
        thread.start()
        done.wait()
        return box.text
    }

    /// What becomes of a question asked on such a thread; the policy was compiled on another.
    private static func ask(_ name: String, of text: String, input: Value? = nil) throws -> String {
        let entry = try Asked.policy(text).prepare(entryPoint: ["t", name])
        return run {
            do throws(EvaluationError) {
                return try entry.evaluate(input: input) == nil ? "undefined" : "answered"
            } catch {
                return error.kind.rawValue
            }
        }
    }

    @Test func `survives a chain of three thousand rules`() throws {
        var text = "package t\nr0 := 1\n"
        for number in 1...3_000 { text += "r\(number) := r\(number - 1)\n" }
        #expect(try Self.ask("r3000", of: text) == "rego.eval.depth")
        #expect(try Self.ask("r900", of: text) == "answered")
    }

    @Test func `survives closures nested in closures`() throws {
        let depth = 40
        let term =
            String(repeating: "count([x | x := ", count: depth) + "[input]"
            + String(repeating: "])", count: depth)
        #expect(try Self.ask("p", of: "package t\np := \(term)", input: 1) == "answered")
    }

    @Test func `survives an input as deep as one may be, and a longer reference`() throws {
        let levels = 64
        let deep =
            String(repeating: "{\"a\":", count: levels) + "1" + String(repeating: "}", count: levels)
        let text = """
            package t
            p if input\(String(repeating: ".a", count: 200)) == 1
            q := [path | walk(input, [path, 1])]
            r := {input: input, [input]: {input}}
            """
        let input = try Value(parsing: deep)
        #expect(try Self.ask("p", of: text, input: input) == "undefined")
        #expect(try Self.ask("q", of: text, input: input) == "answered")
        #expect(try Self.ask("r", of: text, input: input) == "answered")
    }
}

struct `An observer` {
    private final class Watch: DecisionObserver {
        var passed: [Spot] = []
        var said: [String] = []
        func passed(_ spot: Spot) { passed.append(spot) }
        func printed(_ text: String, file: String, line: Int) { said.append("\(line): \(text)") }
    }

    @Test func `hears which lines were reached, which held and which rules fired`() throws {
        let text = """
            package t
            p if {
                input.a == 1
                print("a is", input.a, input.none)
                input.b == 2
            }
            p if input.c == 3
            """
        let watch = Watch()
        let policy = try Asked.policy(text, observed: true)
        let entry = try policy.prepare(entryPoint: ["t", "p"])
        let answer = try entry.evaluate(input: ["a": 1, "b": 9, "c": 3], observer: watch)
        #expect(answer == true)
        let lines = { (kind: Spot.Kind) in
            watch.passed.filter { $0.kind == kind }.map(\.range.start.line)
        }
        #expect(lines(.reached) == [3, 4, 5, 7])
        #expect(lines(.held) == [3, 4, 7])
        #expect(lines(.fired) == [7])
        #expect(watch.said == ["4: a is 1 <undefined>"])
        #expect(Set(policy.spots).isSuperset(of: watch.passed))
    }

    @Test func `hears nothing of code that was not made for it`() throws {
        let watch = Watch()
        let policy = try Asked.policy("package t\np if input.a == 1\n")
        _ = try policy.prepare(entryPoint: ["t", "p"]).evaluate(input: ["a": 1], observer: watch)
        #expect(watch.passed.isEmpty)
        #expect(policy.spots.isEmpty)
    }
}

/// A count that threads share.
private final class Differing: @unchecked Sendable {
    private let lock = NSLock()
    private var value = 0
    func count() { lock.withLock { value += 1 } }
    var total: Int { lock.withLock { value } }
}

/// A text that one thread leaves for another.
private final class Said: @unchecked Sendable {
    private let lock = NSLock()
    private var value = ""
    func set(_ text: String) { lock.withLock { value = text } }
    var text: String { lock.withLock { value } }
}
