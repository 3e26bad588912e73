import Canon

/// One thing that is wrong with a policy, told so that its author can mend it.
package struct PolicyError: Error, Sendable, Equatable {
    /// What kind of thing it is.
    package let code: PolicyErrorCode

    /// The name of the file.
    package let file: String

    /// Where it is wrong.
    package let position: SourcePosition

    /// A whole sentence: what was found, and what was expected.
    package let message: String

    /// The line of the text that it is about, where the text is at hand.
    package let sourceLine: String?

    /// An error.
    package init(
        _ code: PolicyErrorCode,
        file: String,
        at position: SourcePosition,
        _ message: String,
        sourceLine: String? = nil
    ) {
        self.code = code
        self.file = file
        self.position = position
        self.message = message
        self.sourceLine = sourceLine
    }

    /// The same error with the line of the text that it is about.
    package func quoting(_ text: [UInt8]) -> PolicyError {
        guard sourceLine == nil else { return self }
        return PolicyError(
            code,
            file: file,
            at: position,
            message,
            sourceLine: SourceText.line(position.line, of: text)
        )
    }
}

extension PolicyError: CustomStringConvertible {
    /// The place, the sentence and, where the line is at hand, the line with a caret under it.
    package var description: String {
        let place = "\(Printable(file)):\(position.line):\(position.column)"
        let text = "\(place): \(message) (\(code.rawValue))"
        guard let sourceLine else { return text }
        return text + "\n" + SourceText.pointing(at: position.column, in: sourceLine)
    }
}
