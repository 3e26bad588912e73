import Canon
import Host

/// The command line: reads arguments, runs one operation, prints its answer, gives the exit status.
package enum CommandLineDoor {
    /// Runs what the arguments after the program's name ask for.
    package static func run(_ arguments: [String]) -> Int32 {
        HostEnvironment.ignoreBrokenPipes()
        if arguments.isEmpty || arguments == ["help"] || arguments == ["--help"] {
            return print(HelpText.overview) ? 0 : 2
        }
        if arguments.first == "help" { return run(arguments.dropFirst() + ["--help"]) }
        if arguments == ["--version"] { return run(["version"]) }
        let asksForJSON = arguments.contains("--json")
        do {
            let reading = try ArgumentReader.read(arguments)
            if reading.wantsHelp { return print(HelpText.page(reading.operation)) ? 0 : 2 }
            var surroundings = try surroundings()
            surroundings.namedRoot = reading.request.option("root") ?? surroundings.namedRoot
            surroundings.sealKey = reading.request.option("seal-key")
            let meter = ProgressMeter(isOn: StandardStream.errors.isTerminal)
            surroundings.progress = meter.callback
            let answer = try reading.operation.run(reading.request, surroundings)
            meter.clear()
            return show(answer, asJSON: reading.wantsJSON) ? answer.verdict.rawValue : 2
        } catch {
            return show(error, asJSON: asksForJSON)
        }
    }

    private static func surroundings() throws(OperationFault) -> Surroundings {
        let home = HostEnvironment.variable("HOME") ?? "/"
        let stateHome = HostEnvironment.variable("XDG_STATE_HOME").flatMap {
            $0.hasPrefix("/") ? $0 : nil
        }
        do {
            var surroundings = Surroundings(
                workingDirectory: try HostEnvironment.workingDirectory(),
                stateHome: stateHome ?? home + "/.local/state",
                clock: .system,
                randomness: .system
            )
            surroundings.namedRoot = HostEnvironment.variable("CHARTER_ROOT")
            return surroundings
        } catch {
            throw .host(error)
        }
    }

    private static func show(_ answer: Answer, asJSON: Bool) -> Bool {
        if asJSON { return write(answer.json.line + [0x0A], to: .output) }
        if let raw = answer.raw { return write(raw, to: .output) }
        return print(answer.lines)
    }

    private static func show(_ fault: OperationFault, asJSON: Bool) -> Int32 {
        let chain = fault.chain
        if asJSON {
            let json: JSONValue = [
                "fault": [
                    "code": .string(fault.code), "message": .string(fault.description),
                    "causes": .array(
                        chain.dropFirst().map {
                            ["code": .string($0.code), "message": .string($0.description)]
                        }
                    ),
                ],
                "exit": .integer(Int(fault.status)),
            ]
            _ = write(json.line + [0x0A], to: .output)
        } else {
            var lines = ["charter: \(fault.description) [\(fault.code)]"]
            for cause in chain.dropFirst() {
                lines.append("  because: \(cause.description) [\(cause.code)]")
            }
            _ = write(Array((lines.joined(separator: "\n") + "\n").utf8), to: .errors)
        }
        return fault.status
    }

    private static func print(_ lines: [String]) -> Bool {
        write(Array((lines.joined(separator: "\n") + "\n").utf8), to: .output)
    }

    /// A reader that went away early has read what it wanted.
    private static func write(_ bytes: [UInt8], to stream: StandardStream) -> Bool {
        do {
            try stream.write(bytes)
            return true
        } catch .connectionClosed {
            return true
        } catch {
            return false
        }
    }
}
