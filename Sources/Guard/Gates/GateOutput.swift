package import Canon
import Registry

/// The standard output of a gate; whatever has another shape is a denial.
package struct GateOutput: Sendable, Hashable {
    /// One thing that speaks against the target.
    package struct Finding: Sendable, Hashable {
        package let rule: String
        package let code: String
        /// The file concerned, if it is one of the root's.
        package let path: String?
        package let line: Int?
        package let message: String
        package let nextStep: String

        /// States a finding.
        package init(
            rule: String,
            code: String,
            path: String? = nil,
            line: Int? = nil,
            message: String,
            nextStep: String
        ) {
            self.rule = rule
            self.code = code
            self.path = path
            self.line = line
            self.message = message
            self.nextStep = nextStep
        }
    }

    /// A policy that was asked, at its exact version.
    package struct Asked: Sendable, Hashable {
        package let id: String
        package let version: String

        /// Names a policy.
        package init(id: String, version: String) {
            self.id = id
            self.version = version
        }
    }

    package let gate: String
    package let gateVersion: String
    package let target: String
    package let targetHash: Digest
    /// What speaks against the target; empty exactly when it is allowed.
    package let findings: [Finding]
    package let policies: [Asked]
    package let time: Timestamp

    /// The code of the finding that stands for output of another shape.
    package static let malformedCode = "gates.output.malformed"

    /// What a gate found.
    package init(
        gate: String,
        gateVersion: String,
        target: String,
        targetHash: Digest,
        findings: [Finding],
        policies: [Asked],
        time: Timestamp
    ) {
        self.gate = gate
        self.gateVersion = gateVersion
        self.target = target
        self.targetHash = targetHash
        self.findings = findings
        self.policies = policies
        self.time = time
    }

    /// Whether the gate lets the target pass.
    package var isAllowed: Bool { findings.isEmpty }

    /// The document of the schema `gate_result`.
    package var json: JSONValue {
        [
            "schema_version": "1.0",
            "type": "gate_result",
            "gate": .string(gate),
            "gate_version": .string(gateVersion),
            "target": .string(target),
            "target_hash": .string(targetHash.hex),
            "decision": isAllowed ? "allow" : "deny",
            "reason": .string(reason),
            "findings": .array(findings.map(GateOutput.json)),
            "policies": .array(
                policies.map { ["id": .string($0.id), "version": .string($0.version)] }
            ),
            "evaluated_at": .string(time.description),
        ]
    }

    private var reason: String {
        findings.first.map { "\(gate) refuses \(target): \($0.message)" }
            ?? "\(gate) lets \(target) pass."
    }

    private static func json(_ finding: Finding) -> JSONValue {
        var members = JSONObject([
            ("rule", .string(finding.rule)), ("code", .string(finding.code)),
            ("message", .string(finding.message)), ("next_step", .string(finding.nextStep)),
        ])
        members["path"] = finding.path.map { .string($0) }
        members["line"] = finding.line.map { .integer($0) }
        return .object(members)
    }

    // MARK: - From another program

    /// Reads what a gate that is another program said about an input.
    ///
    /// Anything that is not the standard output about exactly this input, at any place, is a denial.
    package init(
        parsing bytes: [UInt8],
        of gate: String,
        version: String,
        about input: GateInput
    ) {
        var findings: [Finding] = []
        var policies: [Asked] = []
        do throws(Malformed) {
            (findings, policies) = try GateOutput.read(bytes, gate, version, input)
        } catch {
            findings = [
                Finding(
                    rule: gate,
                    code: GateOutput.malformedCode,
                    message: "The gate \(gate) gave no output that means anything: "
                        + error.reason,
                    nextStep: "Correct the program of the gate; see gate_result.json."
                )
            ]
        }
        self.init(
            gate: gate,
            gateVersion: version,
            target: input.targetID,
            targetHash: input.targetHash,
            findings: findings,
            policies: policies,
            time: input.time
        )
    }

    private struct Malformed: Error {
        let reason: String
    }

    private static func read(
        _ bytes: [UInt8],
        _ gate: String,
        _ version: String,
        _ input: GateInput
    ) throws(Malformed) -> ([Finding], [Asked]) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw Malformed(reason: error.description)
        }
        let expected: [(String, String)] = [
            ("schema_version", "1.0"), ("type", "gate_result"), ("gate", gate),
            ("gate_version", version), ("target", input.targetID),
            ("target_hash", input.targetHash.hex),
        ]
        for (key, wanted) in expected
        where value[key]?.string?.hasSameBytes(as: wanted) != true {
            throw Malformed(reason: "Its \"\(key)\" is not \(wanted).")
        }
        guard let found = value["findings"]?.array, let asked = value["policies"]?.array,
            let decision = value["decision"]?.string, value["reason"]?.string != nil
        else { throw Malformed(reason: "A part of it is missing.") }
        guard decision == (found.isEmpty ? "allow" : "deny") else {
            throw Malformed(reason: "It decides \(Printable(decision)), unlike its findings.")
        }
        var findings: [Finding] = []
        for item in found {
            guard let rule = item["rule"]?.string, !rule.isEmpty,
                let code = item["code"]?.string, !code.isEmpty,
                let message = item["message"]?.string, !message.isEmpty,
                let next = item["next_step"]?.string, !next.isEmpty
            else { throw Malformed(reason: "A finding lacks rule, code, message or next step.") }
            findings.append(
                Finding(
                    rule: rule,
                    code: code,
                    path: item["path"]?.string,
                    line: item["line"]?.integer,
                    message: message,
                    nextStep: next
                )
            )
        }
        var policies: [Asked] = []
        for item in asked {
            guard let id = item["id"]?.string, let version = item["version"]?.string else {
                throw Malformed(reason: "A policy lacks its id or its version.")
            }
            policies.append(Asked(id: id, version: version))
        }
        return (findings, policies)
    }
}
