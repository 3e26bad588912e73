import Canon

/// A selection profile: a named subset of the law, with everything that it rests on, in order (K29).
package struct Selection: Sendable {
    package let name: String
    /// Ids, each after everything it depends on.
    package let items: [String]

    /// Resolves a profile against the law; `nil` when it names something that does not exist.
    package init?(name: String, wanted: [String], book: LawBook) {
        var graph = LinkGraph()
        for item in book.frameworks.values {
            graph.add(item.id.text, dependsOn: item.dependencies.map(\.id))
        }
        for item in book.specs.values {
            graph.add(item.id.text, dependsOn: [item.frameworkID.text])
        }
        for item in book.packages.values {
            graph.add(
                item.id.text,
                dependsOn: [item.specID.text] + item.dependencies.map(\.id)
            )
        }
        guard let order = graph.ordered(), Set(wanted).isSubset(of: order) else { return nil }
        var needed = Set(wanted)
        // Backwards through the order: whatever needs something stands after it.
        for id in order.reversed() where needed.contains(id) {
            needed.formUnion(graph.dependencies(of: id))
        }
        self.name = name
        items = order.filter(needed.contains)
    }
}
