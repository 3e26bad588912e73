import Canon
import Host
import Integrity
import Planes
import Wire

/// `charter plane list`.
enum PlaneListVerb {
    static let operation = Operation(
        words: ["plane", "list"],
        summary: "list the planes: what each may write, read, say, and to whom",
        details: """
            From the manifests of the planes, planes/*/tier.json, which are law: tier, loop, limits, the
            directories that a plane may write and read, its verbs, and the boundary. 'charter status'
            says what of it is running.
            """
    ) { _, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        var rows: [JSONValue] = []
        var lines: [String] = []
        for party in Party.planes {
            let path = TierManifest.path(of: party)
            let document: JSONValue
            do {
                document = try JSONValue(
                    parsing: root.directory.readWhole(path, limit: 1 << 20)
                )
            } catch let fault as HostFault {
                throw .host(fault)
            } catch {
                throw .planes(.manifest(path: path, reason: "\(error)"))
            }
            let plane: TierManifest
            do { plane = try TierManifest(document, of: party) } catch {
                throw OperationFault(error)
            }
            rows.append(document)
            lines += [
                "\(HelpText.padded(party.rawValue, 13))\(plane.name): \(plane.purpose)",
                "             loop       \(loop(plane))",
                "             ledgers    1 of governance, \(plane.activeMax) open for each "
                    + plane.memoryFor,
                "             writes     \(plane.writes.joined(separator: ", "))",
                "             reads      \(plane.reads.joined(separator: ", "))",
                "             verbs      \(plane.verbs.joined(separator: ", "))",
                "             sends to   \(plane.sendsTo.map(\.rawValue).joined(separator: ", "))",
                "             hears      \(plane.receivesFrom.map(\.rawValue).joined(separator: ", "))",
            ]
        }
        return Answer(json: ["planes": .array(rows)], lines: lines)
    }

    private static func loop(_ plane: TierManifest) -> String {
        plane.cadence.map {
            "\($0.loop), over \($0.subject), every \($0.periodMilliseconds) ms"
        } ?? "none: one request, one execution"
    }
}
