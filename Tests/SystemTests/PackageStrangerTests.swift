import Canon
import Foundation
import Support
import Testing

/// Programs that know nothing of Charter say what its packages are.
@Suite(.covers("E10"))
struct `A package in the hands of strangers` {
    /// What `make setup-tests` installs.
    private static let python = Repository.file(".build/verifiers/bin/python")

    /// A machine on which the canary was packed, and the public key of whoever packed it.
    private func packed() throws -> Machine {
        let machine = try Machine.governed()
        for (file, place) in Canary.files { machine.write(place, try Canary.text(file, "1.0.0")) }
        let owners = [
            ["owner", "assign"] + Canary.documents + ["--package", "PKG-REGISTRIES"],
            ["owner", "assign", "agents/canary", "--package", "PKG-CANARY"],
            ["registry", "compile", "--accept"], ["package", "signer", "add"],
            ["package", "pack", "PKG-CANARY", "--output", "../dist"],
        ]
        for call in owners {
            let done = try machine.charter(call)
            try #require(done.status == 0, "\(call): \(done.text)")
        }
        let key = try machine.shell(
            "openssl pkey -in state/charter/sample/builder.key.pem -pubout -out key.pem"
        )
        try #require(key.status == 0, "\(key.text)")
        return machine
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "the libraries are not there; make setup-tests installs them"
        )
    )
    func `is verified by securesystemslib, in-toto and CycloneDX, and not when it was changed`()
        throws
    {
        let machine = try packed()
        let script = Repository.file("Tests/Verifiers/verify_package.py")
        func verify() throws -> Command.Result {
            try machine.shell("'\(Self.python)' '\(script)' dist/canary-1.0.0.tar.zst key.pem")
        }
        let good = try verify()
        #expect(good.status == 0, "\(good.text)")
        for predicate in ["slsa.dev/provenance", "in-toto.io/attestation/svr", "cyclonedx.org/bom"]
        {
            #expect(good.output.contains(predicate))
        }
        try machine.shell("cp -r dist kept; printf x >> dist/canary-1.0.0.tar.zst")
        #expect(try verify().status != 0, "Another archive was taken for the one that was signed.")
        try machine.shell(
            "rm -r dist; cp -r kept dist; sed -i '1s/\"sig\":\"../\"sig\":\"AA/' dist/*.jsonl"
        )
        #expect(try verify().status != 0, "A changed signature was taken for a good one.")
    }

    @Test func `is verified by openssl alone`() throws {
        let machine = try packed()
        let checked = try machine.shell(
            """
            python3 - dist/canary-1.0.0.tar.zst.intoto.jsonl <<'END'
            import base64, json, sys
            envelope = json.loads(open(sys.argv[1]).readline())
            payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
            open("signed", "wb").write(
                b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload))
            open("sig", "wb").write(base64.b64decode(envelope["signatures"][0]["sig"]))
            END
            openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile sig || exit 1
            printf x >> signed
            ! openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile sig
            """
        )
        #expect(checked.status == 0, "\(checked.text)")
    }

    @Test func `is a tar file to tar and zstd`() throws {
        let machine = try packed()
        let listed = try machine.shell(
            """
            mkdir out && zstd -qdc dist/canary-1.0.0.tar.zst | tar -xf - -C out || exit 1
            python3 out/root/agents/canary/src/canary.py
            diff -r root/agents/canary out/root/agents/canary | grep -v registry.csv
            """
        )
        #expect(listed.output == "tweet 1.0.0\n", "\(listed.text)")
    }

    @Test(
        .enabled(
            if: Command.find("skopeo") != nil,
            "skopeo is not there; make setup installs it"
        )
    )
    func `is carried by skopeo as it is, and not when a blob was changed`() throws {
        let machine = try packed()
        func run(_ script: String) throws -> Command.Result {
            try machine.shell("cd root; \(script)")
        }
        let copied = try run(
            """
            "$charter" package export ../dist/canary-1.0.0.tar.zst ../layout || exit 1
            skopeo --insecure-policy copy -q oci:../layout:1.0.0 oci:../copy:1.0.0 || exit 1
            skopeo inspect --raw oci:../copy:1.0.0
            """
        )
        #expect(copied.status == 0, "\(copied.text)")
        #expect(copied.output.contains("application/vnd.charter.package.v1"))
        let verified = try run("\"$charter\" package verify ../copy --json")
        #expect(verified.json?["verdict"]?.string == "verified", "\(verified.text)")
        let archive = verified.json?["archive"]?.string ?? ""
        let changed = try run("printf x >> ../layout/blobs/sha256/\(archive)")
        #expect(changed.status == 0)
        let refused = try run("\"$charter\" package verify ../layout --json")
        #expect(refused.status == 1, "\(refused.text)")
        let stranger = try run(
            "skopeo --insecure-policy copy -q oci:../layout:1.0.0 oci:../third:1.0.0"
        )
        #expect(stranger.status != 0, "skopeo took a blob that was changed.")
    }
}
