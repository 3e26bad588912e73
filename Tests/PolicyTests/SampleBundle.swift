import Canon
import Crypto
import Policy
import Rego

/// A small bundle that passes its review, for tests to break in one way at a time.
enum SampleBundle {
    static let manifest = """
        {
          "revision": "1",
          "roots": ["doors"],
          "rego_version": 1,
          "metadata": {
            "name": "doors",
            "entrypoints": ["doors/decision", "doors/checks"],
            "mask": ["/user/token"]
          }
        }
        """

    static let policy = """
        package doors

        default allow := false

        # METADATA
        # title: Who may open a door
        # custom:
        #   next: Ask the house for a key.
        allow if input.user.name in data.doors.keepers

        decision := {"verdict": "allow"} if allow

        decision := {"verdict": "deny", "reasons": reasons} if not allow

        reasons contains {"msg": msg, "code": "doors.no-key"} if {
        \tmsg := sprintf("%s has no key of door %d", [input.user.name, input.door])
        }
        """

    static let checks = """
        package doors.checks

        # METADATA
        # custom:
        #   next: Close the window first.
        deny contains msg if {
        \tinput.window == "open"
        \tmsg := "a window stands open"
        }

        # METADATA
        # custom:
        #   next: Come back in the morning.
        deny contains msg if {
        \tinput.hour > 22
        \tmsg := sprintf("it is %d o'clock, and night", [input.hour])
        }

        warn contains "the lamp is on" if input.lamp
        """

    static let tests = """
        package doors_test.nothing

        import data.doors

        test_a_keeper_may if {
        \tdoors.allow with input as {"user": {"name": "ann"}, "door": 1}
        }

        test_a_stranger_may_not if {
        \tnot doors.allow with input as {"user": {"name": "eve"}, "door": 1}
        }
        """

    static let files = [
        ".manifest": manifest,
        "doors.rego": policy,
        "checks/checks.rego": checks,
        "doors_test.rego": tests.replacing("doors_test.nothing", with: "doors.tests"),
        "doors/data.json": #"{"keepers": ["ann", "bob"]}"#,
        "README.md": "# Doors\n",
    ]

    /// The bundle with some files changed, added or, for `nil`, taken away.
    static func made(_ changes: [String: String?] = [:]) throws -> PolicyBundle {
        var files = files
        for (path, text) in changes { files[path] = text }
        return try PolicyBundle(files: files.map { BundleFile(path: $0, text: $1) })
    }

    static let key = key(1)

    static func key(_ number: UInt8) -> SigningKey {
        guard let key = try? SigningKey(seed: [UInt8](repeating: number, count: 32)) else {
            preconditionFailure("Any 32 bytes are a seed.")
        }
        return key
    }

    static func signed(_ changes: [String: String?] = [:]) throws -> PolicyBundle {
        try BundleSignature.sign(made(changes), builtBy: "a test", with: key)
    }

    static func loaded(_ changes: [String: String?] = [:]) throws -> LoadedBundle {
        try LoadedBundle(
            BundleSignature.verify(signed(changes), trusting: [key.verifyingKey])
        )
    }

    static func request(
        _ query: String = "doors/decision",
        _ input: String,
        mode: DecisionMode = .enforce
    ) throws -> DecisionRequest {
        guard let path = QueryPath(query) else { throw NoQuery() }
        return DecisionRequest(
            id: "r1",
            query: path,
            input: .text(Array(input.utf8)),
            mode: mode,
            time: Timestamp(seconds: 1_800_000_000),
            subject: "tester"
        )
    }
}

struct NoQuery: Error {}

/// The code of the refusal that an expression throws; `nil` when it throws none.
func refusal(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let refusal as BundleRefusal {
        return refusal.code
    } catch {
        return "\(error)"
    }
}
