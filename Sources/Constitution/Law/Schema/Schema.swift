package import Canon

/// A JSON Schema of draft 2020-12, read once and then asked often.
///
/// Reading refuses what could make an answer doubtful: an unknown language, a keyword with an
/// impossible value, a pattern without linear time, a reference that leads nowhere. Asking is pure:
/// the same schema and value always give the same findings in the same order.
package struct Schema: Sendable {
    /// What the reader decides for the whole schema.
    package struct Options: Hashable, Sendable {
        /// Whether `format` is a demand; by the standard it is only a remark.
        package var assertsFormats: Bool

        /// Parts that a schema and all it refers to may have.
        package var partsMax: Int

        /// The stated options.
        package init(assertsFormats: Bool = false, partsMax: Int = 50_000) {
            self.assertsFormats = assertsFormats
            self.partsMax = partsMax
        }
    }

    /// The identifier: the schema's own `$id`, or the one that it was given.
    package let identifier: String

    let nodes: [SchemaNode]
    let resources: [SchemaResource]
    let root: Int
    let tracksEvaluation: Bool

    /// Reads a schema, following its references through the library.
    package init(
        _ document: JSONValue,
        identifier: String = "",
        library: SchemaLibrary = SchemaLibrary(),
        options: Options = Options()
    ) throws(LawFault) {
        var compiler = SchemaCompiler(library, options)
        root = try compiler.compile(document, identifier)
        nodes = compiler.nodes
        resources = compiler.index.resources
        tracksEvaluation = compiler.tracksEvaluation
        self.identifier = resources[nodes[root].resource].identifier
    }

    /// Every way in which the value does not conform; empty when it does.
    package func validate(_ value: JSONValue, budget: Budget = .standard) -> [Finding] {
        var evaluation = SchemaEvaluation(self, budget)
        return evaluation.findings(for: value)
    }

    /// Whether the value conforms, without saying why not.
    package func accepts(_ value: JSONValue, budget: Budget = .standard) -> Bool {
        var evaluation = SchemaEvaluation(self, budget)
        return evaluation.accepts(value)
    }
}
