package import Canon

/// One verb of Charter, declared once: the command line is a projection of this list.
package struct Operation: Sendable {
    /// What the caller must hold for the verb to run.
    package enum Power: String, Sendable {
        /// Reads only.
        case read
        /// Changes an authoring tree.
        case author
    }

    /// A thing named without dashes, in order.
    package struct Operand: Sendable {
        package var name: String
        package var summary: String
        package var isRequired = true
        /// Whether it stands for any number of things; only the last operand may.
        package var repeats = false
    }

    /// A thing named with two dashes.
    package struct Option: Sendable {
        package var name: String
        /// What its value is called; `nil` for a plain switch.
        package var value: String?
        package var summary: String
    }

    /// The words after `charter`: `["registry", "compile"]`.
    package var words: [String]
    package var summary: String
    /// Paragraphs for `--help`: what it does, what it answers, an example.
    package var details: String
    package var power: Power = .read
    package var operands: [Operand] = []
    package var options: [Option] = []
    package var run: @Sendable (Request, Surroundings) throws(OperationFault) -> Answer

    /// The words joined, as people write them.
    package var name: String { words.joined(separator: " ") }
}

/// What a caller asked of one operation, already matched with its declaration.
package struct Request: Sendable {
    package var operands: [String]
    package var options: [String: String]
    package var switches: Set<String>

    /// The value of an option.
    package func option(_ name: String) -> String? { options[name] }

    /// Whether a switch was given.
    package func has(_ name: String) -> Bool { switches.contains(name) }
}

/// What an operation answers, for people and for machines from one value.
package struct Answer: Sendable {
    package enum Verdict: Int32, Sendable {
        case done = 0
        /// Refused by law; a value, not a failure of the program.
        case refused = 1
    }

    package var verdict: Verdict
    package var json: JSONValue
    /// Lines for people.
    package var lines: [String]
    /// Bytes that are the answer themselves, such as an exported table; printed instead of lines.
    package var raw: [UInt8]?

    /// An answer; done unless a verdict says otherwise.
    package init(
        _ verdict: Verdict = .done,
        json: JSONValue,
        lines: [String],
        raw: [UInt8]? = nil
    ) {
        self.verdict = verdict
        self.json = json
        self.lines = lines
        self.raw = raw
    }

    /// Puts notices in front of everything else that the answer says.
    mutating func say(first notices: [String]) {
        guard !notices.isEmpty else { return }
        lines = notices.map { "note: \($0)" } + lines
        guard var object = json.object else { return }
        object["notes"] = .array(notices.map { .string($0) })
        json = .object(object)
    }
}
