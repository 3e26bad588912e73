package import Canon
package import Crypto
package import Host
package import Integrity
import Law
import Registry
package import Trust

/// Changes the law's list of those who may sign packages, and makes it where there is none.
package struct SignerList: Sendable {
    private let root: GovernedRoot
    private let clock: Clock
    private let randomness: Randomness
    private let subject: PackageDecision.Subject

    /// The list of one root, changed for somebody.
    package init(
        _ root: GovernedRoot,
        clock: Clock,
        randomness: Randomness = .system,
        for subject: PackageDecision.Subject
    ) {
        self.root = root
        self.clock = clock
        self.randomness = randomness
        self.subject = subject
    }

    /// What came of it.
    package enum Outcome: Sendable {
        case done(PackageSigners)
        case refused([PackageRefusal])
    }

    /// The list as it is.
    package func current() throws(PackageFault) -> PackageSigners {
        do {
            return try PackageSigners(in: RootState(root, threads: 1).tree)
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    /// Lets a key sign these packages of these classes; one that was revoked is not trusted again.
    package func add(
        _ key: NoteVerifier,
        classes: [String],
        packages: [String],
        until: Timestamp?
    ) throws(PackageFault) -> Outcome {
        let now = Timestamp(nanoseconds: clock.now)
        if let until, until < now {
            return SignerList.refused(
                .expiredSigner,
                "\(until) is over; the key would never count."
            )
        }
        if let reason = try current().revocation(of: key.key) {
            return SignerList.refused(
                .revokedSigner,
                "That key was revoked: \(Printable(reason)). What was revoked stays so."
            )
        }
        return try change { (signers) throws(PackageFault) in
            var members = JSONObject([
                ("key", .string(key.description)),
                ("classes", .array(classes.map { .string($0) })),
                ("packages", .array(packages.map { .string($0) })),
                ("valid_from", .string(now.description)),
            ])
            if let until { members["valid_until"] = .string(until.description) }
            return signers + [.object(members)]
        }
    }

    /// Takes all trust from a key, under whatever names it stands there; what it signed counts no more.
    package func revoke(_ key: NoteVerifier, reason: String) throws(PackageFault) -> Outcome {
        let time = Timestamp(nanoseconds: clock.now)
        guard try current().signers.contains(where: { $0.verifier.key == key.key }) else {
            return SignerList.refused(
                .unknownSigner,
                "No entry of \(PackageSigners.path) has that key, so there is nothing to take from it."
            )
        }
        return try change { (signers) throws(PackageFault) in
            signers.map { signer in
                guard let text = signer["key"]?.string, signer["revoked"] == nil,
                    (try? NoteVerifier(vkey: text))?.key == key.key, var members = signer.object
                else { return signer }
                members["revoked"] = [
                    "at": .string(time.description), "reason": .string(reason),
                ]
                return .object(members)
            }
        }
    }

    private static func refused(_ code: PackageRefusal.Code, _ reason: String) -> Outcome {
        .refused([
            PackageRefusal(
                code,
                path: PackageSigners.path,
                reason,
                next: "'charter package signer list' shows the list."
            )
        ])
    }

    private func change(
        _ edit: ([JSONValue]) throws(PackageFault) -> [JSONValue]
    ) throws(PackageFault) -> Outcome {
        guard subject.role == "admin" else {
            return .refused([
                PackageRefusal(
                    .notAuthorised,
                    path: PackageSigners.path,
                    "Only an operator of the root says who signs packages.",
                    next: "Ask whoever owns the root's directory."
                )
            ])
        }
        let door = PristineGuard(root, clock: clock)
        do {
            let isSealed = try root.directory.facts(of: RootLayout.seal) != nil
            let passed = try door.installing("package signer", seal: isSealed ? .makes : .keeps) {
                mode throws(IntegrityFault) -> Outcome in
                do throws(PackageFault) { return try change(edit, &mode) } catch {
                    throw error.integrity
                }
            }
            switch passed {
            case .done(let outcome): return outcome
            case .denied(let denial):
                return .refused([PackageRefusal(denial, about: PackageSigners.path)])
            }
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private func change(
        _ edit: ([JSONValue]) throws(PackageFault) -> [JSONValue],
        _ mode: inout PristineGuard.InstallMode
    ) throws(PackageFault) -> Outcome {
        do {
            let state = try RootState(root, threads: WorkerThreads.available)
            let report = try IntegrityCheck(root).run(state, through: .packages)
            guard report.isWhole else {
                return .refused(report.violations.map { PackageRefusal($0, as: .rootNotWhole) })
            }
            let path = try RelativePath(text: PackageSigners.path)
            var members = SignerList.empty
            if state.tree.contains(path), case .success(let bytes) = state.tree.document(path),
                let known = try? JSONValue(parsing: bytes).object
            {
                members = known
            }
            members["signers"] = .array(try edit(members["signers"]?.array ?? []))
            let bytes = JSONValue.object(members).pretty
            let signers: PackageSigners
            do throws(TrustFault) { signers = try PackageSigners(parsing: bytes) } catch {
                throw PackageFault.trust(error)
            }
            var plan = RootPlan(state)
            plan.put(path, owner: state.book.root?.registryOwner ?? "", bytes)
            let judged = plan.judged()
            guard judged.violations.isEmpty else {
                return .refused(judged.violations.map { PackageRefusal($0) })
            }
            if state.tree.digest(of: path) != .sha256(of: bytes) { mode.write(path, bytes) }
            try mode.follow(judged, of: root, randomness: randomness)
            return .done(signers)
        } catch {
            throw PackageFault(carrying: error)
        }
    }

    private static var empty: JSONObject {
        let members: [(String, JSONValue)] = [
            ("schema_version", "1.0"), ("type", "package_signers"), ("id", "SIGNERS-001"),
            ("version", "1.0.0"), ("purpose", .string(purpose)), ("signers", .array([])),
        ]
        return JSONObject(members)
    }

    private static let purpose =
        "Whose signatures under packages count in this root, for what, and until when."
}
