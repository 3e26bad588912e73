import Canon
import Host
import Integrity
import Planes
import Support
import Testing

@Suite(.covers("A02"))
struct `Who asks for a supervisor` {
    private let home = TemporaryDirectory()

    private func place() throws -> RuntimePlace {
        home.write("root/registries/root.json", "{\"id\":\"r\"}")
        let root = try GovernedRoot(path: home.file("root"), stateHome: home.file("state"))
        return try RuntimePlace(root, runtimeHome: home.file("run"))
    }

    @Test func `is told that none is up`() throws {
        let place = try place()
        do throws(PlanesFault) {
            _ = try SupervisorClient(place, root: "r")
            Issue.record("Somebody answered.")
        } catch {
            #expect(error.code == "planes.not-up")
        }
    }

    @Test func `is told that no answer came`() throws {
        let place = try place()
        _ = try Directory.openMaking(place.path, mode: 0o700)
        let listener = try UnixListener.listen(place.controlPath)
        try listener.stopBlocking()
        // Somebody who connects is closed at once: it can be accepted before anything is sent.
        let thread = BatchThread<Int>(name: "closing", waitingMax: 1, make: { 0 }) { count, _ in
            while count == 0 {
                if case .some(.some) = (try? listener.acceptNow()) as UnixSocket?? { count += 1 }
            }
        }
        #expect(thread.submit(1))
        defer { thread.shutdown() }
        do throws(PlanesFault) {
            _ = try SupervisorClient(place, root: "r")
            Issue.record("Somebody answered.")
        } catch {
            #expect(error.code == "planes.answer-missing")
        }
    }
}
