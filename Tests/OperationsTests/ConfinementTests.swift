import Canon
import Foundation
import Host
import Operations
import Support
import Testing

struct `A confined role` {
    private static let lacking = [
        ConfinementAvailability(landlockVersion: 0, hasSeccomp: true),
        ConfinementAvailability(landlockVersion: 2, hasSeccomp: true),
        ConfinementAvailability(landlockVersion: 7, hasSeccomp: false),
    ]

    private func enter(
        _ demand: ConfinementProbe.Demand,
        _ availability: ConfinementAvailability
    ) throws -> HostFault? {
        let place = TemporaryDirectory()
        let probe = ConfinementProbe(own: place.path, other: place.path, demand: demand)
        return #expect(throws: HostFault.self) { try probe.enter(availability: availability) }
    }

    @Test(.covers("A15"))
    func `refuses to start where the kernel cannot hold it`() throws {
        for availability in Self.lacking {
            let fault = try enter(.full, availability)
            #expect(fault?.code == "host.confinement-unavailable")
            #expect(fault?.description.contains("--confinement=reduced") == true)
        }
    }

    @Test func `gets past that where less was asked for in so many words`() throws {
        // The next thing that is asked is how many threads there are; a test has several.
        for availability in Self.lacking {
            #expect(try enter(.reduced, availability)?.code == "host.not-single-threaded")
        }
    }

    @Test func `is a word that no help page has`() {
        let world = World()
        #expect(world.call("role", "confinement-probe", "--json").faultCode == "operations.usage")
        #expect(!world.call("help").said.contains("role"))
    }
}

struct `The doctor` {
    private func checks(
        _ world: World,
        _ arguments: String...
    ) throws -> (status: Int32, good: [String: Bool], found: [String: String]) {
        let answer = world.call(["doctor", "--json"] + arguments)
        let checks = try #require(answer.json?["checks"]?.array, "\(answer.text)")
        var good: [String: Bool] = [:]
        var found: [String: String] = [:]
        for check in checks {
            let name = check["name"]?.string ?? ""
            good[name] = check["good"]?.bool
            found[name] = check["found"]?.string
        }
        return (answer.status, good, found)
    }

    private func confined(network: String) -> String {
        """
        {"demanded":"full","landlock_version":7,"no_new_privileges":true,"seccomp_filter":true,\
        "probes":{"network":"\(network)"},"outside":{"write":"denied"},"inside":{"write":"allowed"}}
        """
    }

    @Test func `prints what took effect beside what was configured`() throws {
        var world = World()
        let well = confined(network: "denied")
        world.surroundings.startRole = { _ throws(HostFault) in Array(well.utf8) }
        let answer = try checks(world)
        #expect(answer.good["network"] == true && answer.good["write outside"] == true)
        #expect(answer.found["network"] == "denied (configured: denied)")
        #expect(answer.found["write inside"] == "allowed (configured: allowed)")
    }

    @Test func `finds a wall that does not stand`() throws {
        var world = World()
        let open = confined(network: "allowed")
        world.surroundings.startRole = { _ throws(HostFault) in Array(open.utf8) }
        let answer = try checks(world)
        #expect(answer.status == 1 && answer.good["network"] == false)
        #expect(answer.found["network"] == "allowed (configured: denied)")
        // Who accepts less is told and not refused.
        let reduced = try checks(world, "--confinement", "reduced")
        #expect(reduced.good["network"] == true)
        #expect(reduced.found["network"] == "allowed (configured: denied)")
    }

    @Test func `passes on why a role refused to start`() throws {
        var world = World()
        world.surroundings.startRole = { arguments throws(HostFault) in
            #expect(arguments.last == "--confinement=full")
            throw .confinementUnavailable(reason: "the kernel offers no Landlock")
        }
        let answer = try checks(world)
        #expect(answer.status == 1 && answer.good["confinement"] == false)
        #expect(answer.found["confinement"]?.contains("the kernel offers no Landlock") == true)
        world.surroundings.startRole = { _ throws(HostFault) in [] }
        #expect(try checks(world).good["confinement"] == false)
    }

    @Test func `takes only the modes there are`() {
        let refused = World().call("doctor", "--confinement", "none", "--json")
        #expect(refused.status == 64 && refused.faultCode == "operations.usage")
    }

    @Test func `leaves nothing behind`() throws {
        var world = try World.governed()
        let well = confined(network: "denied")
        world.surroundings.startRole = { _ throws(HostFault) in Array(well.utf8) }
        _ = try checks(world)
        let left = try FileManager.default.contentsOfDirectory(
            atPath: world.place.file("state/charter")
        )
        #expect(left == ["sample"])
    }
}
