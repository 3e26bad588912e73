package import Canon
import Crypto
import Law
package import Ledger
package import Wire

/// The prompts that are in force: every message is an instance of one of them.
///
/// A prompt is named by id, version and the digest of its bytes, so a message cannot mean another one
/// than its sender had.
package struct PromptBook: Sendable {
    /// One version of a prompt.
    package struct Prompt: Sendable {
        package let reference: PromptReference
        package let verb: String
        package let kind: PromptMessage.Kind
        package let from: Set<Party>
        package let to: Set<Party>
        /// The words, cut at their slots: texts and slots take turns, a text first.
        private let texts: [String]
        private let slots: [String]
        private let schemas: [String: Schema]
        package let bytes: [UInt8]

        /// Reads a prompt version from the bytes that the registry names.
        package init(parsing bytes: [UInt8], path: String) throws(PlanesFault) {
            func damaged(_ reason: String) -> PlanesFault {
                .promptDamaged(path: path, reason: reason)
            }
            let document: JSONValue
            do throws(JSONFault) {
                document = try JSONValue(parsing: bytes)
            } catch {
                throw damaged(error.description)
            }
            guard document["type"]?.string == "prompt", let id = document["id"]?.string,
                let version = document["version"]?.string, let verb = document["verb"]?.string,
                let kind = document["kind"]?.string.flatMap(PromptMessage.Kind.init(rawValue:)),
                let from = document["from"]?.array, let to = document["to"]?.array,
                let text = document["text"]?.string, case .object(let slots) = document["slots"]
            else { throw damaged("a member is missing or of another kind") }
            guard path == PromptBook.path(id, version) else {
                throw damaged("it is \(id) \(version)")
            }
            reference = PromptReference(id: id, version: version, digest: .sha256(of: bytes))
            self.verb = verb
            self.kind = kind
            self.from = Set(from.compactMap { $0.string.flatMap(Party.init(rawValue:)) })
            self.to = Set(to.compactMap { $0.string.flatMap(Party.init(rawValue:)) })
            self.bytes = bytes
            (texts, self.slots) = Prompt.cut(text)
            var schemas: [String: Schema] = [:]
            for (name, schema) in slots.members {
                do {
                    schemas[name] = try Schema(schema)
                } catch {
                    throw damaged("the schema of its slot \(name) is none: \(error)")
                }
            }
            self.schemas = schemas
            for name in self.slots where schemas[name] == nil {
                throw damaged("its words have a slot \(name) that it does not describe")
            }
        }

        private static func cut(_ text: String) -> ([String], [String]) {
            var texts: [String] = []
            var slots: [String] = []
            var rest = text[...]
            while let open = rest.firstRange(of: "{{"),
                let close = rest[open.upperBound...]
                    .firstRange(of: "}}")
            {
                texts.append(String(rest[..<open.lowerBound]))
                slots.append(String(rest[open.upperBound..<close.lowerBound]))
                rest = rest[close.upperBound...]
            }
            texts.append(String(rest))
            return (texts, slots)
        }

        /// The words with values in the place of the slots; `nil` where the values do not fit.
        package func words(_ values: JSONObject) -> String? {
            guard values.count == schemas.count else { return nil }
            for (name, value) in values.members {
                guard let schema = schemas[name], schema.accepts(value) else { return nil }
            }
            var words = texts[0]
            for (place, slot) in slots.enumerated() {
                guard let value = values[slot] else { return nil }
                words += value.string ?? String(decoding: value.line, as: UTF8.self)
                words += texts[place + 1]
            }
            return words
        }
    }

    private let prompts: [Prompt]

    /// Where prompts lie in a root.
    package static let folder = "prompts"

    /// Where the version of a prompt lies.
    package static func path(_ id: String, _ version: String) -> String {
        "\(folder)/\(id)/\(version)/prompt.json"
    }

    /// The prompts that are in force.
    package init(_ prompts: [Prompt]) { self.prompts = prompts }

    /// The prompt of a verb that somebody may send to somebody.
    package func prompt(verb: String, from: Party, to: Party) -> Prompt? {
        prompts.last { $0.verb == verb && $0.from.contains(from) && $0.to.contains(to) }
    }

    /// The prompt that a message says it is an instance of.
    package func prompt(_ reference: PromptReference) -> Prompt? {
        prompts.first { $0.reference == reference }
    }

    /// Why a message is no instance of a prompt in force; `nil` where it is one.
    package func refusal(of message: PromptMessage) -> Refusal? {
        let rule = "FMWK-AI-001: a message is an instance of a prompt in force"
        guard let prompt = prompt(message.prompt) else {
            return Refusal(
                code: "planes.prompt-unknown",
                rule: rule,
                reason: "No prompt in force is \(Printable(message.prompt.id)) "
                    + "\(Printable(message.prompt.version)) with that digest.",
                next: "Use a prompt of prompts/, or have the sender started anew with this law."
            )
        }
        guard prompt.verb == message.verb, prompt.kind == message.kind,
            prompt.from.contains(message.from), prompt.to.contains(message.to)
        else {
            return Refusal(
                code: "planes.prompt-other-use",
                rule: rule,
                reason: "\(prompt.reference.id) is not made for this verb, sender or receiver.",
                next: "Use the prompt of that verb."
            )
        }
        guard prompt.words(message.slots) == message.words else {
            return Refusal(
                code: "planes.prompt-other-words",
                rule: rule,
                reason: "The words are not those of \(prompt.reference.id) with these slots.",
                next: "Fill the slots, and leave the words to the prompt."
            )
        }
        return nil
    }
}
