import Rego
import Support
import Testing

struct `A built-in on networks` {
    @Test func `answers as Go's library does`() throws {
        let calls = try GoVectors.calls(of: "net.cidr_contains")
        #expect(calls.count >= 120)
        for call in calls {
            let answer = GoVectors.answer(call)
            #expect(answer == call.wanted, "\(call)")
        }
    }

    @Test(arguments: [
        // Another spelling of an address of version 4 does not pass by a rule.
        ("net.cidr_contains(\"10.0.0.0/8\", \"::ffff:10.1.2.3\")", "true"),
        ("net.cidr_contains(\"::ffff:10.0.0.0/104\", \"10.1.2.3\")", "true"),
        ("net.cidr_contains(\"::/0\", \"10.1.2.3\")", "false"),
        ("net.cidr_contains(\"::/0\", \"::fffe:0:0/95\")", "true"),
        (
            "net.cidr_contains(\"10.0.0.0/8\", \"010.1.2.3\")",
            "error: not a valid textual representation of an IP address or CIDR: 010.1.2.3"
        ),
        ("net.cidr_intersects(\"10.0.0.0/8\", \"10.255.0.0/16\")", "true"),
        ("net.cidr_intersects(\"10.0.0.0/8\", \"11.0.0.0/16\")", "false"),
        ("net.cidr_is_valid(\"10.0.0.0/33\")", "false"),
        ("net.cidr_is_valid(\"fe80::1%eth0/64\")", "false"),
        ("net.cidr_is_valid(1)", "false"),
        ("net.cidr_expand(\"10.0.0.255/31\")", "{\"10.0.0.254\", \"10.0.0.255\"}"),
        ("net.cidr_expand(\"2001:db8::/127\")", "{\"2001:db8::\", \"2001:db8::1\"}"),
        (
            "net.cidr_merge([\"10.0.0.0/9\", \"10.128.0.0/9\", \"11.0.0.0/32\"])",
            "{\"10.0.0.0/8\", \"11.0.0.0/32\"}"
        ),
        ("net.cidr_merge([\"2001:db8::/33\", \"2001:db8:8000::/33\"])", "{\"2001:db8::/32\"}"),
        ("net.cidr_merge([\"::/1\", \"8000::/1\", \"0.0.0.0/0\"])", "{\"0.0.0.0/0\", \"::/0\"}"),
        ("net.cidr_merge([\"240.0.0.1\"])", "error: IPv4 invalid: needs prefix length"),
        (
            "net.cidr_contains_matches({\"10.0.0.0/8\"}, [[\"10.1.1.1\", 1], \"11.1.1.1\"])",
            "{[\"10.0.0.0/8\", 0]}"
        ),
        (
            "net.cidr_contains_matches(\"10.0.0.0/8\", [1])",
            "error: operand 2: element must be string or non-empty array"
        ),
        (
            "net.cidr_contains(1, \"10.0.0.1\")",
            "type error: operand 1 must be string but got number"
        ),
    ])
    func `answers`(call: String, wanted: String) {
        #expect(Call.outcome(call) == wanted)
    }

    @Test func `lists no network that is too large to list`() {
        for network in ["10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/64"] {
            let said = Call.outcome("net.cidr_expand(\"\(network)\")")
            #expect(said.hasPrefix("exhausted"))
        }
    }

    @Test func `for any networks merges them to the same addresses, each once`() throws {
        var generator = Generator(seed: 17)
        for _ in 0..<200 {
            let networks = (0..<generator.int(1...6)).map { _ in
                "10.0.0.\(generator.int(0...255))/\(generator.int(26...32))"
            }
            let list = networks.map { "\"\($0)\"" }.joined(separator: ",")
            func addresses(_ networks: [String]) -> [String] {
                networks.flatMap { network in
                    let call = Call.outcome("net.cidr_expand(\"\(network)\")")
                    return call.dropFirst().dropLast().split(separator: ", ").map(String.init)
                }
            }
            let merged = Call.outcome("net.cidr_merge([\(list)])").dropFirst().dropLast()
                .split(separator: ", ").map { String($0.dropFirst().dropLast()) }
            let found = addresses(merged)
            #expect(Set(found) == Set(addresses(networks)))
            #expect(found.count == Set(found).count)
        }
    }
}
