package import Crypto
package import Host
import Keys
package import Ledger

/// This machine as a witness for logs of others: one key and one memory, outside every root.
package enum MachineWitness {
    /// The witness of this machine, for the logs whose keys are given; its key is made at first use.
    package static func open(
        stateHome: String,
        name: String,
        logs: [NoteVerifier],
        randomness: Randomness
    ) throws(IntegrityFault) -> LogWitness {
        do {
            let home = try Directory.openMaking(stateHome + "/charter/witness", mode: 0o700)
            let key = try MachineKey("witness", in: home)
                .signing(origin: name, randomness: randomness)
            return try LogWitness(home, name: name, key: key, logs: logs)
        } catch {
            throw IntegrityFault(carrying: error)
        }
    }
}
