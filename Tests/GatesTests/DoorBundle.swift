import Canon
import Crypto
import Foundation
import Gates
import Host
import Policy
import Registry
import Rego
import Support

/// Small signed bundles, one for each revision, and a shelf of one's own to put them on.
enum DoorBundle {
    static func key(_ number: UInt8 = 1) -> SigningKey {
        guard let key = try? SigningKey(seed: [UInt8](repeating: number, count: 32)) else {
            preconditionFailure("Any 32 bytes are a seed.")
        }
        return key
    }

    /// A bundle that lets the keepers pass; everybody else is refused.
    static func unsigned(
        _ revision: String,
        keepers: String = #"["ann"]"#,
        name: String = "doors",
        root: String = "doors",
        test: String = "test_nobody_passes if not data.doors.allow"
    ) throws -> PolicyBundle {
        try PolicyBundle(
            files: [
                BundleFile(
                    path: ".manifest",
                    text: """
                        {"revision": "\(revision)", "roots": ["\(root)"],
                         "metadata": {"name": "\(name)", "entrypoints": ["\(root)/allow"]}}
                        """
                ),
                BundleFile(
                    path: "sub/doors.rego",
                    text: "package \(root)\n\nallow if input.name in data.\(root).keepers\n"
                ),
                BundleFile(path: "doors_test.rego", text: "package \(root).tests\n\n\(test)\n"),
                BundleFile(path: "\(root)/data.json", text: #"{"keepers": \#(keepers)}"#),
            ]
        )
    }

    static func signed(
        _ revision: String,
        keepers: String = #"["ann"]"#,
        name: String = "doors",
        root: String = "doors"
    ) throws -> PolicyBundle {
        try BundleSignature.sign(
            unsigned(revision, keepers: keepers, name: name, root: root),
            builtBy: "a test",
            with: key()
        )
    }

    static let time = Timestamp(seconds: 1_800_000_000)

    static func request(_ name: String) -> DecisionRequest {
        DecisionRequest(
            id: name,
            query: QueryPath(names: ["doors", "allow"]),
            input: .value(["name": .text(name)]),
            time: time
        )
    }
}

/// A shelf in a directory of a test's own.
struct OwnShelf {
    let home = TemporaryDirectory()
    let shelf: PolicyShelf

    init(trusting keys: [SigningKey] = [DoorBundle.key()]) throws {
        shelf = PolicyShelf(
            in: try Directory.open(home.path),
            trusting: keys.map(\.verifyingKey)
        )
    }

    @discardableResult
    func activate(
        _ bundle: PolicyBundle,
        as use: PolicyShelf.Use = .active
    ) throws -> ShelfState {
        try shelf.activate(bundle, as: use, by: "tester", at: DoorBundle.time)
    }

    func decide(_ name: String) -> PolicyDecision {
        shelf.decisionPoint(for: "doors").decide(DoorBundle.request(name))
    }

    /// The names that lie in a bundle's place.
    func names(_ bundle: String = "doors") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: home.file(bundle)).sorted()
    }
}

/// The code of the fault that an expression throws; `nil` when it throws none.
func fault(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch let fault as any Fault {
        return fault.code
    } catch {
        return "\(error)"
    }
}
