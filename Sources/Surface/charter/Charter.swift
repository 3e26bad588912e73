import Host
import Operations

/// The one executable: every role of Charter is a word after its name.
@main
enum Charter {
    /// Synchronous to its end: no thread but this one exists before a role has confined itself.
    static func main() {
        let arguments = Array(HostEnvironment.arguments.dropFirst())
        HostEnvironment.ignoreBrokenPipes()
        // Roles are started by Charter itself and stand in no help page.
        let status =
            arguments.first == "role"
            ? ConfinementProbe.run(Array(arguments.dropFirst())) : CommandLineDoor.run(arguments)
        HostEnvironment.exit(status)
    }
}
