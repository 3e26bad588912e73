import Host
import Operations

/// The one executable: every role of Charter is a word after its name.
@main
enum Charter {
    /// Synchronous to its end: no thread but this one exists before a role has confined itself.
    static func main() {
        HostEnvironment.ignoreWriteSignals()
        let arguments = HostEnvironment.arguments.dropFirst()
        // Roles are started by Charter itself and stand in no help page.
        let status =
            arguments.first.map { $0.elementsEqual("role".utf8) } ?? false
            ? ConfinementProbe.run(Array(arguments.dropFirst()))
            : CommandLineDoor.run(Array(arguments))
        HostEnvironment.exit(status)
    }
}
