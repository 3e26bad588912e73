package import Canon
import Integrity
import Law
package import Registry

/// Why a package is not packed, taken, installed or removed: a no with its rule and the next step.
package struct PackageRefusal: Sendable, Hashable {
    /// The stable codes: never renamed, never reused.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        case noSuchPackage = "packages.no-such-package"
        case damaged = "packages.archive-refused"
        case tooLarge = "packages.too-large"
        case manifest = "packages.manifest-refused"
        case content = "packages.content-differs"
        case installedDiffers = "packages.installed-differs"
        case unsigned = "packages.unsigned"
        case attestation = "packages.attestation-refused"
        case subject = "packages.wrong-subject"
        case unknownSigner = "packages.unknown-signer"
        case revokedSigner = "packages.revoked-signer"
        case expiredSigner = "packages.expired-signer"
        case signerScope = "packages.signer-scope"
        case law = "packages.law-differs"
        case bringsLaw = "packages.brings-law"
        case classChanged = "packages.class-changed"
        case platform = "packages.platform"
        case downgrade = "packages.downgrade"
        case otherDigest = "packages.same-version-other-digest"
        case conflict = "packages.conflict"
        case dependents = "packages.has-dependents"
        case archiveGone = "packages.archive-gone"
        case planStale = "packages.plan-stale"
        case keeper = "packages.keeps-the-registries"
        case notAuthorised = "packages.not-authorised"
        case rootNotWhole = "packages.root-not-whole"
        case template = "packages.template-refused"
        case violation = "packages.against-the-law"
    }

    package let code: Code
    package let path: String
    package let rule: String
    package let reason: String
    package let next: String
    /// The finding of a lower stage that stands behind `violation` and `rootNotWhole`.
    package let violation: ViolationCode?

    /// A refusal of this module's own.
    init(_ code: Code, path: String = "", _ reason: String, next: String, rule: String? = nil) {
        self.code = code
        self.path = path
        self.rule = rule ?? PackageRefusal.rule(of: code)
        self.reason = reason
        self.next = next
        violation = nil
    }

    /// Something was written to while it was read.
    package static func changing(_ path: String) -> PackageRefusal {
        PackageRefusal(
            .content,
            path: Printable(path).description,
            "\(Printable(path)) changed while it was read.",
            next: "Stop whoever writes to it, and try again."
        )
    }

    /// What the door of the root said no to.
    init(_ denial: Denial, about what: String) {
        self.init(
            .notAuthorised,
            path: what,
            denial.reason,
            next: "Put the root into a state in which it can change.",
            rule: denial.rule
        )
    }

    /// A finding of the stages that judge a root.
    init(_ violation: Violation, as code: Code = .violation) {
        self.code = code
        path = violation.path
        rule = violation.rule
        reason = violation.reason
        next = violation.next
        self.violation = violation.code
    }

    /// The code that a person or a program looks for: that of the finding, where there is one.
    package var shownCode: String { violation?.rawValue ?? code.rawValue }

    /// The refusal as `--json` shows it.
    package var json: JSONValue {
        [
            "code": .string(shownCode), "path": .string(path), "rule": .string(rule),
            "reason": .string(reason), "next": .string(next),
        ]
    }

    private static func rule(of code: Code) -> String {
        switch code {
        case .unsigned, .attestation, .subject:
            "FMWK-ATT-001: a package without a valid attestation of its own digest is refused"
        case .unknownSigner, .revokedSigner, .expiredSigner, .signerScope:
            "FMWK-ATT-001: only those whom the law names sign packages"
        case .notAuthorised: "FMWK-107: nothing changes without a decision"
        default: "FMWK-PKG-001: a package is wholly installed or not at all"
        }
    }
}
