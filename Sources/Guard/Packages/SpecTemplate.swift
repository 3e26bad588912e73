import Canon
import Registry

/// A template of the law that a spec, its package and their first files are made from.
///
/// It lies in `registries/templates/ID/`: `template.json` says what it is, `spec.json.template` and
/// `package.json.template` are the two documents, and `files/` holds the rest as it will lie in the pack.
struct SpecTemplate: Sendable {
    /// Where templates lie.
    static let folder = "registries/templates"
    private static let suffix = ".template"

    /// A file that comes of a template.
    struct Made: Sendable {
        let path: RelativePath
        let bytes: [UInt8]
        /// Whether it is one of the two documents, which belong to whoever keeps the registries.
        let isDocument: Bool
    }

    private let id: String
    private let framework: String
    private let root: String
    private let texts: [(name: String, text: String)]

    /// The templates of a root, by name.
    static func names(in tree: TreeSnapshot) -> [String] {
        tree.paths.compactMap { path in
            let parts = path.text.split(separator: "/")
            guard parts.count == 4, path.text.hasPrefix(folder + "/"), parts[3] == "template.json"
            else { return nil }
            return String(parts[2])
        }
    }

    /// Reads a template of a root.
    init(_ id: String, in tree: TreeSnapshot) throws(PackageContents.Refused) {
        guard SpecTemplate.names(in: tree).contains(where: { $0.hasSameBytes(as: id) }) else {
            throw SpecTemplate.refused(
                id,
                "There is no template \(Printable(id)).",
                next: "There are: " + SpecTemplate.names(in: tree).joined(separator: ", ") + "."
            )
        }
        let place = "\(SpecTemplate.folder)/\(id)/"
        var texts: [(name: String, text: String)] = []
        var head: JSONValue?
        for path in tree.paths where path.text.hasPrefix(place) {
            let name = String(path.text.dropFirst(place.count))
            guard case .success(let bytes) = tree.document(path),
                let text = String(validating: bytes, as: UTF8.self)
            else {
                throw SpecTemplate.refused(id, "\(Printable(path.text)) cannot be read as text.")
            }
            if name == "template.json" {
                head = try? JSONValue(parsing: bytes)
            } else if name.hasSuffix(SpecTemplate.suffix) {
                texts.append((String(name.dropLast(SpecTemplate.suffix.count)), text))
            }
        }
        guard let head, let framework = head["framework_id"]?.string,
            let root = head["root"]?.string
        else {
            throw SpecTemplate.refused(id, "Its template.json names no framework and no root.")
        }
        self.id = id
        self.framework = framework
        self.root = root
        self.texts = texts
    }

    /// The pack that it makes of these slots, always the same of the same ones.
    func pack(_ slots: SpecSlots) throws(PackageContents.Refused) -> [Made] {
        do throws(SpecSlots.Unfit) {
            let root = try slots.filling(root)
            let others = ["framework": framework, "root": root]
            var made: [Made] = []
            for (name, text) in texts {
                let path: String
                switch name {
                case "spec.json": path = "\(RootLayout.specs)/\(slots.spec).json"
                case "package.json": path = "\(RootLayout.packages)/\(slots.packageID).json"
                default:
                    guard name.hasPrefix("files/") else { continue }
                    path = try root + "/" + slots.filling(String(name.dropFirst("files/".count)))
                }
                guard let place = try? RelativePath(text: path) else {
                    throw SpecSlots.Unfit(reason: "\"\(Printable(path))\" is no path of a root.")
                }
                made.append(
                    Made(
                        path: place,
                        bytes: Array(try slots.filling(text, and: others).utf8),
                        isDocument: !name.hasPrefix("files/")
                    )
                )
            }
            return made.sorted { $0.path < $1.path }
        } catch {
            throw SpecTemplate.refused(id, "It cannot be filled in. \(error.reason)")
        }
    }

    private static func refused(
        _ id: String,
        _ reason: String,
        next: String = "Correct the template; it is law like everything under registries/."
    ) -> PackageContents.Refused {
        PackageContents.Refused(
            refusal: PackageRefusal(
                .template,
                path: "\(folder)/\(Printable(id))",
                reason,
                next: next,
                rule: "FMWK-SCHEMA: what a template makes follows from it and its slots alone"
            )
        )
    }
}
