import Canon
import Crypto
import Host
import Registry
import Synchronization

/// The registries of a root's directories: their bytes, and their rows for whoever asks for those.
///
/// A root whose names all agree is shown to do so by bytes alone, so the rows are read when somebody
/// wants them and not before.
final class LocalRegistries: Sendable {
    /// One registry as it was read.
    struct Text: Sendable {
        let directory: [UInt8]
        let bytes: [UInt8]
        let digest: Digest
    }

    /// What all registries say.
    struct Rows: Sendable {
        /// In the order of the directories.
        fileprivate(set) var locals: [LocalRegistry] = []
        /// Where the registry of a directory stands in `locals`.
        fileprivate(set) var index: [[UInt8]: Int] = [:]
        fileprivate(set) var violations: [Violation] = []
        /// Directories whose registry could not be read whole.
        fileprivate(set) var broken: Set<[UInt8]> = []
    }

    /// In the order of the directories.
    let texts: [Text]
    /// Those that could not be read at all, with what stood against it.
    let unreadable: [(directory: [UInt8], violation: Violation)]
    private let parsed = Mutex<Rows?>(nil)

    /// Reads the registry of each of these directories that has one.
    init(of directories: [[UInt8]], in root: GovernedRoot, _ reader: FileReader) {
        var texts: [Text] = []
        var unreadable: [(directory: [UInt8], violation: Violation)] = []
        texts.reserveCapacity(directories.count)
        for directory in directories {
            let path = LocalRegistry.path(in: directory)
            do throws(HostFault) {
                let bytes = try reader.readWhole(
                    path,
                    beneath: root.directory,
                    limit: GovernedRoot.registryBytesMax
                )
                texts.append(Text(directory: directory, bytes: bytes, digest: .sha256(of: bytes)))
            } catch .missing {
                continue
            } catch .symbolicLink {
                // The walk names it as what it is.
                continue
            } catch .notARegularFile {
                continue
            } catch {
                var code = ViolationCode.unreadable
                if case .tooLarge = error { code = .badRegistry }
                let violation = Violation(
                    .ownership,
                    code,
                    path: Printable(bytes: path).description,
                    reason: error.description
                )
                unreadable.append((directory, violation))
            }
        }
        self.texts = texts
        self.unreadable = unreadable
    }

    /// The rows, read on first use.
    var rows: Rows {
        parsed.withLock { known in
            if let known { return known }
            let rows = read()
            known = rows
            return rows
        }
    }

    private func read() -> Rows {
        var rows = Rows()
        rows.violations = unreadable.map(\.violation)
        rows.broken = Set(unreadable.map(\.directory))
        for text in texts {
            var found: [Violation] = []
            let local = LocalRegistry(
                parsing: text.bytes,
                directory: text.directory,
                violations: &found
            )
            // Of a registry that is no table nothing is known; of one with bad rows, the others.
            if found.isEmpty || !local.rows.isEmpty {
                rows.index[local.directory] = rows.locals.count
                rows.locals.append(local)
            }
            if !found.isEmpty { rows.broken.insert(text.directory) }
            rows.violations += found
        }
        return rows
    }

    /// Registries whose bytes were others when they were hashed than when they were read.
    func changed(since tree: TreeSnapshot) -> [Violation] {
        texts.compactMap { text in
            let path = LocalRegistry.path(in: text.directory)
            guard let relative = try? RelativePath(bytes: path),
                tree.digest(of: relative) != text.digest
            else { return nil }
            let shown = Printable(bytes: path).description
            return Violation(
                .ownership,
                .changing,
                path: shown,
                reason: "\(shown) changed while it was checked."
            )
        }
    }
}
