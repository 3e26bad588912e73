import Canon
package import Crypto

/// A message with the signature of its sender, in the one form in which it is sent and kept.
///
/// Messages that leave together are the leaves of one Merkle tree (RFC 6962) whose root is signed
/// once; each carries the path from itself to the root, so each can be verified alone, later and by
/// anybody. One that leaves alone is a tree of one leaf.
///
///     {"message":…,"signature":{"batch":{"index":…,"path":[…],"size":…},"key":"…","value":"…"}}
package struct SignedPrompt: Sendable, Hashable {
    package let message: PromptMessage
    /// All of it, as it is sent and kept.
    package let bytes: [UInt8]

    private let leaf: Digest
    private let proof: InclusionProof
    private let signature: [UInt8]

    /// The most messages under one signature.
    package static let batchMax = 1024
    /// What a signature adds at the most.
    private static let signatureBytesMax = 2048
    package static let bytesMax = PromptMessage.bytesMax + signatureBytesMax

    private static let head = Array("{\"message\":".utf8)
    private static let middle = Array(",\"signature\":{\"batch\":{\"index\":".utf8)

    /// Signs messages that leave together, at most `batchMax` of them.
    package static func signing(
        _ messages: some Collection<PromptMessage>,
        with key: SigningKey
    ) -> [SignedPrompt] {
        precondition(messages.count <= batchMax, "A batch has a bound.")
        guard !messages.isEmpty else { return [] }
        let contents = messages.map(\.bytes)
        let leaves = contents.map { MerkleTree.leafHash($0) }
        let root = MerkleTree.root(of: leaves)
        let signature = key.sign(statement(root, leaves.count))
        let keyID = key.verifyingKey.keyID.hex.prefix(16)
        let value = Base64.encode(signature)
        return messages.enumerated().map { index, message in
            let proof = MerkleTree.inclusionProof(of: index, in: leaves)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(contents[index].count + 256 + 67 * proof.path.count)
            bytes += head
            bytes += contents[index]
            bytes += middle
            bytes += "\(index),\"path\":[".utf8
            for (place, node) in proof.path.enumerated() {
                bytes += (place > 0 ? ",\"" : "\"").utf8
                node.appendHex(to: &bytes)
                bytes += "\"".utf8
            }
            bytes += "],\"size\":\(leaves.count)},\"key\":\"\(keyID)\",\"value\":\"".utf8
            bytes += value
            bytes += "\"}}".utf8
            return SignedPrompt(message, bytes, leaves[index], proof, signature)
        }
    }

    private init(
        _ message: PromptMessage,
        _ bytes: [UInt8],
        _ leaf: Digest,
        _ proof: InclusionProof,
        _ signature: [UInt8]
    ) {
        self.message = message
        self.bytes = bytes
        self.leaf = leaf
        self.proof = proof
        self.signature = signature
    }

    /// Reads a message and its signature, which is not verified yet.
    package init(parsing bytes: [UInt8]) throws(WireFault) {
        guard bytes.count <= SignedPrompt.bytesMax, bytes.starts(with: SignedPrompt.head),
            let split = SignedPrompt.split(bytes)
        else { throw .messageMalformed(reason: "it is no message with a signature behind it") }
        let content = Array(bytes[SignedPrompt.head.count..<split])
        let tail = Array("{".utf8) + bytes[(split + 1)...]
        let message = try PromptMessage(parsing: content)
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue(parsing: tail, limits: JSONLimits(depthMax: 5))
        } catch {
            throw .messageMalformed(reason: error.description)
        }
        let batch = value["signature"]?["batch"]
        guard let index = batch?["index"]?.integer, let size = batch?["size"]?.integer,
            (1...SignedPrompt.batchMax).contains(size), (0..<size).contains(index),
            let nodes = batch?["path"]?.array, nodes.count <= 10,
            let signature = (value["signature"]?["value"]?.string)
                .flatMap({ Base64.decode($0.utf8) })
        else { throw .messageMalformed(reason: "its signature is not what the schema says") }
        let path = nodes.compactMap { $0.string.flatMap { Digest(hex: $0) } }
        guard path.count == nodes.count, value.line == tail else {
            throw .messageMalformed(reason: "its signature is not in canonical form")
        }
        let proof = InclusionProof(index: index, size: size, path: path)
        self.init(message, bytes, MerkleTree.leafHash(content), proof, signature)
    }

    /// Where the message ends: the signature holds no text that could be taken for its beginning.
    private static func split(_ bytes: [UInt8]) -> Int? {
        var place = bytes.count - middle.count
        let first = max(head.count, bytes.count - signatureBytesMax)
        while place >= first {
            if bytes[place] == middle[0], bytes[place...].starts(with: middle) { return place }
            place -= 1
        }
        return nil
    }

    static func statement(_ root: Digest, _ size: Int) -> [UInt8] {
        Array("charter prompts v1\n\(size)\n\(root.hex)\n".utf8)
    }

    /// Verifies signatures of one key; the last root that held need not be verified again.
    package struct Verifier: Sendable {
        private let key: VerifyingKey
        private var last: (root: Digest, size: Int, signature: [UInt8])?

        /// A verifier of what one party signs.
        package init(_ key: VerifyingKey) { self.key = key }

        /// Refuses a message that was not signed by that party.
        package mutating func check(_ prompt: SignedPrompt) throws(WireFault) {
            guard verifies(prompt) else {
                throw .signatureWrong(
                    reason: "it is not that of \(prompt.message.from.rawValue)"
                )
            }
        }

        /// Whether the message was signed by that party.
        package mutating func verifies(_ prompt: SignedPrompt) -> Bool {
            guard let root = prompt.proof.root(from: prompt.leaf) else { return false }
            let size = prompt.proof.size
            if let last, last.root == root, last.size == size, last.signature == prompt.signature {
                return true
            }
            guard key.verifies(prompt.signature, of: statement(root, size)) else { return false }
            last = (root, size, prompt.signature)
            return true
        }
    }
}
