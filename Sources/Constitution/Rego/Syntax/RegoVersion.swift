/// The two dialects of the policy language.
package enum RegoVersion: String, Sendable, Hashable, CaseIterable {
    /// The language before OPA 1.0: bodies without `if`, partial sets without `contains`.
    ///
    /// `import rego.v1` turns one module into the later dialect; `import future.keywords` turns on
    /// its keywords one by one.
    case v0

    /// The language of OPA 1.x.
    case v1
}
