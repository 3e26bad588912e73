/// Why a text is no YAML that policies read, and where.
struct YAMLRefusal: Error, CustomStringConvertible {
    let line: Int
    let reason: String

    var description: String { "yaml: line \(line): \(reason)" }
}
