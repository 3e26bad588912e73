import Canon
import Rego
import Support
import Testing

struct `A METADATA block` {
    private func annotations(_ text: String) throws -> [Annotation] {
        try Parser.parse(text, file: "a.rego").annotations
    }

    @Test func `says what it stands in front of`() throws {
        let found = try annotations(
            """
            # METADATA
            # title: All of it
            package a

            # METADATA
            # description: >
            #   one
            #   line
            # authors:
            # - Ada Lovelace <ada@example.org>
            # - name: Bob
            # organizations: [A, "B C"]
            # related_resources:
            # - https://example.org
            # - ref: https://example.com
            #   description: more
            # custom:
            #   level: 3
            #   tags: [x, y]
            p := 1

            # METADATA
            # entrypoint: true
            q := 2
            """
        )
        #expect(found.map(\.scope) == [.package, .rule, .document])
        #expect(found.map(\.rule) == [nil, 0, 1])
        #expect(found[0].content["title"] == "All of it")
        let content = found[1].content
        #expect(content["description"] == "one line\n")
        #expect(content["authors"]?.array?.first?["email"] == "ada@example.org")
        #expect(content["authors"]?.array?.last?["name"] == "Bob")
        #expect(content["organizations"] == .array(["A", "B C"]))
        #expect(content["related_resources"]?.array?.first?["ref"] == "https://example.org")
        #expect(content["custom"]?["level"] == 3)
        #expect(content["scope"] == "rule")
        #expect(found[2].content["entrypoint"] == true)
    }

    @Test(arguments: [
        ("# METADATA\n# scope: rule\npackage a", "a rule"),
        ("package a\n# METADATA\n# scope: package\np := 1", "the package"),
        (
            "package a\n# METADATA\n# scope: planet\np := 1",
            "rule, document, package or subpackages"
        ),
        ("package a\n# METADATA\n# title: x\nimport data.b", "in front of a package or of a rule"),
        ("package a\n# METADATA\n# title: x\n", "in front of a package or of a rule"),
        ("package a\n# METADATA\n# title: [x\np := 1", "cannot be read"),
        ("package a\n# METADATA\n# title: *x\np := 1", "cannot be read"),
        ("package a\n# METADATA\n# a: 1\n# a: 2\np := 1", "cannot be read"),
        ("package a\n# METADATA\n# title: {}\np := 1", "is a text"),
        ("package a\n# METADATA\n# authors: x\np := 1", "are a list"),
        ("package a\n# METADATA\n# entrypoint: true\n# scope: rule\np := 1", "entry point"),
    ])
    func `is refused where it makes no sense`(_ text: String, _ words: String) throws {
        let errors = try #require(throws: PolicyErrors.self) { try annotations(text) }
        #expect(errors.first.code == .badAnnotation)
        #expect(errors.first.message.contains(words), "\(errors.first.message)")
    }
}
