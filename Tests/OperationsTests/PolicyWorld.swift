import Host
import Operations
import Support

/// A world with a few policies in it, beside no governed root at all: none is needed to try them.
struct PolicyWorld {
    var world = World()

    init() {
        write("app/app.rego", PolicyWorld.policy)
        write("app/app_test.rego", PolicyWorld.tests)
        write("app/data.json", "{\"readers\": [\"ann\", \"bob\"]}")
        write("ann.json", "{\"method\": \"GET\", \"user\": \"ann\"}")
        write("eve.json", "{\"method\": \"GET\", \"user\": \"eve\", \"path\": [\"a\", \".b\"]}")
    }

    func write(_ path: String, _ text: String) { world.place.write(path, text) }

    func read(_ path: String) throws -> String {
        String(decoding: try world.place.read(path), as: UTF8.self)
    }

    /// Runs `charter policy` and the words.
    func policy(_ words: String...) -> CommandLineDoor.Response {
        world.call(["policy"] + words)
    }

    static let policy = """
        package app

        default allow := false

        allow if {
        \tinput.method == "GET"
        \tinput.user in data.readers
        }

        allow if input.user == "root"

        deny contains msg if {
        \tsome part in input.path
        \tstartswith(part, ".")
        \tmsg := sprintf("hidden part %s", [part])
        }

        warn contains "nobody is named" if not input.user

        """

    static let tests = """
        package app_test

        import data.app

        test_a_reader_may if app.allow with input as {"method": "GET", "user": "ann"}

        test_a_stranger_may_not if not app.allow with input as {"method": "GET", "user": "eve"}

        """
}
