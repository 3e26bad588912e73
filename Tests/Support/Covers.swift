package import Testing

/// Says which requirement rows a test covers.
///
/// `TidyTests` reads these from the sources and compares
/// them with `docs/requirements.md`, so a row without a test is visible.
package struct Covers: TestTrait, SuiteTrait {
    package let rows: [String]
    package var isRecursive: Bool { true }
}

extension Trait where Self == Covers {
    /// The test shows that these requirement rows hold.
    package static func covers(_ rows: String...) -> Covers { Covers(rows: rows) }
}
