import Canon

/// `charter version`.
enum VersionVerb {
    static let operation = Operation(
        words: ["version"],
        summary: "say which Charter this is",
        details: "The version, and the law that this executable was built with."
    ) { _, _ throws(OperationFault) in
        Answer(
            json: ["version": .string(CharterVersion.text)],
            lines: ["charter \(CharterVersion.text)"]
        )
    }
}
