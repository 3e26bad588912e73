import Canon
import Integrity
import Registry

/// `charter registry select`.
enum RegistrySelectVerb {
    static let operation = Operation(
        words: ["registry", "select"],
        summary: "resolve a selection profile into ids, dependencies first",
        details: """
            A profile of registries/selections.json names a part of the law. The answer lists it with
            everything it rests on, in an order that never varies.
            """,
        operands: [.init(name: "PROFILE", summary: "the id of a profile", isRequired: false)]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        let state = try surroundings.state(of: root)
        return try SelectionProfiles(state).answer(request.operands.first)
    }
}
