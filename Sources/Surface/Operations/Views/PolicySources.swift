import Canon
import Host
import Policy
import Rego

/// Policies and base data as they lie on disk, read once: what every policy command begins with.
///
/// A directory is read as a bundle: every `.rego` file is a policy, and every `data.json` stands in
/// base data under the directories that lead to it. Policies have the names that the caller would
/// write, so that messages can be clicked.
struct PolicySources {
    /// Where a file of the bundle lies on disk.
    struct Place {
        let directory: Directory
        /// The path below the directory.
        let path: [UInt8]
    }

    let bundle: PolicyBundle
    private let places: [String: Place]

    /// The options of commands that ask policies something.
    static let options: [Operation.Option] = [
        .init(name: "bundle", value: "PATH", summary: "policies: a directory, or one .rego file"),
        .init(
            name: "data",
            value: "FILE",
            summary: "base data, in place of a data.json at the top"
        ),
        v0,
    ]

    /// The option for policies in the language as it was before OPA 1.0.
    static let v0 = Operation.Option(
        name: "v0",
        value: nil,
        summary: "policies without a manifest are written in Rego v0"
    )

    /// The option for built-ins that fail without ending an evaluation.
    static let lenient = Operation.Option(
        name: "lenient",
        value: nil,
        summary: "a built-in that fails is undefined"
    )

    /// Reads what `--bundle` and `--data` name.
    init(_ request: Request, _ surroundings: Surroundings) throws(OperationFault) {
        let paths = request.option("bundle").map { [$0] } ?? []
        try self.init(paths, data: request.option("data"), request, surroundings)
    }

    /// Reads files and directories that were named as operands; there must be policies in them.
    init(
        operands paths: [String],
        _ request: Request,
        _ surroundings: Surroundings
    ) throws(OperationFault) {
        try self.init(paths, data: nil, request, surroundings)
        guard !bundle.policies.isEmpty else {
            let named = paths.map { Printable($0).description }.joined(separator: ", ")
            throw .usage("There is no .rego file in \(named); name a file or a directory of them.")
        }
    }

    private init(
        _ paths: [String],
        data: String?,
        _ request: Request,
        _ surroundings: Surroundings
    ) throws(OperationFault) {
        var reader = Reader()
        do throws(HostFault) {
            for path in paths { try reader.read(path, surroundings) }
            if let data { try reader.readData(data, surroundings) }
        } catch {
            throw .host(error)
        }
        let hasManifest = reader.files.contains { $0.path.hasSameBytes(as: ".manifest") }
        if request.has("v0"), !hasManifest {
            reader.files.append(BundleFile(path: ".manifest", text: "{\"rego_version\": 0}"))
        }
        do throws(BundleRefusal) {
            bundle = try PolicyBundle(files: reader.files, name: PolicySources.name(paths))
        } catch {
            throw .bundle(error)
        }
        places = reader.places
    }

    /// The name of a bundle whose manifest gives none: that of its directory.
    private static func name(_ paths: [String]) -> String {
        let last = paths.first?.split(separator: "/").last.map(String.init) ?? ""
        return BundleManifest.isName(last) ? last : "policies"
    }

    /// Where a policy lies, for who writes it anew.
    func place(of file: BundleFile) -> Place? { places[file.path] }

    /// The policies that decide, compiled.
    func loaded() throws(OperationFault) -> LoadedBundle {
        do {
            return try LoadedBundle(bundle, provenance: .author)
        } catch {
            throw .bundle(error)
        }
    }
}

extension PolicySources {
    /// Reads files by descriptor, following no link, within bounds on what one command reads.
    private struct Reader {
        var files: [BundleFile] = []
        var places: [String: Place] = [:]
        private var bytesLeft = PolicyBundle.Limits.standard.bytesMax

        mutating func read(_ path: String, _ surroundings: Surroundings) throws(HostFault) {
            let (above, name) = try Reader.opened(path, surroundings)
            guard !name.isEmpty else { return try readTree(above, shownAs: path) }
            guard let facts = try above.facts(of: name) else {
                throw .missing(path: surroundings.absolute(path))
            }
            if facts.kind == .directory {
                try readTree(above.openDirectory(name), shownAs: path)
            } else {
                try take(Place(directory: above, path: Array(name.utf8)), as: path, or: name)
            }
        }

        mutating func readData(_ path: String, _ surroundings: Surroundings) throws(HostFault) {
            let (above, name) = try Reader.opened(path, surroundings)
            files.removeAll { $0.path.hasSameBytes(as: "data.json") }
            try take(Place(directory: above, path: Array(name.utf8)), as: "data.json")
        }

        /// The directory that holds a thing, and its name there; no name for the top of all.
        private static func opened(
            _ path: String,
            _ surroundings: Surroundings
        ) throws(HostFault) -> (Directory, String) {
            let parts = surroundings.absolute(path).split(separator: "/")
            let above = try Directory.open("/" + parts.dropLast().joined(separator: "/"))
            return (above, parts.last.map(String.init) ?? "")
        }

        private mutating func readTree(
            _ directory: Directory,
            shownAs shown: String
        ) throws(HostFault) {
            let prefix = shown.hasSuffix("/") ? shown : shown + "/"
            for entry in try TreeWalk(skipping: [".git"]).list(directory) {
                if case .unreadable(let fault) = entry.problem { throw fault }
                guard entry.kind != .directory else { continue }
                // Behind a link may lie policies, and what is not read must not look as if it were.
                if entry.kind == .symbolicLink {
                    throw .symbolicLink(path: directory.path + "/" + entry.text)
                }
                let path = String(decoding: entry.path, as: UTF8.self)
                let place = Place(directory: directory, path: Array(entry.path))
                if path.hasSuffix(".rego") {
                    try take(place, as: shown == "." ? path : prefix + path, or: path)
                } else if BundleFile.isRead(path) {
                    try take(place, as: path)
                }
            }
        }

        private mutating func take(
            _ place: Place,
            as shown: String,
            or fallback: String? = nil
        ) throws(HostFault) {
            let bytes = try place.directory.readWhole(place.path, limit: bytesLeft)
            bytesLeft -= bytes.count
            // A bundle takes plain paths only; one that leads elsewhere is shown by its end.
            let isPlain = RelativePath.problem(in: Array(shown.utf8)) == nil
            let path = isPlain ? shown : fallback ?? shown
            files.append(BundleFile(path: path, bytes: bytes))
            places[path] = place
        }
    }
}
