import Canon
import Host
import Integrity

/// What confinement really does on this machine: a child is confined as a role would be, and tries.
struct ConfinementTrial {
    private let surroundings: Surroundings
    private let demand: ConfinementProbe.Demand

    init(_ surroundings: Surroundings, _ demand: ConfinementProbe.Demand) {
        self.surroundings = surroundings
        self.demand = demand
    }

    /// What `doctor` says about it; nothing where no role can be started.
    func lines() -> [DoctorVerb.Line] {
        guard let start = surroundings.startRole else { return [] }
        do throws(HostFault) {
            guard let report = try tried(start) else {
                return [failed("The confined role ended without a report.")]
            }
            if let fault = report["fault"] { return [failed(fault["message"]?.string ?? "")] }
            return effective(report)
        } catch {
            return [failed(error.description)]
        }
    }

    private func failed(_ reason: String) -> DoctorVerb.Line {
        DoctorVerb.Line(
            name: "confinement",
            wanted: demand.rawValue,
            found: reason,
            isGood: false,
            next: "Roles are not started like this; see the lines on landlock and seccomp."
        )
    }

    /// Lays out a directory for the role and one that is none of its business, and removes both.
    private func tried(
        _ start: @Sendable ([String]) throws(HostFault) -> [UInt8]
    ) throws(HostFault) -> JSONValue? {
        let bytes = surroundings.randomness.bytes(4)
        let name = "probe-" + bytes.map { String($0, radix: 16) }.joined(separator: "-")
        let home = try Directory.openMaking(surroundings.stateHome + "/charter", mode: 0o700)
        try DurableFile.makeDirectory(name, in: home, mode: 0o700)
        defer { try? DurableFile.removeTree(name, in: home) }
        let path = home.path + "/" + name
        for place in ["own", "other"] {
            try DurableFile.makeDirectory(name + "/" + place, in: home, mode: 0o700)
            for file in ["read", "write", "rename", "link", "remove"] {
                try DurableFile.replace("\(name)/\(place)/\(file)", with: [], in: home)
            }
        }
        // Its path may be too long for a socket; then connecting is reported as not tried.
        let listener = try? UnixListener.listen(path + "/other/socket")
        defer { withExtendedLifetime(listener) {} }
        let probe = ConfinementProbe(
            own: path + "/own",
            other: path + "/other",
            demand: demand
        )
        let output = try start(probe.arguments)
        return try? JSONValue(parsing: output)
    }

    private func effective(_ report: JSONValue) -> [DoctorVerb.Line] {
        let landlock = report["landlock_version"]?.integer ?? 0
        func isTrue(_ key: String) -> Bool { report[key]?.bool == true }
        var lines = [
            line("new privileges", "denied", isTrue("no_new_privileges") ? "denied" : "allowed"),
            line("system calls", "filtered", isTrue("seccomp_filter") ? "filtered" : "free"),
            line("paths", "held by Landlock", landlock > 0 ? "held by Landlock" : "free"),
        ]
        for (name, outcome) in report["probes"]?.object?.members ?? [] {
            lines.append(line(name, "denied", outcome.string ?? ""))
        }
        for (name, outcome) in report["outside"]?.object?.members ?? [] {
            lines.append(line("\(name) outside", "denied", outcome.string ?? ""))
        }
        for (name, outcome) in report["inside"]?.object?.members ?? [] {
            lines.append(line("\(name) inside", "allowed", outcome.string ?? ""))
        }
        return lines
    }

    private func line(_ name: String, _ wanted: String, _ found: String) -> DoctorVerb.Line {
        DoctorVerb.Line(
            name: name,
            wanted: wanted,
            found: "\(found) (configured: \(wanted))",
            isGood: found == wanted || demand == .reduced,
            next: "Use a kernel that holds it, or accept less with --confinement reduced."
        )
    }
}
