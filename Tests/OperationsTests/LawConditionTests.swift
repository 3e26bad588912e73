import Canon
import Foundation
import Operations
import Support
import Testing

@Suite(.covers("C35", "C37"))
struct `The depth that an altitude needs` {
    @Test func `is judged by a command, from the law alone`() throws {
        let world = try World.governed()
        var documents: [String: JSONValue] = [:]
        for altitude in 1...4 {
            for depth in 1...4 {
                documents["L\(altitude)-\(depth).json"] = Self.metadata("L\(altitude)", depth)
            }
        }
        documents["none.json"] = Self.metadata("L1", 1).without("altitude")
        documents["L5.json"] = Self.metadata("L5", 4)
        documents["no-depth.json"] = Self.metadata("L4", 4).without("depth")
        documents["no-plan.json"] = Self.metadata("L4", 4).without("rollback_plan")
        documents["no-approvers.json"] = Self.metadata("L4", 4).without("approvers")
        documents["one-approver.json"] = Self.metadata("L4", 4).with("approvers", ["a"])
        documents["plain-L3.json"] = Self.metadata("L3", 3).without("rollback_plan")
        documents["unread.json"] = ["metadata": Self.metadata("L4", 1)]
        let refused = world.refused(documents, by: "altitude-depth")
        #expect(
            Set(refused.keys)
                == [
                    "L2-1.json", "L3-1.json", "L3-2.json", "L4-1.json", "L4-2.json", "L4-3.json",
                    "L5.json", "none.json", "no-depth.json", "no-plan.json", "no-approvers.json",
                    "one-approver.json", "unread.json",
                ]
        )
        #expect(refused["L4-3.json"]?.contains { $0.hasPrefix("FMWK-101#") } == true)
    }

    /// FMWK-102 says who inspects what; its rules judge the same metadata.
    @Test(arguments: [
        ("L1", ["schema", "tests"], true), ("L1", ["schema"], false),
        ("L2", ["schema", "tests", "review"], true), ("L2", ["schema", "tests"], false),
        ("L3", ["schema", "tests", "review", "failure_review"], true),
        ("L3", ["schema", "tests", "review"], false),
        ("L4", ["schema", "tests", "review", "failure_review", "human_approval"], true),
        ("L4", ["schema", "tests", "review", "failure_review"], false),
        ("L1", ["schema", "tests", "a look"], false),
    ])
    func `asks for the inspections of its row`(
        altitude: String,
        inspections: [String],
        isEnough: Bool
    ) throws {
        let judged = try World.codes(
            ofRules: "registries/frameworks/FMWK-102.schema.json",
            in: [
                "altitude": .string(altitude),
                "inspections": .array(inspections.map { .string($0) }),
            ]
        )
        #expect(judged.isEmpty == isEnough, "\(judged)")
    }

    static func metadata(_ altitude: String, _ depth: Int) -> JSONValue {
        [
            "altitude": .string(altitude), "depth": .integer(depth),
            "content_hash": .string(String(repeating: "0a", count: 32)),
            "rollback_plan": "Install the version before it again.", "approvers": ["a", "b"],
        ]
    }
}

extension World {
    /// The codes that the rules of a document of the law find in a target that is only metadata.
    static func codes(ofRules path: String, in metadata: JSONValue) throws -> [String] {
        let world = World()
        let rules = try JSONValue(repository: path).with("metadata_of_target", metadata)
        world.place.write("rules.json", bytes: rules.pretty)
        world.place.write("tree/.keep", "")
        let answer = world.call(
            "validate",
            "--rules",
            world.place.file("rules.json"),
            "--target",
            world.place.file("tree"),
            "--json"
        )
        return answer.findings
    }
}
