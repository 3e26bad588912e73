import Canon

/// A kind of governed entity, defined by data: a new kind is a new element of one file.
package struct EntityType: Sendable {
    package let name: String
    package let description: String
    /// The schema of the `config` column of its rows, by path; empty where it has none.
    package let configSchema: String
}
