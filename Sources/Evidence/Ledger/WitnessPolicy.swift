package import Crypto

/// Whose signatures a head must have: a C2SP tlog-policy file.
///
///     log <vkey>
///     witness <name> <vkey> <url>
///     group <name> all|any|<k> <name>…
///     quorum <name>|none
package struct WitnessPolicy: Sendable {
    /// The keys of the logs that are trusted.
    package private(set) var logs: [NoteVerifier] = []
    private var witnesses: [String: NoteVerifier] = [:]
    private var groups: [String: (needed: Int, members: [String])] = [:]
    private var quorum: String?

    private static let linesMax = 1000

    /// Reads a policy; a name must be defined above the line that uses it.
    package init(parsing text: String) throws(LedgerFault) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count <= WitnessPolicy.linesMax else {
            throw .witnessPolicy(line: WitnessPolicy.linesMax, reason: "it has too many lines")
        }
        var hasQuorum = false
        for (place, line) in lines.enumerated() {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            func refuse(_ reason: String) -> LedgerFault {
                .witnessPolicy(line: place + 1, reason: reason)
            }
            func verifier(
                _ text: String,
                _ algorithm: NoteVerifier.Algorithm
            ) throws(LedgerFault)
                -> NoteVerifier
            {
                do throws(CryptoFault) {
                    let verifier = try NoteVerifier(vkey: text)
                    guard verifier.algorithm == algorithm else {
                        throw CryptoFault.keyUnsupported(kind: "\(verifier.algorithm)")
                    }
                    return verifier
                } catch {
                    throw refuse("its key cannot be used: \(error.description)")
                }
            }
            func isTaken(_ name: String) -> Bool {
                name == "none" || witnesses[name] != nil || groups[name] != nil
            }
            switch (first, words.count) {
            case ("log", 2...3): logs.append(try verifier(words[1], .log))
            case ("witness", 3...4):
                guard !isTaken(words[1]) else { throw refuse("the name \(words[1]) is taken") }
                let key = try verifier(words[2], .cosigner)
                // One key under two names would be counted twice.
                guard !witnesses.values.contains(where: { $0.key == key.key }) else {
                    throw refuse("its key stands in the policy under another name already")
                }
                witnesses[words[1]] = key
            case ("group", 4...):
                guard !isTaken(words[1]) else { throw refuse("the name \(words[1]) is taken") }
                let members = Array(words[3...])
                guard members.allSatisfy({ isTaken($0) && $0 != "none" }),
                    Set(members).count == members.count
                else { throw refuse("a member of it is not defined above, or stands in it twice") }
                let needed: Int? =
                    switch words[2] {
                    case "all": members.count
                    case "any": 1
                    default: Int(words[2])
                    }
                guard let needed, (1...members.count).contains(needed) else {
                    throw refuse(
                        "it must say all, any, or how many of its \(members.count) members"
                    )
                }
                groups[words[1]] = (needed, members)
            case ("quorum", 2):
                guard !hasQuorum else { throw refuse("there is a quorum already") }
                hasQuorum = true
                if words[1] == "none" { continue }
                guard isTaken(words[1]) else { throw refuse("\(words[1]) is not defined above") }
                quorum = words[1]
            default: throw refuse("it is none of: log, witness, group, quorum")
            }
        }
        guard hasQuorum else {
            throw .witnessPolicy(line: lines.count, reason: "it says no quorum")
        }
    }

    /// The keys of all witnesses.
    package var verifiers: [NoteVerifier] { Array(witnesses.values) }

    /// The names of these keys in the policy.
    func names(of keys: [NoteVerifier]) -> [String] {
        witnesses.filter { keys.contains($0.value) }.map(\.key)
    }

    /// Whether the signatures of these witnesses are enough.
    package func isSatisfied(by names: Set<String>) -> Bool {
        guard let quorum else { return true }
        return holds(quorum, names)
    }

    /// What is asked for, in words.
    package var quorumText: String {
        guard let quorum else { return "none" }
        guard let group = groups[quorum] else { return quorum }
        return "\(group.needed) of \(group.members.joined(separator: ", "))"
    }

    private func holds(_ name: String, _ names: Set<String>) -> Bool {
        // Members stand above their group, so this ends.
        guard let group = groups[name] else { return names.contains(name) }
        return group.members.count { holds($0, names) } >= group.needed
    }
}
