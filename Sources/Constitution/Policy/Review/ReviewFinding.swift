package import Canon
package import Rego

/// One thing that keeps a bundle from deciding, told like an error of a compiler.
package struct ReviewFinding: Sendable, Hashable {
    /// What a review finds beside what the compiler does.
    package enum Code: String, Sendable, CaseIterable {
        /// The bundle has no policy at all.
        case empty = "policy.review.empty"
        /// No test shows what the policies do.
        case noTests = "policy.review.no-tests"
        /// A test does not hold.
        case testFailed = "policy.review.test-failed"
        /// A test cannot be evaluated.
        case testError = "policy.review.test-error"
        /// A file of tests adds to a rule that decides.
        case testDecides = "policy.review.test-decides"
        /// A document that may be asked does not exist.
        case noEntryPoint = "policy.review.no-entry-point"
        /// The manifest says no revision or name, so that no signature could speak of it.
        case unnamed = "policy.review.unnamed"
    }

    /// The code: one of these, or that of what refused the bundle.
    package let code: String
    package let file: String
    package let position: SourcePosition?
    package let message: String
    /// The line that it is about.
    package let sourceLine: String?

    /// A finding at a place.
    init(
        code: String,
        file: String = "",
        position: SourcePosition? = nil,
        message: String,
        sourceLine: String? = nil
    ) {
        self.code = code
        self.file = file
        self.position = position
        self.message = message
        self.sourceLine = sourceLine
    }

    /// What the compiler says.
    init(_ error: PolicyError) {
        self.init(
            code: error.code.rawValue,
            file: error.file,
            position: error.position,
            message: error.message,
            sourceLine: error.sourceLine
        )
    }

    /// The finding as `--json` shows it.
    package var json: JSONValue {
        var members = JSONObject([("code", .string(code)), ("message", .string(message))])
        if !file.isEmpty { members["file"] = .string(file) }
        if let position {
            members["line"] = .integer(position.line)
            members["column"] = .integer(position.column)
        }
        return .object(members)
    }
}

extension ReviewFinding: CustomStringConvertible {
    package var description: String {
        var text = ""
        if !file.isEmpty { text += "\(Printable(file)):" }
        if let position { text += "\(position.line):\(position.column):" }
        if !text.isEmpty { text += " " }
        text += "\(message) (\(code))"
        guard let sourceLine, let position else { return text }
        return text + "\n" + SourceText.pointing(at: position.column, in: sourceLine)
    }
}
