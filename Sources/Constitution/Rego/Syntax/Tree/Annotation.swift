package import Canon

/// What a `# METADATA` block says about what follows it.
package struct Annotation: Sendable, Equatable {
    /// Where the block begins.
    package let position: SourcePosition

    /// What it speaks of.
    package let scope: Scope

    /// Which rule of the module it stands in front of; nil for packages, and for a document scope
    /// that stands in front of the package.
    package let rule: Int?

    /// Everything the block says, `scope` too, as the YAML was read.
    package let content: JSONValue

    package static func == (left: Annotation, right: Annotation) -> Bool {
        left.scope == right.scope && left.rule == right.rule && left.content == right.content
    }

    /// What an annotation speaks of.
    package enum Scope: String, Sendable, CaseIterable {
        /// The one rule behind it.
        case rule
        /// All rules of that name in the package.
        case document
        /// The package, in all its files.
        case package
        /// The package and all packages under it.
        case subpackages
    }
}
