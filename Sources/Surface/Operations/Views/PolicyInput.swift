import Canon
import Host
import Policy
import Rego

/// The input that policies are asked about, as the caller gave it.
struct PolicyInput {
    /// How the caller named it.
    let name: String
    /// JSON; `nil` where there is no input at all.
    let bytes: [UInt8]?

    /// The option that names it.
    static let option = Operation.Option(
        name: "input",
        value: "FILE",
        summary: "the input: JSON, or YAML by its name; '-' is the standard input"
    )

    /// Reads what `--input` names; YAML becomes the JSON that it means.
    init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
        let limit = JSONLimits.standard.bytesMax
        name = request.option("input") ?? ""
        switch request.option("input") {
        case nil: bytes = nil
        case "-":
            do {
                bytes = try surroundings.readInput(limit)
            } catch {
                throw .host(error)
            }
        case let path?:
            let text = try surroundings.bytes(of: path, limit: limit)
            guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
                bytes = text
                return
            }
            do {
                bytes = try Value(yaml: text).json
            } catch {
                throw .input(path: path, error)
            }
        }
    }

    /// The value; what two readers might read differently is refused.
    func value() throws(OperationFault) -> Value? {
        do {
            return try bytes.map { bytes throws(InputFault) in try Value(parsing: bytes) }
        } catch {
            throw .input(path: name == "-" ? "the standard input" : name, error)
        }
    }

    /// The input as decisions take it: one that cannot be read is denied, not a fault.
    var forDecision: DecisionRequest.Input { bytes.map { .text($0) } ?? .none }
}
