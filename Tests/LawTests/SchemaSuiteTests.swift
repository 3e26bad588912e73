import Canon
import Law
import Support
import Testing

/// The official suite of draft 2020-12; `Tests/Vectors/JSONSchema/README.md` says where from.
struct `The JSON Schema suite` {
    @Test(.covers("C33"), arguments: try Suite.files("required.json"))
    func `passes every required case`(file: Suite.File) throws {
        #expect(try file.misses(Suite.library(), .init()) == [])
    }

    @Test func `would see a case that answers wrongly`() throws {
        let group: JSONValue = [
            "description": "canary", "schema": ["type": "null"],
            "tests": [["description": "wrong", "data": 1, "valid": true]],
        ]
        let file = Suite.File(name: "canary", groups: [group])
        #expect(try file.misses(SchemaLibrary(), .init()) == ["canary: wrong"])
    }

    @Test func `holds as many cases as its origin`() throws {
        let counts = try ["required.json", "optional.json", "formats.json"].map {
            try Suite.files($0).reduce(0) { $0 + $1.caseCount }
        }
        #expect(counts == [1257, 158, 491])
    }

    @Test(arguments: ["optional.json", "formats.json"])
    func `misses exactly the optional cases that are listed`(name: String) throws {
        let library = try Suite.library()
        var misses: [String] = []
        for file in try Suite.files(name) {
            // Formats are demands only where a file is about them.
            let isFormat = name == "formats.json"
            misses += try file.misses(library, .init(assertsFormats: isFormat)).map {
                "\(file.name): \($0)"
            }
        }
        let listed = try JSONValue(parsing: Repository.vector("JSONSchema/known-misses.json"))
        let known = (listed[name]?.array ?? []).compactMap(\.string)
        #expect(misses.filter { !known.contains($0) } == [], "A case that passed now fails.")
        #expect(known.filter { !misses.contains($0) } == [], "A listed miss passes: unlist it.")
    }
}

enum Suite {
    struct File: CustomTestStringConvertible, Sendable {
        let name: String
        let groups: [JSONValue]
        var testDescription: String { name }

        var caseCount: Int { groups.reduce(0) { $0 + ($1["tests"]?.array?.count ?? 0) } }

        /// The cases that do not answer as the suite says, by their descriptions.
        func misses(_ library: SchemaLibrary, _ options: Schema.Options) throws -> [String] {
            var misses: [String] = []
            for group in groups {
                let title = try #require(group["description"]?.string)
                let document = try #require(group["schema"])
                let schema: Schema
                do {
                    schema = try Schema(document, library: library, options: options)
                } catch {
                    misses.append("\(title): \(error.code)")
                    continue
                }
                for test in try #require(group["tests"]?.array) {
                    let value = try #require(test["data"])
                    let isValid = test["valid"] == .bool(true)
                    let findings = schema.validate(value)
                    if findings.isEmpty != isValid || schema.accepts(value) != isValid {
                        misses.append("\(title): \(test["description"]?.string ?? "")")
                    }
                }
            }
            return misses
        }
    }

    static func files(_ name: String) throws -> [File] {
        let pack = try JSONValue(parsing: Repository.vector("JSONSchema/\(name)"))
        return try #require(pack.object).members.map { name, groups in
            File(name: name, groups: groups.array ?? [])
        }
    }

    static func library() throws -> SchemaLibrary {
        var library = SchemaLibrary()
        let pack = try JSONValue(parsing: Repository.vector("JSONSchema/remotes.json"))
        for (identifier, document) in try #require(pack.object).members {
            library.add(document, at: identifier)
        }
        return library
    }
}
