import Host
import Operations
import Planes

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
            ? role(Array(arguments.dropFirst()))
            : CommandLineDoor.run(Array(arguments))
        HostEnvironment.exit(status)
    }

    private static func role(_ words: [[UInt8]]) -> Int32 {
        guard words.first.map({ $0.starts(with: "plane".utf8) }) ?? false else {
            return ConfinementProbe.run(words)
        }
        return PlaneRole.run(words.map { String(decoding: $0, as: UTF8.self) })
    }
}
