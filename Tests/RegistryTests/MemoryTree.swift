import Canon
import Crypto
import Registry

/// A tree that is only in memory: what the law reads, without a disk.
struct MemoryTree {
    var files: [String: String]

    init(_ files: [String: String]) { self.files = files }

    /// The tree, in the order of its paths.
    func snapshot() throws -> TreeSnapshot {
        let bytes = try Dictionary(
            uniqueKeysWithValues: files.map { (try RelativePath($0.key), Array($0.value.utf8)) }
        )
        let paths = bytes.keys.sorted()
        return TreeSnapshot(
            paths: paths,
            digests: paths.map { bytes[$0].map { .sha256(of: $0) } }
        ) { path in
            bytes[path].map { .success($0) }
                ?? .failure(DocumentFault(code: "test.missing", description: "It is not there."))
        }
    }

    /// A framework document.
    static func framework(_ id: String, needs: [String] = [], rest: String = "") -> String {
        """
        {"id":"\(id)","name":"N","version":"1.0.0","status":"active","content":{"purpose":"P"},
         "dependencies":[\(references(needs))]\(rest)}
        """
    }

    /// A spec document under a framework.
    static func spec(_ id: String, _ framework: String, rest: String = "") -> String {
        """
        {"id":"\(id)","name":"N","version":"1.0.0","status":"active","content":{"purpose":"P"},
         "framework_id":"\(framework)","entity_type":"module"\(rest)}
        """
    }

    /// A package document of a spec.
    static func package(
        _ id: String,
        _ spec: String,
        _ framework: String,
        needs: [String] = []
    ) -> String {
        """
        {"id":"\(id)","package_name":"n","version":"1.0.0","status":"active","spec_id":"\(spec)",
         "framework_id":"\(framework)","governed_by":"\(framework)","class":"BUILT",
         "content":{"purpose":"P"},"dependencies":[\(references(needs))]}
        """
    }

    private static func references(_ ids: [String]) -> String {
        ids.map { #"{"id":"\#($0)","version":"^1.0.0"}"# }.joined(separator: ",")
    }
}
