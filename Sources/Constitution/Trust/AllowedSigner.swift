package import Canon
package import Crypto

/// One line of an `allowed_signers` file: these principals may sign with this key.
package struct AllowedSigner: Hashable, Sendable {
    /// Where the line stands in its file, counted from one.
    package let line: Int

    package let key: SSHPublicKey

    /// The first moment of validity; `nil` for no beginning.
    package let validAfter: Timestamp?

    /// The last moment of validity; `nil` for no end.
    package let validBefore: Timestamp?

    private let principals: PatternList
    private let namespaces: PatternList?

    /// Reads a line that is neither empty nor a comment.
    init(line number: Int, _ text: ArraySlice<UInt8>) throws(TrustFault) {
        guard var words = AllowedSigner.words(of: text), words.count >= 3 else {
            throw .signersMalformed(line: number, reason: "it is not principals, options and a key")
        }
        guard let principals = PatternList(AllowedSigner.unquoted(words.removeFirst())) else {
            throw .signersMalformed(line: number, reason: "one of its principals is empty")
        }
        var options = SignerOptions()
        if !AllowedSigner.isKey(words) {
            options = try SignerOptions(line: number, words.removeFirst())
        }
        guard AllowedSigner.isKey(words) else {
            throw .signersMalformed(line: number, reason: "it holds no key behind the options")
        }
        do {
            key = try SSHPublicKey(kind: words[0], base64: words[1])
        } catch {
            throw .signersKeyRefused(line: number, cause: error)
        }
        line = number
        self.principals = principals
        namespaces = options.namespaces
        validAfter = options.validAfter
        validBefore = options.validBefore
    }

    /// Whether the line speaks of this principal.
    func names(_ principal: String) -> Bool { principals.matches(principal) }

    /// Whether the key may be used in this namespace.
    func permits(namespace: String) -> Bool { namespaces?.matches(namespace) ?? true }

    /// The wire form of every key begins with a length below 2^8, hence its base64 with AAAA.
    private static func isKey(_ words: [ArraySlice<UInt8>]) -> Bool {
        words.count >= 2 && words[1].starts(with: "AAAA".utf8)
    }

    /// Words parted by spaces and tabs; between quotation marks these belong to the word.
    private static func words(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        var words: [ArraySlice<UInt8>] = []
        var start: Int?
        var (isQuoted, isEscaped) = (false, false)
        for (index, character) in zip(text.indices, text) {
            let isSpace = character == UInt8(ascii: " ") || character == UInt8(ascii: "\t")
            // A comment behind the key may hold any characters.
            if words.count >= 4 { break }
            if isSpace, !isQuoted {
                if let begin = start { words.append(text[begin..<index]) }
                start = nil
                continue
            }
            if start == nil { start = index }
            if character == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            isEscaped = character == UInt8(ascii: "\\") && isQuoted && !isEscaped
        }
        if words.count < 4, let begin = start { words.append(text[begin...]) }
        return isQuoted && words.count < 4 ? nil : words
    }

    private static func unquoted(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let quote = UInt8(ascii: "\"")
        guard word.count >= 2, word.first == quote, word.last == quote else { return word }
        return word.dropFirst().dropLast()
    }
}
