import Canon
import Crypto
import Foundation
import Host
import Integrity
import Packages
import Support
import Testing
import Trust

@Suite(.covers("E11"))
struct `The list of those who sign packages` {
    private let key: NoteVerifier

    init() throws {
        let secret = try SigningKey(seed: Randomness.seeded(3).bytes(SigningKey.seedByteCount))
        key = try NoteVerifier(name: "charter/x/builder", algorithm: .log, key: secret.verifyingKey)
    }

    private func list(_ signer: String) throws(TrustFault) -> PackageSigners {
        let text = """
            {"type": "package_signers", "signers": [{"key": "\(key)", \(signer)}]}
            """
        return try PackageSigners(parsing: Array(text.utf8))
    }

    private func refusal(
        _ signer: String,
        _ id: String = "PKG-A",
        _ classification: String = "BUILT"
    ) throws -> PackageSigners.Refusal? {
        try list(signer).refusal(
            of: key.key,
            under: id,
            class: classification,
            at: Timestamp(seconds: 1_800_000_000)
        )
    }

    @Test func `lets a key sign what it names, and nothing else`() throws {
        let plain = #""classes": ["BUILT"], "packages": ["PKG-A", "PKG-B-*"]"#
        #expect(try refusal(plain) == nil)
        #expect(try refusal(plain, "PKG-B-1") == nil)
        #expect(try refusal(plain, "PKG-B") == .packageRefused("PKG-B"))
        #expect(try refusal(plain, "PKG-AA") == .packageRefused("PKG-AA"))
        #expect(try refusal(plain, "PKG-A", "BUILDER") == .classRefused("BUILDER"))
        let later = try #require(Timestamp("2027-06-01T00:00:00Z"))
        #expect(
            try refusal(plain + #", "valid_from": "2027-06-01T00:00:00Z""#)
                == .notYetValid(from: later)
        )
        let before = try #require(Timestamp("2026-06-01T00:00:00Z"))
        #expect(
            try refusal(plain + #", "valid_until": "2026-06-01T00:00:00Z""#)
                == .expired(since: before)
        )
        let revoked = plain + #", "revoked": {"at": "2026-01-01T00:00:00Z", "reason": "lost"}"#
        #expect(try refusal(revoked) == .revoked(reason: "lost"))
    }

    @Test func `knows only the keys that stand in it`() throws {
        let other = try SigningKey(seed: Randomness.seeded(4).bytes(SigningKey.seedByteCount))
        let signers = try list(#""classes": ["BUILT"], "packages": ["*"]"#)
        let found = signers.refusal(
            of: other.verifyingKey,
            under: "PKG-A",
            class: "BUILT",
            at: Timestamp(seconds: 0)
        )
        #expect(found == .unknown)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"type": "package_signers"}"#,
        #"{"type": "package_signers", "signers": [{}]}"#,
        #"{"type": "package_signers", "signers": [{"key": "x", "classes": ["A"], "packages": ["*"]}]}"#,
    ])
    func `that has one bad line trusts nobody`(_ text: String) {
        let fault = #expect(throws: TrustFault.self) {
            _ = try PackageSigners(parsing: Array(text.utf8))
        }
        #expect(fault?.code == "trust.package-signers-malformed")
    }
}
