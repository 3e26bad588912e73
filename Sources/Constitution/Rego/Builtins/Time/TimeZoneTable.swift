/// The time zones that a decision knows, by name.
///
/// The rules of zones change several times a year, so they are not compiled into the engine; and a
/// decision reads no files. So the table is a value: whoever runs the engine reads the zone files of
/// the host, or of a bundle, once, and hands them in. A zone that is not in the table is an error of
/// the built-in that asks for it, never UTC.
package struct TimeZoneTable: Sendable {
    private var zones: [Text: TimeZoneRules] = [:]

    /// A table without zones; `UTC` is known all the same.
    package init() {}

    /// Adds a zone from the bytes of its file (TZif, RFC 8536); says whether they have that form.
    package mutating func add(_ name: String, file: [UInt8]) -> Bool {
        guard let rules = TimeZoneRules(file: file) else { return false }
        zones[Text(name)] = rules
        return true
    }

    /// The rules of a zone, or `nil` where it is not known.
    subscript(_ name: Text) -> TimeZoneRules? {
        name.isEmpty || name == "UTC" ? TimeZoneRules.utc : zones[name]
    }
}
