import Canon
import Integrity
import Packages
import Registry

/// `charter spec new SPEC-ID`.
enum SpecNewVerb {
    static let operation = Operation(
        words: ["spec", "new"],
        summary: "make a spec, its package and their first files from a template",
        details: """
            Templates are law: registries/templates/. The pack is judged as part of the root before a file
            is written, every file gets its owner, and the registries are compiled, all as one change. Run
            twice it changes nothing; a file that is there and is another is never overwritten.
            --dry-run shows what would be made.
            Example: charter spec new SPEC-WREN --purpose 'Sings when the build is green.'
            """,
        power: .author,
        operands: [.init(name: "SPEC-ID", summary: "the id of the new spec, such as SPEC-WREN")],
        options: [
            .init(name: "purpose", value: "TEXT", summary: "what it is for; must be said"),
            .init(
                name: "name",
                value: "TEXT",
                summary: "what people call it; else made from the id"
            ),
            .init(name: "owner", value: "WHO", summary: "who answers for it; else the root's name"),
            .init(name: "module", value: "NAME", summary: "its module; else made from the id"),
            .init(name: "template", value: "NAME", summary: "the template; agent where not said"),
            .init(name: "dry-run", value: nil, summary: "judge it and show what would be made"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let packages = try RootPackages(surroundings)
        let id = request.operands[0]
        guard let purpose = request.option("purpose") else {
            throw .usage("Say what it is for: --purpose 'Sings when the build is green.'")
        }
        let rootName = try surroundings.state(of: packages.root).book.root?.name ?? ""
        let slots: SpecSlots
        do throws(SpecSlots.Unfit) {
            slots = try SpecSlots(
                spec: id,
                name: request.option("name") ?? name(of: id),
                purpose: purpose,
                owner: request.option("owner") ?? rootName,
                module: request.option("module")
            )
        } catch {
            throw .usage(error.reason)
        }
        let isDryRun = request.has("dry-run")
        do throws(PackageFault) {
            let outcome = try packages.specs.make(
                slots,
                from: request.option("template") ?? "agent",
                isDryRun: isDryRun
            )
            switch outcome {
            case .refused(let refusals):
                return RootPackages.refused(refusals, "not made; nothing was changed.")
            case .unchanged(let paths):
                return answer("unchanged", id, paths, "is as the template makes it")
            case .made(let paths):
                return isDryRun
                    ? answer("planned", id, paths, "would be made")
                    : answer(
                        "made",
                        id,
                        paths,
                        "is made; change what you mean to change, then 'charter registry compile --accept'"
                    )
            }
        } catch {
            throw .package(error)
        }
    }

    private static func answer(
        _ verdict: String,
        _ id: String,
        _ paths: [RelativePath],
        _ words: String
    ) -> Answer {
        Answer(
            json: [
                "verdict": .string(verdict), "spec": .string(id),
                "files": .array(paths.map { .string($0.text) }),
            ],
            lines: paths.map { Printable($0.text).description } + ["\(Printable(id)) \(words)"]
        )
    }

    /// The name that an id suggests: SPEC-SONG-BIRD is "Song bird".
    private static func name(of id: String) -> String {
        let words = id.dropFirst("SPEC-".count).lowercased().replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
