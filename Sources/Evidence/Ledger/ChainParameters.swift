package import Canon
import Crypto

/// The parameters under which the ledgers of a root are written: `ledger/control_plane_chain.json`.
///
/// They are law, and each genesis entry names their digest: a log that was begun under others is not
/// continued.
package struct ChainParameters: Sendable {
    package let id: String
    package let version: String
    /// The SHA-256 of the canonical form of the document.
    package let digest: Digest
    package let entryBytesMax: Int
    package let bodyBytesMax: Int
    /// With `{root}` and `{plane}` in it.
    package let originPattern: String
    package let checkpointEveryEntries: Int
    package let checkpointEverySeconds: Int
    package let backwardMillisecondsMax: Int
    package let bodyDays: Int

    /// Where the document lies in a root.
    package static let path = "ledger/control_plane_chain.json"

    /// No more than the length of an entry in a C2SP bundle can say.
    package static let entryBytesLimit = 65_535

    /// Reads the document.
    package init(parsing bytes: [UInt8]) throws(LedgerFault) {
        do {
            let document = try JSONValue(parsing: bytes)
            digest = .sha256(of: try document.canonicalBytes())
            let numbers = [
                document["entry"]?["bytes_max"]?.integer,
                document["entry"]?["body_bytes_max"]?.integer,
                document["checkpoint"]?["every_entries"]?.integer,
                document["checkpoint"]?["every_seconds"]?.integer,
                document["clock"]?["backward_milliseconds_max"]?.integer,
                document["retention"]?["bodies_days"]?.integer,
            ]
            guard document["type"]?.string == "ledger_chain",
                let id = document["id"]?.string,
                let version = document["version"]?.string,
                document["entry"]?["canonical_form"]?.string == "rfc8785",
                document["tree"]?["hashing"]?.string == "rfc6962",
                let origin = document["checkpoint"]?["origin"]?.string,
                numbers.allSatisfy({ $0.map { $0 >= 0 } ?? false })
            else { throw LedgerFault.parameters(reason: "a member is missing or of another kind") }
            let values = numbers.compactMap { $0 }
            guard (256...ChainParameters.entryBytesLimit).contains(values[0]),
                (1...1_000_000).contains(values[2]), (1...1_000_000_000).contains(values[3]),
                values[1] <= 1 << 30, values[4] <= 86_400_000, values[5] <= 36_500
            else { throw LedgerFault.parameters(reason: "a number in it is out of its range") }
            self.id = id
            self.version = version
            originPattern = origin
            entryBytesMax = values[0]
            bodyBytesMax = values[1]
            checkpointEveryEntries = values[2]
            checkpointEverySeconds = values[3]
            backwardMillisecondsMax = values[4]
            bodyDays = values[5]
        } catch let fault as LedgerFault {
            throw fault
        } catch {
            throw .parameters(reason: "\(error)")
        }
    }

    /// The name of a plane's log, which is also the name of its key.
    package func origin(root: String, plane: LogPlane) -> String {
        var text = originPattern
        for (word, value) in [("{root}", root), ("{plane}", plane.rawValue)] {
            text = text.split(separator: word, omittingEmptySubsequences: false)
                .joined(separator: value)
        }
        return text
    }
}
