import Canon
import Host
import Patterns
import Registry

/// What lies in the places that policies exempt: counted, and looked at for what may lie nowhere.
///
/// Nothing is read. An exemption takes files out of the registries, not out of sight: a report says how
/// many there are. Where planes and ledgers write, only files and directories may lie; a device may
/// lie nowhere.
struct ExemptCensus {
    private(set) var places: [IntegrityReport.ExemptPlace] = []
    private(set) var violations: [Violation] = []

    /// Directories as deep as this are looked at; deeper ones count as odd.
    private static let depthMax: UInt32 = 256

    init(_ root: Directory, _ exemptions: [PolicyDocument.Exemption]) throws(IntegrityFault) {
        do {
            for exemption in exemptions { try look(at: exemption, in: root) }
        } catch {
            throw .host(error)
        }
    }

    private mutating func look(
        at exemption: PolicyDocument.Exemption,
        in root: Directory
    ) throws(HostFault) {
        var place = IntegrityReport.ExemptPlace(
            pattern: exemption.pattern.text,
            policy: exemption.policy
        )
        defer { if place.entryCount > 0 { places.append(place) } }
        if exemption.pattern.isExact {
            let path = exemption.pattern.literalPrefix
            let facts: FileFacts?
            do throws(HostFault) {
                facts = try root.facts(of: path)
            } catch .leavesDirectory {
                return meetUnseen(path, exemption, &place)
            }
            // A directory is another pattern's: this one names a single thing.
            if let facts, facts.kind != .directory {
                try meet(path[...], facts.kind, exemption, &place, root)
            }
            return
        }
        // Everything that can match lies below the last slash before the first wildcard.
        let prefix = exemption.pattern.literalPrefix
        let top = Array(prefix[..<(prefix.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
        let directory: Directory
        do throws(HostFault) {
            guard !top.isEmpty, try root.facts(of: top)?.kind == .directory else { return }
            directory = try root.openDirectory(bytes: top)
        } catch .leavesDirectory {
            return meetUnseen(top, exemption, &place)
        } catch .permissionDenied {
            return meetUnseen(top, exemption, &place)
        }
        for entry in try TreeWalk(depthMax: ExemptCensus.depthMax).list(directory) {
            let path = top + [UInt8(ascii: "/")] + entry.path
            guard exemption.pattern.matches(path) else { continue }
            if entry.problem != nil { place.oddCount += 1 }
            try meet(path[...], entry.kind, exemption, &place, root)
        }
    }

    /// A place that cannot be entered: a mount, or one that this user may not read.
    private func meetUnseen(
        _ path: [UInt8],
        _ exemption: PolicyDocument.Exemption,
        _ place: inout IntegrityReport.ExemptPlace
    ) {
        place.entryCount += 1
        place.oddCount += 1
    }

    private mutating func meet(
        _ path: ArraySlice<UInt8>,
        _ kind: FileKind,
        _ exemption: PolicyDocument.Exemption,
        _ place: inout IntegrityReport.ExemptPlace,
        _ root: Directory
    ) throws(HostFault) {
        place.entryCount += 1
        var words = "a \(kind.words)"
        switch kind {
        case .file, .directory: return
        case .symbolicLink:
            // Gone again, or changed into something else: the next check sees what it is then.
            guard let target = try? root.linkTarget(of: path),
                ExemptCensus.leadsOut(target, from: path)
            else { return }
            words = "a link that leads out of the root"
        default: break
        }
        place.oddCount += 1
        let isDevice = kind == .characterDevice || kind == .blockDevice
        guard isDevice || exemption.kind != .ignored else { return }
        violations.append(
            Violation(
                .ownership,
                .forbiddenKind,
                path: Printable(bytes: path).description,
                rule: exemption.policy,
                reason:
                    "\(Printable(bytes: path)) lies where \(exemption.policy) exempts files, and "
                    + "it is \(words); only files and directories may lie there."
            )
        )
    }

    /// Whether a link's target lies outside the root, by its words alone: nothing is followed.
    private static func leadsOut(_ target: [UInt8], from path: ArraySlice<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        if target.first == slash { return true }
        var depth = path.count { $0 == slash }
        for part in target.split(separator: slash) {
            if part.elementsEqual("..".utf8) {
                depth -= 1
                if depth < 0 { return true }
            } else if !part.elementsEqual(".".utf8) {
                depth += 1
            }
        }
        return false
    }
}
