import Canon
import Host
import Integrity
import Law
import Registry

/// A tree of files judged by rules that are data: the Governor over any directory (requirement C34).
struct TreeJudgement {
    private let surroundings: Surroundings

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    /// The answer for the rules in a file and the tree below a directory.
    func answer(rules: String, target: String) throws(OperationFault) -> Answer {
        let document = try surroundings.document(rules)
        let place = surroundings.absolute(target)
        // Rules may stand alone; inside a root they may also refer to its schemas.
        let library = (try? surroundings.lawBook()).map { Schemas($0).shared } ?? SchemaLibrary()
        do {
            let governor = try Governor(governorRules(document, rules), library: library)
            let findings = governor.judge(
                try tree(Directory.open(place), document["metadata_of_target"])
            )
            return Report.judgement(findings.map { ("", $0) }, "the tree \(Printable(place))")
        } catch let fault as LawFault {
            throw .law(fault)
        } catch {
            throw OperationFault(error)
        }
    }

    /// A framework or a gate holds its rules inside; a file of rules is the rules.
    private func governorRules(_ document: JSONValue, _ name: String) -> JSONValue {
        guard let inner = document["rules"]?.object else {
            var rules = document.object ?? JSONObject()
            if rules["id"] == nil { rules["id"] = .string(name) }
            if rules["version"] == nil { rules["version"] = "1.0.0" }
            return .object(rules)
        }
        var rules = inner
        rules["id"] = document["id"] ?? .string(name)
        rules["version"] = document["version"] ?? "1.0.0"
        for key in ["required_files", "forbidden_imports"] {
            guard let own = document[key]?.array, !own.isEmpty else { continue }
            rules[key] = .array((rules[key]?.array ?? []) + own)
        }
        return .object(rules)
    }

    private func tree(
        _ directory: Directory,
        _ metadata: JSONValue?
    ) throws(HostFault) -> TreeTarget {
        let listing = try TreeWalk(skipping: [".git"]).list(directory)
        var files: [RelativePath] = []
        for position in listing.indices where listing.kind(of: position) == .file {
            if let path = try? RelativePath(bytes: listing.path(of: position)) {
                files.append(path)
            }
        }
        return TreeTarget(files: files, metadata: metadata ?? .object(JSONObject())) {
            path,
            limit in
            do throws(HostFault) {
                return .bytes(try directory.readWhole(path.bytes, limit: limit))
            } catch .tooLarge {
                return .tooLarge
            } catch {
                return .unreadable(error.description)
            }
        }
    }
}
