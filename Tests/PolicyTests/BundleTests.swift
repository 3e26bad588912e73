import Canon
import Crypto
import Policy
import Rego
import Support
import Testing

@Suite(.covers("D42"))
struct `A bundle` {
    @Test func `is read with its data, its manifest and a digest of its own`() throws {
        let bundle = try SampleBundle.made()
        #expect(bundle.name == "doors")
        #expect(bundle.revision == "1")
        #expect(bundle.data["doors"]?["keepers"] == ["ann", "bob"])
        #expect(bundle.manifest.masks == ["/user/token"])
        let turned = try PolicyBundle(files: bundle.files.reversed())
        #expect(turned.digest == bundle.digest)
    }

    @Test func `has another digest with any other byte or path`() throws {
        let digest = try SampleBundle.made().digest
        let changes: [[String: String?]] = [
            ["README.md": "# doors\n"], ["README.md": nil], ["more.txt": ""],
            ["README.md": nil, "READYOU.md": "# Doors\n"],
        ]
        for change in changes {
            let other = try SampleBundle.made(change).digest
            #expect(other != digest)
        }
    }

    @Test(arguments: [
        ("../up.rego", "package doors", "policy.bundle.bad-path"),
        ("/abs.rego", "package doors", "policy.bundle.bad-path"),
        (".manifest", "[]", "policy.bundle.bad-manifest"),
        (".manifest", #"{"revision": 1}"#, "policy.bundle.bad-manifest"),
        (".manifest", #"{"roots": ["a", "a/b"]}"#, "policy.bundle.bad-manifest"),
        (".manifest", #"{"roots": ["a//b"]}"#, "policy.bundle.bad-manifest"),
        (".manifest", #"{"wasm": []}"#, "policy.bundle.bad-manifest"),
        (".manifest", #"{"rego_version": 2}"#, "policy.bundle.bad-manifest"),
        (".manifest", #"{"revision": "1", "revision": "2"}"#, "policy.bundle.bad-manifest"),
        (".manifest", #"{"metadata": {"name": "../x"}}"#, "policy.bundle.bad-manifest"),
        (".manifest", #"{"metadata": {"mask": ["token"]}}"#, "policy.bundle.bad-manifest"),
        (".manifest", #"{"metadata": {"entrypoints": [""]}}"#, "policy.bundle.bad-manifest"),
        ("doors/data.json", "[1]", "policy.bundle.bad-data"),
        ("doors/data.json", #"{"a": 1, "a": 2}"#, "policy.bundle.bad-data"),
        ("doors/data.json", #"{"a": "\ud800"}"#, "policy.bundle.bad-data"),
        ("doors/data.yaml", "a: 1", "policy.bundle.yaml-data"),
        ("data.json", #"{"doors": {"keepers": []}}"#, "policy.bundle.data-conflict"),
        ("data.json", #"{"windows": {}}"#, "policy.bundle.outside-roots"),
        ("windows/data.json", #"{"a": 1}"#, "policy.bundle.outside-roots"),
        ("policy.wasm", "", "policy.bundle.compiled-code"),
        ("plan.json", "{}", "policy.bundle.compiled-code"),
    ])
    func `is refused for what lies in it`(_ path: String, _ text: String, _ code: String) {
        let found = refusal { _ = try SampleBundle.made([path: text]) }
        #expect(found == code)
    }

    @Test func `is refused when a path stands twice or there is too much of it`() {
        let twice = refusal {
            _ = try PolicyBundle(files: [
                BundleFile(path: "a.rego", text: "package a"),
                BundleFile(path: "a.rego", text: "package b"),
            ])
        }
        #expect(twice == "policy.bundle.repeated-path")
        var limits = PolicyBundle.Limits.standard
        limits.bytesMax = 10
        let large = refusal {
            _ = try PolicyBundle(
                files: [BundleFile(path: "a.rego", text: "package abcdef")],
                limits: limits
            )
        }
        #expect(large == "policy.bundle.too-large")
        limits.filesMax = 0
        let many = refusal {
            _ = try PolicyBundle(files: [BundleFile(path: "a", text: "")], limits: limits)
        }
        #expect(many == "policy.bundle.too-large")
    }

    @Test func `is refused when a policy lies outside its roots`() {
        let found = refusal { _ = try SampleBundle.loaded(["x.rego": "package windows\n"]) }
        #expect(found == "policy.bundle.outside-roots")
    }

    @Test func `shares no place with another that is active`() throws {
        let doors = try SampleBundle.made()
        let inner = try PolicyBundle(
            files: [
                BundleFile(
                    path: ".manifest",
                    text: #"{"roots": ["doors/back"], "metadata": {"name": "back"}}"#
                )
            ]
        )
        let beside = try PolicyBundle(
            files: [
                BundleFile(
                    path: ".manifest",
                    text: #"{"roots": ["doorsteps"], "metadata": {"name": "steps"}}"#
                )
            ]
        )
        try PolicyBundle.checkApart([doors, beside])
        let found = refusal { try PolicyBundle.checkApart([beside, doors, inner]) }
        #expect(found == "policy.bundle.roots-overlap")
    }

    @Test func `names every error of every policy, with its line`() throws {
        do {
            _ = try SampleBundle.loaded([
                "one.rego": "package doors.one\n\nallow if nosuch(1)\n",
                "two.rego": "package doors.two\n\nallow if {\n",
            ])
            Issue.record("it compiled")
        } catch let refusal as BundleRefusal {
            #expect(refusal.code == "rego.parse.unexpected-token")
            #expect(refusal.description.contains("two.rego:"))
            #expect(refusal.description.contains("^"))
        }
        let unknown = refusal {
            _ = try SampleBundle.loaded(["one.rego": "package doors.one\n\nallow if nosuch(1)\n"])
        }
        #expect(unknown == "rego.compile.unknown-function")
    }

    @Test func `is built with a revision and comes out the same each time`() throws {
        let bare = try PolicyBundle(
            files: [BundleFile(path: "a.rego", text: "package a\n")],
            name: "bare"
        )
        #expect(bare.revision == String(bare.digest.hex.prefix(12)))
        let built = try bare.built(revision: "7")
        #expect(built.revision == "7")
        #expect(built.name == "bare")
        #expect(try bare.built(revision: "7").digest == built.digest)
    }
}

@Suite(.covers("D41", "D42", "G12"))
struct `A signature over a bundle` {
    private func verify(
        _ bundle: PolicyBundle,
        _ keys: [SigningKey] = [SampleBundle.key]
    ) -> String? {
        refusal {
            _ = try BundleSignature.verify(bundle, trusting: keys.map(\.verifyingKey))
        }
    }

    /// The files of a signed bundle with some of them changed, added or taken away.
    private func changed(_ changes: [String: String?]) throws -> PolicyBundle {
        var files = Dictionary(
            uniqueKeysWithValues: try SampleBundle.signed().allFiles.map { ($0.path, $0.bytes) }
        )
        for (path, text) in changes { files[path] = text.map { Array($0.utf8) } }
        return try PolicyBundle(files: files.map { BundleFile(path: $0, bytes: $1) })
    }

    @Test func `holds for exactly what was signed`() throws {
        let signed = try SampleBundle.signed()
        let verified = try BundleSignature.verify(
            signed,
            trusting: [SampleBundle.key(2).verifyingKey, SampleBundle.key.verifyingKey]
        )
        #expect(verified.signers == [SampleBundle.key.verifyingKey])
        #expect(verified.statement.builtBy == "a test")
        #expect(verified.statement.files.map(\.path) == signed.files.map(\.path))
        #expect(try changed([:]).digest == SampleBundle.made().digest)
    }

    @Test func `is missed where there is none`() throws {
        #expect(verify(try SampleBundle.made()) == "policy.signature.missing")
    }

    @Test func `of a stranger counts for nothing`() throws {
        let signed = try SampleBundle.signed()
        #expect(verify(signed, [SampleBundle.key(2)]) == "policy.signature.unknown-signer")
        #expect(verify(signed, []) == "policy.signature.unknown-signer")
    }

    @Test func `names the file that is not as it was signed`() throws {
        let later = SampleBundle.manifest.replacing(#""1""#, with: #""2""#)
        let renamed = SampleBundle.manifest.replacing(
            #""name": "doors""#,
            with: #""name": "gates""#
        )
        let widened = SampleBundle.manifest.replacing(#"["doors"]"#, with: #"["doors", "x"]"#)
        #expect(
            verify(try changed(["new.rego": "package doors\n"])) == "policy.signature.file-added"
        )
        #expect(verify(try changed(["zoo.txt": ""])) == "policy.signature.file-added")
        #expect(
            verify(try changed(["README.md": "# Windows\n"])) == "policy.signature.file-changed"
        )
        #expect(verify(try changed(["README.md": nil])) == "policy.signature.file-missing")
        #expect(verify(try changed(["doors_test.rego": nil])) == "policy.signature.file-missing")
        #expect(verify(try changed([".manifest": later])) == "policy.signature.wrong-revision")
        #expect(verify(try changed([".manifest": renamed])) == "policy.signature.wrong-name")
        #expect(verify(try changed([".manifest": widened])) == "policy.signature.wrong-roots")
    }

    @Test func `that is none is refused for what it is`() throws {
        let made = try SampleBundle.made()
        let garbage = try made.signed(with: Array("{}".utf8))
        #expect(verify(garbage) == "policy.signature.malformed")
        let statement = BundleStatement(made, builtBy: "a test")
        var other = DSSEEnvelope(payload: statement.bytes, payloadType: "application/json")
        other.sign(with: SampleBundle.key)
        #expect(verify(try made.signed(with: other.bytes)) == "policy.signature.wrong-type")
        for payload in [Array("{}".utf8), statement.bytes + [10]] {
            var bad = DSSEEnvelope(payload: payload, payloadType: BundleSignature.payloadType)
            bad.sign(with: SampleBundle.key)
            #expect(verify(try made.signed(with: bad.bytes)) == "policy.signature.bad-statement")
        }
        let text = String(decoding: statement.bytes, as: UTF8.self)
            .replacing(PolicyBundle.engine, with: "rego opa-0.1")
        var old = DSSEEnvelope(payload: Array(text.utf8), payloadType: BundleSignature.payloadType)
        old.sign(with: SampleBundle.key)
        #expect(verify(try made.signed(with: old.bytes)) == "policy.signature.wrong-engine")
    }

    @Test func `needs a name and a revision to speak of`() throws {
        let nameless = SampleBundle.manifest.replacing(#""revision": "1","#, with: "")
        let found = refusal { _ = try SampleBundle.signed([".manifest": nameless]) }
        #expect(found == "policy.bundle.bad-manifest")
    }

    @Test func `for any change of any byte is refused`() throws {
        let signed = try SampleBundle.signed()
        var generator = Generator(seed: 41)
        for _ in 0..<200 {
            let number = generator.int(0...signed.allFiles.count - 1)
            let file = signed.allFiles[number]
            let bytes = file.bytes.mutated(by: &generator)
            guard bytes != file.bytes else { continue }
            var files = signed.allFiles
            files[number] = BundleFile(path: file.path, bytes: bytes)
            guard let bundle = try? PolicyBundle(files: files) else { continue }
            guard let code = verify(bundle) else {
                // White space, key ids and base64 variants of an envelope are not signed.
                #expect(file.path == BundleSignature.fileName)
                continue
            }
            #expect(code.hasPrefix("policy.signature."), "\(file.path), seed \(generator.seed)")
        }
    }
}

@Suite(.covers("D42", "D46"))
struct `A review of a bundle` {
    private func codes(_ changes: [String: String?]) throws -> [String] {
        BundleReview(of: try SampleBundle.made(changes)).findings.map(\.code)
    }

    @Test func `passes what is in order, and counts`() throws {
        let review = BundleReview(of: try SampleBundle.made())
        #expect(review.findings.map(\.description) == [])
        #expect(review.tests?.outcomes.count == 2)
        #expect(review.tests?.passedCount == 2)
        let coverage = try #require(review.tests?.coverage)
        #expect(coverage.files.map(\.path) == ["checks/checks.rego", "doors.rego"])
        #expect(coverage.files[1].covered.contains(9))
        #expect(coverage.files[0].covered == [])
        #expect((5...60).contains(coverage.percent))
    }

    @Test func `finds each thing that keeps it from deciding`() throws {
        let failing = "package doors.tests\n\ntest_it if {\n\tdata.doors.allow\n}\n"
        #expect(try codes(["doors_test.rego": failing]) == ["policy.review.test-failed"])
        let wrong = "package doors.tests\n\ntest_it := 1\n"
        #expect(try codes(["doors_test.rego": wrong]) == ["policy.review.test-failed"])
        let broken =
            "package doors.tests\n\ntest_it if {\n\tx := to_number(input.a) with input.a as \"b\"\n\tx == 1\n}\n"
        #expect(try codes(["doors_test.rego": broken]) == ["policy.review.test-error"])
        #expect(try codes(["doors_test.rego": nil]) == ["policy.review.no-tests"])
        let decides = SampleBundle.tests.replacing("doors_test.nothing", with: "doors")
            .replacing("import data.doors\n", with: "")
            .replacing("doors.allow", with: "allow")
        #expect(
            try codes(["doors_test.rego": decides + "\nallow if input.magic\n"])
                == ["policy.review.test-decides"]
        )
        let points = SampleBundle.manifest.replacing("doors/checks", with: "doors/chekcs")
        #expect(try codes([".manifest": points]) == ["policy.review.no-entry-point"])
        let unnamed = SampleBundle.manifest.replacing(#""revision": "1","#, with: "")
        #expect(try codes([".manifest": unnamed]) == ["policy.review.unnamed"])
        #expect(
            try codes(["bad.rego": "package doors\n\np if x\n"])
                == ["rego.compile.unsafe-variable"]
        )
        #expect(try codes(["bad.rego": "package other\n"]) == ["policy.bundle.outside-roots"])
        let empty = BundleReview(
            of: try PolicyBundle(files: [
                BundleFile(path: ".manifest", text: #"{"revision":"1","metadata":{"name":"a"}}"#)
            ])
        )
        #expect(empty.findings.map(\.code) == ["policy.review.empty"])
    }

    @Test func `refuses with the first finding, and shows its line`() throws {
        let failing = "package doors.tests\n\ntest_it if {\n\tdata.doors.allow\n}\n"
        let review = BundleReview(of: try SampleBundle.made(["doors_test.rego": failing]))
        let text = try #require(review.findings.first).description
        #expect(text.contains("doors_test.rego:3:1: data.doors.tests.test_it is undefined"))
        #expect(text.contains("    test_it if {\n    ^"))
        #expect(refusal { _ = try review.passed() } == "policy.review.failed")
    }

    @Test func `runs only the tests that are wanted`() throws {
        let run = try PolicyTestRun(of: SampleBundle.made()) { $0.contains("stranger") }
        #expect(run.outcomes.map(\.name) == ["data.doors.tests.test_a_stranger_may_not"])
    }
}
