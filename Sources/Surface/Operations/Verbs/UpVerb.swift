import Canon
import Host
import Integrity
import Planes
import Registry

/// `charter up`.
struct UpVerb {
    static let operation = Operation(
        words: ["up"],
        summary: "check the root, start its three planes behind their walls, and keep them",
        details: """
            HOT, Meta and First Order run as three processes of this very program, each walled in by the
            kernel before it begins, each with a ledger of its own. Nothing starts unless the root is
            whole; a plane whose own files are not is HALTED and the others start. From then on every
            change of a governed file is looked at within a moment, a plane that dies is started again,
            and a plane that is not what the law says serves no more.

            Stays in the foreground until it is told to end: SIGTERM, Ctrl-C or 'charter down'.
            --detach returns when the planes are ready and leaves the supervisor behind.
            --confinement reduced accepts what this kernel has; it stands in every status.
            --users shared runs the planes as the user of the supervisor; started as root, each
            otherwise has a user of its own.
            Example: charter up --detach
            """,
        power: .author,
        options: [
            .init(name: "detach", summary: "return when the planes are ready"),
            .init(name: "confinement", value: "MODE", summary: "full (the default) or reduced"),
            .init(name: "users", value: "MODE", summary: "own (the default) or shared"),
            .init(
                name: "check-seconds",
                value: "N",
                summary: "check everything again after so long; 60 where not said"
            ),
        ]
    ) { request, surroundings throws(OperationFault) in
        let root = try surroundings.root()
        var settings = Supervisor.Settings(
            version: CharterVersion.text,
            runtimeHome: surroundings.runtimeHome
        )
        settings.isReduced = try UpVerb.choice("confinement", ["full", "reduced"], request) == 1
        settings.hasOwnUsers = try UpVerb.choice("users", ["own", "shared"], request) == 0
        settings.checkSeconds =
            try LedgerView.number("check-seconds", 1...86_400, request) ?? 60
        guard request.has("detach") else {
            return try UpVerb.serve(root, settings, request.has("json"), surroundings)
        }
        return try UpVerb.detach(root, request, surroundings)
    }

    private static func choice(
        _ name: String,
        _ values: [String],
        _ request: Request
    ) throws(OperationFault) -> Int {
        let value = request.option(name) ?? values[0]
        guard let place = values.firstIndex(of: value) else {
            throw .usage(
                "--\(name) is \(values.joined(separator: " or ")); \"\(Printable(value))\" is "
                    + "neither."
            )
        }
        return place
    }

    private static func serve(
        _ root: GovernedRoot,
        _ given: Supervisor.Settings,
        _ isJSON: Bool,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> Answer {
        guard let supervise = surroundings.supervise else {
            throw .usage("A supervisor can only be started from the command line.")
        }
        var settings = given
        let emit = surroundings.emit
        settings.ready = { status in
            let lines = SupervisorView.lines(status) + ["ready"]
            let text = isJSON ? status.line : Array(lines.joined(separator: "\n").utf8)
            // Who started it may have gone away; the planes serve all the same.
            try? emit(text + [0x0A])
        }
        let end: Supervisor.End
        do { end = try supervise(root, settings) } catch { throw .planes(error) }
        guard !end.wasUp, let report = end.report, !report.isWhole else {
            return Answer(json: ["down": true], lines: ["down"])
        }
        return Answer(
            .refused,
            json: ["refused": true, "report": report.json],
            lines: report.violations.prefix(20).flatMap {
                ["\($0.code.rawValue)  \($0.path)", "  \($0.reason)", "  next: \($0.next)"]
            } + ["The root is not whole, so nothing was started."]
        )
    }

    private static func detach(
        _ root: GovernedRoot,
        _ request: Request,
        _ surroundings: Surroundings
    ) throws(OperationFault) -> Answer {
        guard let detach = surroundings.detach else {
            throw .usage("A supervisor can only be started from the command line.")
        }
        let place: RuntimePlace
        do {
            place = try RuntimePlace(root, runtimeHome: surroundings.runtimeHome)
        } catch {
            throw .planes(error)
        }
        if (try? SupervisorClient(place, root: root.directory.path)) != nil {
            throw .planes(.alreadyUp(root: root.directory.path, holder: nil))
        }
        var arguments = ["up", "--json", "--root", root.directory.path]
        for name in ["confinement", "users", "check-seconds"] {
            if let value = request.option(name) { arguments += ["--\(name)", value] }
        }
        let line: [UInt8]
        do { line = try detach(arguments) } catch { throw .host(error) }
        guard let said = try? JSONValue(parsing: line) else {
            throw .planes(.startFailed(plane: "The supervisor", reason: "it ended without a word"))
        }
        if said["type"]?.string == "cp_status" {
            return Answer(json: said, lines: SupervisorView.lines(said) + ["ready"])
        }
        if said["refused"]?.bool == true {
            let first = said["report"]?["violations"]?.array?.first
            return Answer(
                .refused,
                json: said,
                lines: [
                    "refused: \(first?["reason"]?.string ?? "the root is not whole")",
                    "  next: run 'charter integrity check'",
                ]
            )
        }
        throw .planes(
            .startFailed(
                plane: "The supervisor",
                reason: said["fault"]?["message"]?.string ?? "it gave no reason"
            )
        )
    }
}
