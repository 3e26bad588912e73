import Canon
import Crypto
import Foundation
import Ledger
import Planes
import Support
import Testing
import Wire

@Suite(.covers("A11"))
struct `A prompt in force` {
    private static let path = "prompts/PROMPT-ASK/1.0.0/prompt.json"

    private func bytes() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: Repository.file(Self.path))))
    }

    private func prompt() throws -> PromptBook.Prompt {
        try PromptBook.Prompt(parsing: try bytes(), path: Self.path)
    }

    private func message(_ question: String = "How do things stand?") throws -> PromptMessage {
        let prompt = try prompt()
        let slots = JSONObject([("question", .string(question)), ("route", .array([]))])
        var message = PromptMessage(
            id: "m-" + String(repeating: "0", count: 32),
            thread: "t-" + String(repeating: "0", count: 32),
            from: .meta,
            to: .hot,
            prompt: prompt.reference,
            verb: "ask",
            kind: .question,
            words: try #require(prompt.words(slots)),
            attention: AttentionEnvelope(
                policy: "P",
                tokens: 1,
                items: 1,
                seconds: 1,
                sources: [.init(kind: "ledger", id: "meta/governance")]
            ),
            trace: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
            sent: Timestamp(seconds: 1),
            expires: Timestamp(seconds: 2)
        )
        message.slots = slots
        return message
    }

    @Test func `has its values put into its words`() throws {
        #expect(try message().words.hasPrefix("How do things stand?\n\nAnswer in words"))
        #expect(try prompt().words(JSONObject([("question", "How?")])) == nil)
        #expect(try prompt().words(JSONObject([("question", 1), ("route", .array([]))])) == nil)
    }

    @Test func `takes its own instances and no others`() throws {
        let book = PromptBook([try prompt()])
        #expect(book.refusal(of: try message()) == nil)
        var other = try message()
        other.prompt = PromptReference(id: "PROMPT-ASK", version: "1.0.0", digest: .sha256(of: []))
        #expect(book.refusal(of: other)?.code == "planes.prompt-unknown")
        other = try message()
        other.words = "These are quite other words."
        #expect(book.refusal(of: other)?.code == "planes.prompt-other-words")
        other = try message()
        other.from = .firstOrder
        #expect(book.refusal(of: other)?.code == "planes.prompt-other-use")
    }

    @Test func `that is damaged is refused`() throws {
        let text = String(decoding: try bytes(), as: UTF8.self)
        let damaged = [
            "", "{}", text.replacingOccurrences(of: "\"1.0.0\"", with: "\"1.0.1\""),
            text.replacingOccurrences(of: "{{route}}", with: "{{rout}}"),
            text.replacingOccurrences(of: "\"kind\": \"question\"", with: "\"kind\": \"order\""),
        ]
        for text in damaged {
            do throws(PlanesFault) {
                _ = try PromptBook.Prompt(parsing: Array(text.utf8), path: Self.path)
                Issue.record("It was taken: \(text.prefix(40))")
            } catch {
                #expect(error.code == "planes.prompt-damaged")
            }
        }
    }
}
