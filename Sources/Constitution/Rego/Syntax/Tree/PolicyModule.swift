/// One file of policy, as it was written: a package, its imports and its rules.
///
/// Nodes of the tree are equal when they say the same, wherever they stand and whatever was
/// remarked beside them.
package struct PolicyModule: Sendable, Equatable {
    /// The name of the file, for people.
    package let file: String

    /// The dialect the module was read in; `.v1` too where a v0 file says `import rego.v1`.
    package let version: RegoVersion

    /// The package that its rules belong to.
    package let package: PackageClause

    /// What it imports, in order.
    package let imports: [ImportClause]

    /// Its rules, in order.
    ///
    /// Rules of one name are alternatives; chained bodies and all were made rules of their own.
    package let rules: [Rule]

    /// What `# METADATA` blocks say, in order.
    package let annotations: [Annotation]

    /// All comments, in order.
    package let comments: [Comment]

    package static func == (left: PolicyModule, right: PolicyModule) -> Bool {
        left.package == right.package && left.imports == right.imports
            && left.rules == right.rules && left.annotations == right.annotations
    }
}

/// The first clause of a module: `package a.b`.
package struct PackageClause: Sendable, Equatable {
    /// Where the word `package` stands, to the end of the path.
    package let range: SourceRange

    /// The path, without the leading `data`.
    package let path: [String]

    package static func == (left: PackageClause, right: PackageClause) -> Bool {
        left.path.elementsEqual(right.path) { $0.utf8.elementsEqual($1.utf8) }
    }
}

/// One import: `import data.a.b as c`.
package struct ImportClause: Sendable, Equatable {
    /// Where the word `import` stands, to the end of the clause.
    package let range: SourceRange

    /// The path with its root: `data`, `input`, `future` or `rego`.
    package let path: [String]

    /// The name it was given with `as`.
    package let alias: String?

    /// Whether it only speaks to the parser: `import rego.v1`, `import future.keywords.in`.
    package var isForParser: Bool { path.first == "rego" || path.first == "future" }

    /// The name that it brings into the module.
    package var name: String { alias ?? path[path.count - 1] }

    package static func == (left: ImportClause, right: ImportClause) -> Bool {
        left.alias == right.alias
            && left.path.elementsEqual(right.path) { $0.utf8.elementsEqual($1.utf8) }
    }
}
