import Canon
import Crypto
import Ledger
import Support
import Testing
import Wire

@Suite(.covers("A11"))
struct `A prompt message` {
    @Test func `is read as it was written`() throws {
        var message = MessageExamples.message()
        message.context = [
            .init(plane: .meta, ledger: .governance, index: 7, digest: .sha256(of: [9]))
        ]
        message.workOrder = "WO-1"
        message.inReplyTo = "m-" + MessageExamples.hex(2)
        #expect(try PromptMessage(parsing: message.bytes) == message)
        #expect(try JSONValue(parsing: message.bytes).canonicalBytes() == message.bytes)
    }

    @Test(arguments: ["OK", "200", "done", "status: ok", "{\"status\":0}", "", "   ", "ok 200 ok"])
    func `that is only a status code is none`(words: String) {
        let message = MessageExamples.message(words: words)
        #expect(throws: WireFault.self) { _ = try PromptMessage(parsing: message.bytes) }
    }

    /// Each case changes one thing in a good message.
    static let changes: [(name: String, change: @Sendable (inout JSONObject) -> Void)] = [
        ("no question", { $0["question"] = nil }),
        ("a question and a statement", { $0["statement"] = "Three words here." }),
        ("an unknown member", { $0["status"] = 0 }),
        ("another party", { $0["from"] = "root" }),
        ("a thread that is none", { $0["thread"] = "t-1" }),
        ("no attention", { $0["attention"] = nil }),
        ("no budget", { $0["attention"] = ["policy": "P", "priority": "low", "sources": []] }),
        ("a negative sequence", { $0["sequence"] = -1 }),
        ("slots that are a list", { $0["slots"] = [] }),
        ("a traceparent that is none", { $0["traceparent"] = "00-1-2-3" }),
        ("another version", { $0["schema_version"] = "2.0" }),
        ("a time that is none", { $0["expires"] = "tomorrow" }),
        ("a verb with a capital", { $0["verb"] = "Ask" }),
        ("a prompt without a digest", { $0["prompt"] = ["id": "P", "version": "1.0.0"] }),
    ]

    @Test(arguments: changes.indices)
    func `with one thing changed is refused`(index: Int) throws {
        let (name, change) = Self.changes[index]
        guard case .object(var object) = try JSONValue(parsing: MessageExamples.message().bytes)
        else { return }
        change(&object)
        do throws(WireFault) {
            _ = try PromptMessage(parsing: JSONValue.object(object).line)
            Issue.record("\(name) was taken.")
        } catch {
            #expect(error.code == "wire.message-malformed", "\(name)")
        }
    }

    @Test func `in another form of JSON is refused`() {
        let bytes = MessageExamples.message().bytes
        for other in [bytes + [0x20], [0x20] + bytes] {
            #expect(throws: WireFault.self) { _ = try PromptMessage(parsing: other) }
        }
    }
}

@Suite(.covers("A11"))
struct `A signed message` {
    @Test(arguments: [1, 2, 3, 7, 64])
    func `verifies alone, whatever left with it`(count: Int) throws {
        let key = try MessageExamples.key(5)
        let messages = (1...count).map { MessageExamples.message($0) }
        for prompt in SignedPrompt.signing(messages, with: key) {
            let read = try SignedPrompt(parsing: prompt.bytes)
            #expect(read.message == prompt.message)
            var verifier = SignedPrompt.Verifier(key.verifyingKey)
            let once = verifier.verifies(read)
            let twice = verifier.verifies(read)
            #expect(once && twice)
            var other = SignedPrompt.Verifier(try MessageExamples.key(6).verifyingKey)
            do throws(WireFault) {
                try other.check(read)
                Issue.record("Somebody else's signature was taken.")
            } catch {
                #expect(error.code == "wire.signature-wrong")
            }
        }
    }

    @Test func `with any byte changed does not verify`() throws {
        let key = try MessageExamples.key(5)
        let prompt = SignedPrompt.signing([MessageExamples.message()], with: key)[0]
        for place in prompt.bytes.indices {
            var changed = prompt.bytes
            changed[place] ^= 1
            guard let read = try? SignedPrompt(parsing: changed) else { continue }
            var verifier = SignedPrompt.Verifier(key.verifyingKey)
            // The name of the key is a hint and not signed.
            let isHint = read.message == prompt.message && changed.count == prompt.bytes.count
            let holds = verifier.verifies(read)
            #expect(!holds || isHint, "byte \(place)")
        }
    }
}
