import Canon
import Crypto
import Gates
import Host
import Integrity
import Ledger
import Policy
import Registry

/// The keys and the active bundles that belong to a root, in its state outside of it.
struct RootPolicies {
    let root: GovernedRoot
    let keys: PolicyKeys
    private let directory: Directory

    /// Opens the place of the root that the caller means.
    init(_ surroundings: Surroundings) throws(OperationFault) {
        root = try surroundings.root()
        do throws(IntegrityFault) {
            let state = try root.openState()
            do throws(HostFault) {
                directory = try state.openMakingBeneath("policy", mode: 0o700)
            } catch {
                throw .host(error)
            }
        } catch {
            throw .integrity(error)
        }
        keys = PolicyKeys(in: directory, origin: root.id)
    }

    /// The bundles that were activated here, under the keys that are trusted here.
    func shelf() throws(OperationFault) -> PolicyShelf {
        do {
            return PolicyShelf(in: directory, trusting: try keys.trusted().map(\.key))
        } catch {
            throw .gates(error)
        }
    }

    /// Changes what is active or trusted, on record: the attempt before it, the outcome after it.
    func changing<Value>(
        _ action: String,
        about subjects: [String],
        _ surroundings: Surroundings,
        _ body: () throws(GatesFault) -> Value
    ) throws(OperationFault) -> Result<Value, GatesFault> {
        let ledger = RootLedger(
            root,
            clock: surroundings.clock,
            randomness: surroundings.randomness
        )
        let draft = EntryDraft(
            "policy_change",
            by: RootLedger.actor,
            about: subjects.filter { $0.utf8.count <= EntryDraft.nameBytesMax },
            body: .json(["action": .string(action)])
        )
        do {
            return try ledger.acting(draft) {
                () throws(IntegrityFault) -> (Result<Value, GatesFault>, AttemptOutcome, JSONValue?)
                in
                do throws(GatesFault) {
                    return (.success(try body()), .succeeded, nil)
                } catch {
                    let reason: JSONValue = ["code": .string(error.code)]
                    return (.failure(error), error.isRefusal ? .denied : .failed, reason)
                }
            }
        } catch {
            throw .integrity(error)
        }
    }

    /// Who does this, for the history: nothing is known of people before there are identities.
    func actor() throws(OperationFault) -> String {
        do {
            // The state is open to its owner only, so its owner is who runs this.
            return "uid \(try directory.facts().owner)"
        } catch {
            throw .host(error)
        }
    }
}

extension Surroundings {
    /// A bundle in a directory that the caller named.
    func bundle(_ path: String, name: String? = nil) throws(OperationFault) -> PolicyBundle {
        let whole = absolute(path)
        let last = whole.split(separator: "/").last.map(String.init) ?? ""
        do throws(GatesFault) {
            let directory: Directory
            do throws(HostFault) {
                directory = try Directory.open(whole)
            } catch {
                throw .host(error)
            }
            let fallback = BundleManifest.isName(last) ? last : "bundle"
            return try BundleFolder.read(directory, name: name ?? fallback)
        } catch {
            throw .gates(error)
        }
    }
}
