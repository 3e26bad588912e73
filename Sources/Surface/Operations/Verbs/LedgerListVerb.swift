import Canon
import Host
import Integrity
import Ledger

/// `charter ledger list`.
enum LedgerListVerb {
    static let operation = Operation(
        words: ["ledger", "list"],
        summary: "list the ledgers of each plane, and the limit of its tier",
        details: """
            Each plane keeps one governance ledger, always open, and a memory ledger for each intent,
            work order or task. How many of these may be open at a time is the law of the tier. The
            root's own log holds what was done to the root itself.
            Example: charter ledger list --plane meta
            """,
        options: [LedgerView.option]
    ) { request, surroundings throws(OperationFault) in
        let view = try LedgerView(request, surroundings)
        let wanted = try LedgerView.plane(request)
        var lines: [String] = []
        var planes: [JSONValue] = []
        for plane in LogPlane.allCases where wanted == nil || wanted == plane {
            do {
                let limit = try view.ledgers.activeMax(of: plane)
                guard let reader = try view.ledgers.reader(of: plane) else {
                    lines.append("\(plane.rawValue): no log yet")
                    planes.append([
                        "plane": .string(plane.rawValue), "begun": false, "limit": .integer(limit),
                    ])
                    continue
                }
                let heads = try reader.ledgers()
                let active = heads.count { $0.kind != .governance && $0.state == .open }
                lines.append(
                    "\(plane.rawValue): \(Report.count(try reader.size(), "entry", "entries")), "
                        + "\(active) of \(limit) memory ledgers open"
                )
                for head in heads {
                    lines.append(
                        "  \(head.name)  \(head.kind.rawValue)  \(head.state.rawValue)  "
                            + "\(Report.count(head.count, "entry", "entries"))  "
                            + "head \(head.digest.hex.prefix(12))"
                    )
                }
                planes.append([
                    "plane": .string(plane.rawValue), "begun": true, "limit": .integer(limit),
                    "active": .integer(active), "entries": .integer(try reader.size()),
                    "origin": .string(reader.origin),
                    "ledgers": .array(heads.map(\.json)),
                ])
            } catch {
                throw OperationFault(error)
            }
        }
        return Answer(json: ["planes": .array(planes)], lines: lines)
    }
}

extension LedgerHead {
    var json: JSONValue {
        [
            "name": .string(name.text), "kind": .string(kind.rawValue),
            "state": .string(state.rawValue), "parent": parent.map { .string($0) } ?? .null,
            "entries": .integer(count), "first": .integer(first), "last": .integer(last),
            "head": .string(digest.hex),
        ]
    }
}
