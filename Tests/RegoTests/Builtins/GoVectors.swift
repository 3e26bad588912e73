import Rego
import Support

/// What Go's library answers, and the time zones that it was asked about.
enum GoVectors {
    /// One call of a built-in; no answer stands for an error.
    struct Call {
        let name: String
        let arguments: [Value]
        let wanted: Value?
    }

    /// The calls of one built-in.
    static func calls(of name: String) throws -> [Call] {
        try Repository.vectorText("go/calls.jsonl").split(separator: "\n").compactMap { line in
            let value = try Value(parsing: String(line))
            guard value["call"] == .text(name), case .array(let arguments)? = value["arguments"]
            else { return nil }
            let wanted = value["want"]
            return Call(
                name: name,
                arguments: arguments.elements,
                wanted: wanted == .null ? nil : wanted
            )
        }
    }

    /// The zones that the calls and the evaluation suite name.
    static let zones: TimeZoneTable = {
        var table = TimeZoneTable()
        for name in [
            "Africa/Casablanca", "America/Los_Angeles", "America/New_York", "Asia/Kolkata",
            "Asia/Shanghai", "Australia/Sydney", "Europe/Berlin", "Europe/Dublin", "Pacific/Apia",
        ] {
            let file = name.split(separator: "/").last.map(String.init) ?? name
            guard let bytes = try? Repository.vector("go/zones/" + file),
                table.add(name, file: bytes)
            else { preconditionFailure("The zone \(name) is not there, or not a zone.") }
        }
        return table
    }()

    /// What our built-in answers; `nil` for an error.
    static func answer(_ call: Call) -> Value? {
        var context = BuiltinContext(zones: zones)
        let value = try? BuiltinTable.standard[call.name]?.evaluate(call.arguments.span, &context)
        return value ?? nil
    }
}
