import Canon
package import Host

/// A hidden role that confines itself, walks into its own walls and says what it met.
///
/// `charter doctor` starts it as a child, so that what the operator reads is what the kernel does and
/// not what was asked of it. Two steps: `confinement-probe` puts up the walls and executes this image
/// again; `confinement-inside` closes the last door and tries.
package struct ConfinementProbe: Sendable {
    /// How much confinement is asked for.
    package enum Demand: String, Sendable, CaseIterable {
        case full
        /// What this kernel has, be it nothing.
        case reduced
        /// No walls: the control that shows that each deed works without them.
        case none
    }

    /// The directory that is the role's own: there it may write.
    package var own: String
    /// A directory beside it that is none of its business.
    package var other: String
    package var demand: Demand

    /// A probe that owns one directory and tries to reach another.
    package init(own: String, other: String, demand: Demand) {
        self.own = own
        self.other = other
        self.demand = demand
    }

    /// The words after `charter role` that start the first step.
    package var arguments: [String] {
        ["confinement-probe", own, other, "--confinement=\(demand.rawValue)"]
    }

    private static let usage =
        "A role is started as: charter role confinement-probe OWN OTHER --confinement=full."

    /// Runs the role that the words after `charter role` name; prints JSON, gives the exit status.
    package static func run(_ words: [[UInt8]]) -> Int32 {
        do throws(OperationFault) {
            let (probe, isInside) = try read(CommandLineDoor.text(of: words))
            do throws(HostFault) {
                if !isInside && probe.demand != .none { try probe.enter() }
                let report = try probe.tried(isSealing: isInside)
                try StandardStream.output.write(report.line + [0x0A])
                return 0
            } catch {
                throw .host(error)
            }
        } catch {
            let response = CommandLineDoor.response(for: error, asJSON: true)
            try? StandardStream.output.write(response.output)
            return response.status
        }
    }

    private static func read(
        _ words: [String]
    ) throws(OperationFault) -> (ConfinementProbe, isInside: Bool) {
        guard words.count == 4,
            ["confinement-probe", "confinement-inside"].contains(words[0]),
            words[3].hasPrefix("--confinement="),
            let demand = Demand(rawValue: String(words[3].dropFirst("--confinement=".count)))
        else { throw .usage(usage) }
        let probe = ConfinementProbe(own: words[1], other: words[2], demand: demand)
        return (probe, words[0] == "confinement-inside")
    }

    /// Puts up the walls and executes this image again behind them.
    package func enter(
        availability: ConfinementAvailability = .probe()
    ) throws(HostFault) -> Never {
        var profile = Confinement(
            writable: [own],
            strictness: demand == .reduced ? .reduced : .full
        )
        try profile.admitOwnImage()
        try ConfinedImage.enter(
            profile,
            executing: .ownImage(),
            arguments: ["charter", "role", "confinement-inside"] + arguments.dropFirst(),
            environment: [:],
            availability: availability
        )
    }

    private func tried(isSealing: Bool) throws(HostFault) -> JSONValue {
        if isSealing { try ConfinedImage.seal(allowsExecution: false) }
        let report = ConfinementReport.probe()
        var probes = JSONObject()
        for probe in ConfinementReport.Probe.allCases {
            probes[probe.rawValue] = report.denied.contains(probe) ? "denied" : "allowed"
        }
        return [
            "demanded": .string(demand.rawValue),
            "landlock_version": .integer(report.availability.landlockVersion),
            "no_new_privileges": .bool(report.noNewPrivileges),
            "seccomp_filter": .bool(report.hasFilter),
            "probes": .object(probes),
            "outside": .object(deeds(at: other)),
            "inside": .object(deeds(at: own)),
        ]
    }

    private func deeds(at place: String) -> JSONObject {
        var outcomes = JSONObject()
        for deed in ConfinementReport.Deed.allCases {
            let isOwn = place == own
            // A process that is one's own, and a socket in one's own directory, prove nothing.
            if isOwn && (deed == .signal || deed == .connect) { continue }
            let outcome = ConfinementReport.attempt(deed, at: place, own: own)
            outcomes[deed.rawValue] =
                switch outcome {
                case .allowed: "allowed"
                case .denied: "denied"
                case .failed(let error): .string("failed: " + HostFault.words(of: error))
                }
        }
        return outcomes
    }
}
