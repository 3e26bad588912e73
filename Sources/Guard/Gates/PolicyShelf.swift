package import Canon
package import Crypto
package import Host
package import Policy
import Rego

/// Where activated bundles lie, outside every root, and which of them decide.
///
/// A copy is never changed: it lies under its digest, and which one decides is one small file that is
/// replaced whole. So a crash at any moment leaves the old policies or the new ones, and never none;
/// and whoever changes a copy on the disk only makes it unusable, since its digest and its signature
/// are looked at each time it is loaded.
///
///     <shelf>/lock                        held by whoever switches
///     <shelf>/<bundle>/active.json        what decides, what did before, what is tried
///     <shelf>/<bundle>/<digest>/…         the files of one revision
package struct PolicyShelf: Sendable {
    /// What an activated bundle is for.
    package enum Use: Sendable, Equatable {
        /// It decides.
        case active
        /// It is tried beside the active one, and decides for so many of a hundred inputs.
        case candidate(percent: Int)
        /// It is only looked at: everything is checked and nothing is changed.
        case trial
    }

    private let directory: Directory
    private let keys: [VerifyingKey]

    private static let stateName = "active.json"
    private static let lockName = "lock"
    private static let stateBytesMax = 1 << 20

    /// A shelf in a directory of its owner, trusting some keys.
    package init(in directory: Directory, trusting keys: [VerifyingKey]) {
        self.directory = directory
        self.keys = keys
    }

    // MARK: - Switching

    /// Puts a bundle to use, once its signature, its review and its place beside others hold.
    ///
    ///     lock · the files under a temporary name, each synced · rename to the digest · active.json
    package func activate(
        _ bundle: PolicyBundle,
        as use: Use,
        by: String,
        at time: Timestamp
    ) throws(GatesFault) -> ShelfState {
        do throws(BundleRefusal) {
            _ = try BundleSignature.verify(bundle, trusting: keys)
            let context = DecisionContext(nowNanoseconds: time.nanoseconds)
            _ = try BundleReview(of: bundle, in: context).passed()
        } catch {
            throw .refused(error)
        }
        let lock = try acquire()
        defer { withExtendedLifetime(lock) {} }
        try checkApart(bundle)
        var state = try storedState(of: bundle.name) ?? ShelfState(bundle: bundle.name)
        let entry = ShelfState.Entry(digest: bundle.digest, revision: bundle.revision)
        switch use {
        case .trial: return state
        case .active:
            if state.active != entry { state.previous = state.active }
            state.active = entry
            if state.candidate == entry { state.candidate = nil }
            if state.candidate == nil { state.canaryPercent = 0 }
            state.note(.init(time: time, by: by, action: .activate, entry: entry))
        case .candidate(let percent):
            precondition((0...100).contains(percent), "A share lies between 0 and 100 percent.")
            guard state.active != nil else { throw .nothingBefore(name: bundle.name) }
            state.candidate = entry
            state.canaryPercent = percent
            state.note(.init(time: time, by: by, action: .candidate, entry: entry))
        }
        try store(bundle)
        try write(state)
        prune(state)
        return state
    }

    /// Undoes the last switch: takes a candidate away, or goes back to what was active before.
    package func rollback(
        _ name: String,
        by: String,
        at time: Timestamp
    ) throws(GatesFault) -> ShelfState {
        let lock = try acquire()
        defer { withExtendedLifetime(lock) {} }
        guard var state = try storedState(of: name), let active = state.active else {
            throw .unknownBundle(name: name)
        }
        if state.candidate != nil {
            state.candidate = nil
            state.canaryPercent = 0
            state.note(.init(time: time, by: by, action: .rollback, entry: active))
        } else {
            guard let previous = state.previous else { throw .nothingBefore(name: name) }
            // What cannot be loaded would deny everything; then the active one is the better choice.
            _ = try load(previous, of: name)
            state.active = previous
            // What was left behind is not good, so nothing may fall back to it.
            state.previous = nil
            state.note(.init(time: time, by: by, action: .rollback, entry: previous))
        }
        try write(state)
        return state
    }

    // MARK: - Asking

    /// The states of all bundles that were ever activated here, by name.
    package func states() throws(GatesFault) -> [ShelfState] {
        var states: [ShelfState] = []
        for name in try names() {
            if let state = try storedState(of: name) { states.append(state) }
        }
        return states
    }

    /// Whoever decides by a bundle of this shelf.
    ///
    /// It always answers. Where the active copy cannot be used, the last one that was good decides and
    /// each decision says so; where there is none, everything is denied.
    package func decisionPoint(for name: String) -> BundleDecisionPoint {
        var seen: ShelfState?
        while true {
            let state: ShelfState
            do throws(GatesFault) {
                guard let found = try storedState(of: name), found.active != nil else {
                    return BundleDecisionPoint(.missing(bundle: name))
                }
                state = found
            } catch {
                return BundleDecisionPoint(.refused(name, error))
            }
            let (point, isWhole) = decisionPoint(state)
            // Somebody may have switched between the two readings; then it is read again, once for
            // each switch.
            if isWhole || seen == state { return point }
            seen = state
        }
    }

    private func decisionPoint(_ state: ShelfState) -> (BundleDecisionPoint, isWhole: Bool) {
        guard let entry = state.active else {
            return (BundleDecisionPoint(.missing(bundle: state.bundle)), true)
        }
        let active: LoadedBundle
        do throws(GatesFault) {
            active = try load(entry, of: state.bundle)
        } catch {
            guard let previous = state.previous, let older = try? load(previous, of: state.bundle)
            else { return (BundleDecisionPoint(.refused(state.bundle, error)), false) }
            let notice = PolicyShelf.notice(
                "gates.shelf.last-good",
                "Revision \(entry.revision) of \(state.bundle) cannot be used, so revision "
                    + "\(previous.revision) decides. \(error.description)",
                of: state.bundle
            )
            return (BundleDecisionPoint(.ready(older), notices: [notice]), false)
        }
        guard let tried = state.candidate else {
            return (BundleDecisionPoint(.ready(active)), true)
        }
        do throws(GatesFault) {
            let candidate = try load(tried, of: state.bundle)
            let point = BundleDecisionPoint(
                .ready(active),
                candidate: candidate,
                canaryPercent: state.canaryPercent
            )
            return (point, true)
        } catch {
            let notice = PolicyShelf.notice(
                "gates.shelf.candidate-unusable",
                "The candidate \(tried.revision) of \(state.bundle) cannot be used and decides "
                    + "nothing. \(error.description)",
                of: state.bundle
            )
            return (BundleDecisionPoint(.ready(active), notices: [notice]), false)
        }
    }

    private static func notice(
        _ code: String,
        _ message: String,
        of bundle: String
    ) -> DecisionReason {
        DecisionReason(
            rule: "shelf:\(bundle)",
            code: code,
            message: message,
            next: "Activate a bundle that holds with 'charter policy activate'."
        )
    }

    // MARK: - The disk

    private func acquire() throws(GatesFault) -> FileLock {
        do {
            return try FileLock.acquire(PolicyShelf.lockName, in: directory, waiting: true)
        } catch {
            throw .host(error)
        }
    }

    private func names() throws(GatesFault) -> [String] {
        do {
            return try TreeWalk(depthMax: 0).list(directory)
                .filter { $0.kind == .directory }
                .map { String(decoding: $0.path, as: UTF8.self) }
                .filter(BundleManifest.isName)
        } catch {
            throw .host(error)
        }
    }

    private func storedState(of name: String) throws(GatesFault) -> ShelfState? {
        guard BundleManifest.isName(name) else { return nil }
        let path = "\(name)/\(PolicyShelf.stateName)"
        let bytes: [UInt8]
        do {
            bytes = try directory.readWhole(path, limit: PolicyShelf.stateBytesMax)
        } catch {
            if case .missing = error { return nil }
            throw .host(error)
        }
        do {
            return try ShelfState(parsing: bytes, bundle: name)
        } catch {
            throw .badShelf(path: directory.path + "/" + path, reason: error.reason)
        }
    }

    private func write(_ state: ShelfState) throws(GatesFault) {
        do {
            try DurableFile.replace(
                "\(state.bundle)/\(PolicyShelf.stateName)",
                with: state.json.pretty,
                in: directory,
                mode: 0o600
            )
        } catch {
            throw .host(error)
        }
    }

    /// The bundle of a copy, if it is what was activated and trusted keys still answer for it.
    private func load(
        _ entry: ShelfState.Entry,
        of name: String
    ) throws(GatesFault) -> LoadedBundle {
        let bundle = try copy(entry.digest, of: name)
        do throws(BundleRefusal) {
            return try LoadedBundle(BundleSignature.verify(bundle, trusting: keys))
        } catch {
            throw .refused(error)
        }
    }

    private func copy(_ digest: Digest, of name: String) throws(GatesFault) -> PolicyBundle {
        let path = "\(name)/\(digest.hex)"
        let folder: Directory
        do {
            folder = try directory.openDirectory(path)
        } catch {
            throw .host(error)
        }
        let bundle = try BundleFolder.read(folder, name: name)
        guard bundle.digest == digest else {
            throw .badShelf(
                path: directory.path + "/" + path,
                reason: "Its files are not those that were activated."
            )
        }
        return bundle
    }

    /// Puts the files of a bundle under its digest; where they lie already, and whole, they stay.
    private func store(_ bundle: PolicyBundle) throws(GatesFault) {
        let name = bundle.digest.hex
        let temporary = ".\(name).charter-new"
        do {
            let folder = try directory.openMakingBeneath(bundle.name, mode: 0o700)
            // What decides now is not taken away for a moment in which somebody might pull the plug.
            if let present = try? copy(bundle.digest, of: bundle.name),
                (try? BundleSignature.verify(present, trusting: keys)) != nil
            {
                return
            }
            for left in [temporary, name] where try folder.facts(of: left) != nil {
                try DurableFile.removeTree(left, in: folder)
            }
            let place = try folder.openMakingBeneath(temporary, mode: 0o700)
            for file in bundle.allFiles {
                if let slash = file.path.lastIndex(of: "/") {
                    _ = try place.openMakingBeneath(String(file.path[..<slash]), mode: 0o700)
                }
                try DurableFile.replace(file.path, with: file.bytes, in: place, mode: 0o400)
            }
            try DurableFile.moveFile(temporary, in: folder, to: name, in: folder)
        } catch {
            throw .host(error)
        }
    }

    /// Removes copies that nothing refers to; what cannot be removed harms nobody.
    private func prune(_ state: ShelfState) {
        guard let folder = try? directory.openDirectory(state.bundle),
            let entries = try? TreeWalk(depthMax: 0).list(folder)
        else { return }
        let kept = Set(state.kept.map(\.hex))
        for entry in entries where entry.kind == .directory {
            let name = String(decoding: entry.path, as: UTF8.self)
            if !kept.contains(name) { try? DurableFile.removeTree(name, in: folder) }
        }
    }

    /// No other active bundle may own a place of this one.
    private func checkApart(_ bundle: PolicyBundle) throws(GatesFault) {
        var others: [PolicyBundle] = []
        for name in try names() where !name.hasSameBytes(as: bundle.name) {
            guard let entry = try storedState(of: name)?.active else { continue }
            others.append(try copy(entry.digest, of: name))
        }
        do {
            for other in others { try PolicyBundle.checkApart([other, bundle]) }
        } catch {
            throw .refused(error)
        }
    }
}
