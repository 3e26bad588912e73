import Canon
import Foundation
import Planes
import Support
import Testing
import Wire

@Suite(.covers("A04", "A17"))
struct `The boundary between planes` {
    private static func manifest(_ party: Party) throws -> TierManifest {
        let bytes = try Data(
            contentsOf: URL(fileURLWithPath: Repository.file(TierManifest.path(of: party)))
        )
        return try TierManifest(try JSONValue(parsing: Array(bytes)), of: party)
    }

    private func table() throws -> BoundaryTable {
        BoundaryTable(try Party.planes.map(Self.manifest))
    }

    /// Who may ask whom: what FMWK-PLANE's page shows as a table.
    private static let asks: Set<[Party]> = [
        [.hot, .meta], [.hot, .supervisor], [.meta, .hot], [.meta, .firstOrder], [.meta, .agent],
        [.meta, .supervisor], [.human, .hot], [.human, .meta], [.agent, .meta],
        [.supervisor, .hot], [.supervisor, .meta], [.supervisor, .firstOrder],
    ]

    @Test func `lets exactly those ask that the law lets`() throws {
        let table = try table()
        for from in Party.allCases {
            for to in Party.allCases where from != to {
                let refusal = table.refusal(from: from, to: to, verb: "ask")
                #expect(
                    (refusal == nil) == Self.asks.contains([from, to]),
                    "\(from.rawValue) to \(to.rawValue): \(refusal?.reason ?? "let pass")"
                )
            }
        }
    }

    @Test func `never lets HOT and First Order speak`() throws {
        let table = try table()
        #expect(
            table.refusal(from: .hot, to: .firstOrder, verb: "ask")?.code
                == "planes.boundary-send"
        )
        #expect(
            table.refusal(from: .firstOrder, to: .hot, verb: "answer")?.code
                == "planes.boundary-send"
        )
    }

    @Test func `gives a tier its verbs and no others`() throws {
        let table = try table()
        let refusal = table.refusal(from: .firstOrder, to: .meta, verb: "plan")
        #expect(refusal?.code == "planes.boundary-verb")
        #expect(table.refusal(from: .firstOrder, to: .meta, verb: "report") == nil)
    }

    @Test func `follows the law when that is another`() throws {
        var documents: [TierManifest] = []
        for party in Party.planes {
            guard case .object(var object) = try Self.manifest(party).document else { return }
            if party == .hot {
                object["boundary"] = [
                    "sends_to": ["supervisor"], "receives_from": ["meta"],
                ]
            }
            documents.append(try TierManifest(.object(object), of: party))
        }
        let table = BoundaryTable(documents)
        #expect(table.refusal(from: .hot, to: .meta, verb: "ask")?.code == "planes.boundary-send")
        #expect(
            table.refusal(from: .human, to: .hot, verb: "ask")?.code == "planes.boundary-receive"
        )
    }
}

@Suite(.covers("A03"))
struct `A tier manifest` {
    private func document(_ party: Party) throws -> JSONObject {
        let bytes = try Data(
            contentsOf: URL(fileURLWithPath: Repository.file(TierManifest.path(of: party)))
        )
        guard case .object(let object) = try JSONValue(parsing: Array(bytes)) else {
            return JSONObject()
        }
        return object
    }

    @Test func `has a loop, or none, as its tier has`() throws {
        #expect(try TierManifest(.object(document(.hot)), of: .hot).cadence?.loop == "slow")
        #expect(try TierManifest(.object(document(.meta)), of: .meta).cadence?.loop == "medium")
        #expect(try TierManifest(.object(document(.firstOrder)), of: .firstOrder).cadence == nil)
    }

    @Test func `in the place of another plane is refused`() throws {
        let hot = try document(.hot)
        #expect(throws: PlanesFault.self) { _ = try TierManifest(.object(hot), of: .meta) }
    }

    @Test(arguments: [
        "tier", "name", "cadence", "ledgers", "attention", "capabilities", "boundary",
        "confinement",
    ])
    func `that lacks a member is refused`(key: String) throws {
        var hot = try document(.hot)
        hot[key] = nil
        do throws(PlanesFault) {
            _ = try TierManifest(.object(hot), of: .hot)
            Issue.record("It was taken without \(key).")
        } catch {
            #expect(error.code == "planes.manifest")
        }
    }
}
