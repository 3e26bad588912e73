package import Canon
package import Crypto

/// Whose signatures under packages count, for which packages and classes, and until when: the law's own
/// list, `registries/package_signers.json`.
///
/// A key that was revoked counts for nothing, also not for what it signed before: when something was
/// signed is only known from the signer.
package struct PackageSigners: Sendable {
    /// One key and what it may sign.
    package struct Signer: Sendable {
        package let verifier: NoteVerifier
        package let classes: Set<String>
        /// Ids, or beginnings of ids that end in a star.
        package let packages: [String]
        package let validFrom: Timestamp?
        package let validUntil: Timestamp?
        /// Why it was revoked, if it was.
        package let revocation: String?
    }

    /// Why a key may not have signed a package.
    package enum Refusal: Sendable, Hashable {
        case unknown
        case revoked(reason: String)
        case notYetValid(from: Timestamp)
        case expired(since: Timestamp)
        case classRefused(String)
        case packageRefused(String)
    }

    package let signers: [Signer]

    /// Where the list lies in a root.
    package static let path = "registries/package_signers.json"
    /// No list is longer.
    package static let bytesMax = 1 << 20

    /// Reads the list.
    package init(parsing bytes: [UInt8]) throws(TrustFault) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .packageSignersMalformed(reason: "it is not JSON (\(error.code))")
        }
        guard document["type"]?.string == "package_signers",
            let listed = document["signers"]?.array
        else {
            throw .packageSignersMalformed(reason: "it is no document of that type with signers")
        }
        var signers: [Signer] = []
        for (index, element) in listed.enumerated() {
            signers.append(try PackageSigners.signer(element, index))
        }
        self.signers = signers
    }

    /// A list for whoever has no root yet, and trusts these keys for everything that a root begins with.
    package init(trusting verifiers: [NoteVerifier]) {
        signers = verifiers.map {
            Signer(
                verifier: $0,
                classes: ["BUILDER", "BUILT"],
                packages: ["*"],
                validFrom: nil,
                validUntil: nil,
                revocation: nil
            )
        }
    }

    /// Why this key may not have signed such a package now; `nil` where it may.
    package func refusal(
        of key: VerifyingKey,
        under id: String,
        class classification: String,
        at time: Timestamp
    ) -> Refusal? {
        // A key is its bytes: revoked under one name, it counts under no other.
        if let reason = revocation(of: key) { return .revoked(reason: reason) }
        var closest: Refusal = .unknown
        for signer in signers where signer.verifier.key == key {
            if let from = signer.validFrom, time < from {
                closest = .notYetValid(from: from)
            } else if let until = signer.validUntil, time > until {
                closest = .expired(since: until)
            } else if !signer.classes.contains(classification) {
                closest = .classRefused(classification)
            } else if !signer.packages.contains(where: { PackageSigners.matches($0, id) }) {
                closest = .packageRefused(id)
            } else {
                return nil
            }
        }
        return closest
    }

    /// Why a key was revoked, if it was, whatever it is called.
    package func revocation(of key: VerifyingKey) -> String? {
        signers.lazy.filter { $0.verifier.key == key }.compactMap(\.revocation).first
    }

    private static func matches(_ pattern: String, _ id: String) -> Bool {
        guard pattern.utf8.last == UInt8(ascii: "*") else { return pattern.hasSameBytes(as: id) }
        return id.utf8.starts(with: pattern.utf8.dropLast())
    }

    private static func signer(_ value: JSONValue, _ index: Int) throws(TrustFault) -> Signer {
        func malformed(_ what: String) -> TrustFault {
            .packageSignersMalformed(reason: "signer \(index + 1) \(what)")
        }
        guard let text = value["key"]?.string else { throw malformed("has no key") }
        let verifier: NoteVerifier
        do throws(CryptoFault) {
            verifier = try NoteVerifier(vkey: text)
        } catch {
            throw malformed("has a key that cannot be read: \(error.description)")
        }
        func list(_ name: String) throws(TrustFault) -> [String] {
            guard let texts = value[name]?.array?.compactMap(\.string), !texts.isEmpty,
                texts.count == value[name]?.array?.count
            else { throw malformed("does not say its \(name)") }
            return texts
        }
        func time(_ name: String) throws(TrustFault) -> Timestamp? {
            guard let text = value[name]?.string else { return nil }
            guard let time = Timestamp(text) else { throw malformed("has no time in \(name)") }
            return time
        }
        return Signer(
            verifier: verifier,
            classes: Set(try list("classes")),
            packages: try list("packages"),
            validFrom: try time("valid_from"),
            validUntil: try time("valid_until"),
            revocation: value["revoked"].map { $0["reason"]?.string ?? "no reason is given" }
        )
    }
}
