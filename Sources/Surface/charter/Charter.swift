import Host
import Operations

/// The one executable: every role of Charter is a word after its name.
@main
enum Charter {
    /// Synchronous to its end: no thread but this one exists before a role has confined itself.
    static func main() {
        let status = CommandLineDoor.run(Array(HostEnvironment.arguments.dropFirst()))
        HostEnvironment.exit(status)
    }
}
