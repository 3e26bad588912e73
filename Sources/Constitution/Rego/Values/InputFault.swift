package import Canon

/// Why bytes are no document that the engine reads.
package enum InputFault: Fault, Equatable {
    /// The bytes are not JSON as Charter accepts it.
    case json(JSONFault)
    /// A number has more digits or a greater power of ten than a number may have.
    case numberTooLong(offset: Int)
    /// The text is not YAML as policies read it.
    case yaml(line: Int, reason: String)

    package var code: String {
        switch self {
        case .json(let fault): fault.code
        case .numberTooLong: "rego.input.number-too-long"
        case .yaml: "rego.input.yaml"
        }
    }

    package var description: String {
        switch self {
        case .json(let fault): fault.description
        case .numberTooLong(let offset):
            "The number at byte \(offset) has more than \(RegoNumber.digitsMax) digits or an "
                + "exponent beyond reason; write it as a string."
        case .yaml(let line, let reason):
            "Line \(line) of the YAML text cannot be read: \(Printable(reason))."
        }
    }
}
