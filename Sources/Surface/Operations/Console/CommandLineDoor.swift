import Canon
package import Host
import Planes
import Synchronization

/// The command line: reads arguments, runs one operation, prints its answer, gives the exit status.
package enum CommandLineDoor {
    /// What a call says and how it ends.
    package struct Response: Sendable {
        package var status: Int32
        package var output: [UInt8] = []
        package var errors: [UInt8] = []
    }

    /// Runs what the arguments after the program's name ask for.
    package static func run(_ arguments: [[UInt8]]) -> Int32 {
        do throws(OperationFault) {
            return run(try text(of: arguments))
        } catch {
            let asJSON = arguments.contains { $0.elementsEqual("--json".utf8) }
            return write(response(for: error, asJSON: asJSON))
        }
    }

    /// The arguments as text.
    ///
    /// One that is not UTF-8 is refused: a repaired one would name another thing than was meant.
    package static func text(of arguments: [[UInt8]]) throws(OperationFault) -> [String] {
        var texts: [String] = []
        for (index, bytes) in arguments.enumerated() {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .usage(
                    "Argument \(index + 1), \"\(Printable(bytes: bytes))\", is not UTF-8; nothing is "
                        + "guessed. Name the directory above it, or give the thing another name."
                )
            }
            texts.append(text)
        }
        return texts
    }

    private static func run(_ arguments: [String]) -> Int32 {
        let meter = ProgressMeter(isOn: StandardStream.errors.isTerminal)
        let response: Response
        do throws(OperationFault) {
            var surroundings = try surroundings()
            surroundings.progress = meter.callback
            surroundings.counted = meter.counted
            response = self.response(to: arguments, in: surroundings)
        } catch {
            response = self.response(for: error, asJSON: arguments.contains("--json"))
        }
        meter.clear()
        return write(response)
    }

    /// What a call answers in given surroundings; nothing is printed.
    package static func response(
        to arguments: [String],
        in surroundings: Surroundings
    ) -> Response {
        let asJSON = arguments.contains("--json")
        let notices = Notices()
        do throws(OperationFault) {
            if let help = try help(arguments) { return response(for: help, asJSON: asJSON) }
            let words = arguments.first == "--version" ? ["version"] + arguments.dropFirst() : nil
            let reading = try ArgumentReader.read(words ?? arguments)
            var surroundings = surroundings
            surroundings.namedRoot = reading.request.option("root") ?? surroundings.namedRoot
            surroundings.sealKey = reading.request.option("seal-key")
            surroundings.notice = { notices.add($0) }
            var answer = try reading.operation.run(reading.request, surroundings)
            answer.say(first: notices.all)
            return response(for: answer, asJSON: reading.wantsJSON)
        } catch {
            return response(for: error, asJSON: asJSON, after: notices.all)
        }
    }

    /// What was done beside what was asked for, in its order.
    private final class Notices: Sendable {
        private let texts = Mutex<[String]>([])

        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock { $0 } }
    }

    /// The help that is asked for: `help …`, `… --help`, or no words at all.
    private static func help(_ arguments: [String]) throws(OperationFault) -> Answer? {
        let options = arguments.prefix { $0 != "--" }
        guard arguments.isEmpty || arguments.first == "help" || options.contains("--help") else {
            return nil
        }
        let words = arguments.drop { $0 == "help" }.prefix { !$0.hasPrefix("-") }
        guard let noun = words.first else { return HelpText.overview }
        if let (operation, _) = Catalog.find(Array(words)) { return HelpText.page(operation) }
        let family = Catalog.family(noun)
        guard words.count > 1 || family.isEmpty else { return HelpText.page(family, of: noun) }
        throw ArgumentReader.unknown(Array(words))
    }

    private static func surroundings() throws(OperationFault) -> Surroundings {
        do throws(HostFault) {
            let home = try HostEnvironment.variable("HOME") ?? "/"
            let named = try HostEnvironment.variable("XDG_STATE_HOME") ?? ""
            var surroundings = Surroundings(
                workingDirectory: try HostEnvironment.workingDirectory(),
                stateHome: named.hasPrefix("/") ? named : home + "/.local/state",
                clock: .system,
                randomness: .system
            )
            let root = try HostEnvironment.variable("CHARTER_ROOT") ?? ""
            surroundings.namedRoot = root.isEmpty ? nil : root
            let runtime = try HostEnvironment.variable("XDG_RUNTIME_DIR") ?? ""
            if runtime.hasPrefix("/") { surroundings.runtimeHome = runtime }
            surroundings.supervise = { root, settings throws(PlanesFault) in
                try Supervisor(root, settings).run()
            }
            surroundings.detach = { arguments throws(HostFault) in
                var variables: [String: String] = [:]
                for name in ["HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "PATH"] {
                    variables[name] = try HostEnvironment.variable(name)
                }
                return try detach(arguments, running: .ownImage(), environment: variables)
            }
            surroundings.startRole = { arguments throws(HostFault) in
                let start = ChildProcess.Start(
                    try .ownImage(),
                    arguments: ["charter", "role"] + arguments
                )
                // A role that is asked for a report gives it at once.
                return try CapturedProcess.run(start, bytesMax: 1 << 20, milliseconds: 20_000)
                    .output
            }
            return surroundings
        } catch {
            throw .host(error)
        }
    }

    /// Starts a program in a session of its own, which lives on when this one ends; gives the first
    /// line that it prints.
    package static func detach(
        _ arguments: [String],
        running executable: Executable,
        environment: [String: String]
    ) throws(HostFault) -> [UInt8] {
        let (ours, child) = try launch(arguments, executable, environment)
        defer { withExtendedLifetime(child) {} }
        var line: [UInt8] = []
        while line.last != 0x0A {
            let came = try ours.receive(bytesMax: 65_536).bytes
            if came.isEmpty { break }
            line += came
        }
        return line
    }

    /// The other end is held by the new process alone when this returns, so that its end is seen.
    private static func launch(
        _ arguments: [String],
        _ executable: Executable,
        _ environment: [String: String]
    ) throws(HostFault) -> (UnixSocket, ChildProcess) {
        let (ours, theirs) = try UnixSocket.pair()
        var start = ChildProcess.Start(executable, arguments: ["charter"] + arguments)
        start.environment = environment
        start.descriptors = [nil, theirs.descriptor, nil]
        return (ours, try ChildProcess.start(start))
    }

    private static func response(for answer: Answer, asJSON: Bool) -> Response {
        let status = answer.verdict.rawValue
        if asJSON { return Response(status: status, output: answer.json.line + [0x0A]) }
        return Response(status: status, output: answer.raw ?? text(answer.lines))
    }

    /// A fault as people read it, with everything that lies underneath, or as JSON.
    static func response(
        for fault: OperationFault,
        asJSON: Bool,
        after notices: [String] = []
    ) -> Response {
        let causes = fault.chain.dropFirst()
        guard asJSON else {
            // The sentence may be followed by lines that quote a policy.
            let said = fault.description.split(separator: "\n", omittingEmptySubsequences: false)
            let lines =
                notices.map { "note: \($0)" }
                + ["charter: \(said[0]) [\(fault.code)]"] + said.dropFirst().map(String.init)
                + causes.map { "  because: \($0.description) [\($0.code)]" }
            return Response(status: fault.status, errors: text(lines))
        }
        let json: JSONValue = [
            "fault": [
                "code": .string(fault.code), "message": .string(fault.description),
                "causes": .array(
                    causes.map {
                        ["code": .string($0.code), "message": .string($0.description)]
                    }
                ),
            ],
            "exit": .integer(Int(fault.status)),
        ]
        var answer = Answer(json: json, lines: [])
        answer.say(first: notices)
        return Response(status: fault.status, output: answer.json.line + [0x0A])
    }

    private static func text(_ lines: [String]) -> [UInt8] {
        // Names in a root are a stranger's words; whatever they are, the terminal sees text.
        let safe = lines.joined(separator: "\n").split(
            separator: "\n",
            omittingEmptySubsequences: false
        ).map { Printable(String($0)).description }
        return Array((safe.joined(separator: "\n") + "\n").utf8)
    }

    /// Prints a response; an answer that could not be delivered whole is a fault of its own.
    private static func write(_ response: Response) -> Int32 {
        do throws(HostFault) {
            try StandardStream.output.write(response.output)
            try StandardStream.errors.write(response.errors)
            return response.status
        } catch .connectionClosed {
            // A reader that went away early has read what it wanted.
            return response.status
        } catch {
            let fault = self.response(for: .host(error), asJSON: false)
            try? StandardStream.errors.write(fault.errors)
            return fault.status
        }
    }
}
