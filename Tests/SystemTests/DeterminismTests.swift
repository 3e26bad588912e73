import Foundation
import Support
import Testing

struct `Compiled registries` {
    @Test(.covers("J04", "C07"))
    func `are the same bytes wherever and in whatever order they are compiled`() throws {
        let machine = Machine()
        for name in ["I.txt", "i2.txt", "ı.txt", "Ä/b", "ä2/b", "z/1", "z.a/1", "z-/1", "é"] {
            machine.place.write("root/" + name, "content of \(name)")
        }
        #expect(try machine.charter("init", "--adopt", "root", in: machine.place.path).status == 0)
        let script = """
            set -e
            mkdir "$1" && cd "$root"
            find . -type f | LC_ALL=C sort $2 | tar -c -f - -T - | tar -x -f - -C "$1"
            cd "$1"
            rm registries/*_registry.csv
            "$charter" registry compile > /dev/null
            sha256sum registries/*_registry.csv
            find . -name .file_registry.csv | LC_ALL=C sort | xargs -d '\\n' sha256sum
            """
        let worlds: [[String: String]] = [
            ["LC_ALL": "C", "TZ": "UTC"], ["LC_ALL": "de_DE.UTF-8", "TZ": "Europe/Berlin"],
            ["LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Istanbul"],
            ["LANG": "C.UTF-8", "TZ": "Pacific/Apia"],
        ]
        var seen: Set<String> = []
        for (number, variables) in worlds.enumerated() {
            let compiled = try Command.run(
                "/bin/sh",
                [
                    "-c", script, "sh", machine.place.file("copy\(number)"),
                    number % 2 == 0 ? "-r" : "-f",
                ],
                environment: machine.environment.merging(variables) { $1 }
                    .merging(["charter": Machine.charter, "root": machine.root]) { $1 }
            )
            #expect(compiled.status == 0, "\(compiled.text)")
            seen.insert(compiled.output)
        }
        #expect(seen.count == 1)
        #expect(seen.first?.split(separator: "\n").count ?? 0 > 15)
    }

    @Test func `change by no second compilation`() throws {
        let machine = try Machine.governed()
        let before = try machine.picture()
        let again = try machine.charter("registry", "compile")
        #expect(again.status == 0 && again.output.hasPrefix("up to date: "))
        #expect(try machine.picture() == before)
        // And a hand that edits them is found.
        try machine.replace(
            "PKG-DOCS",
            with: "PKG-LAW",
            in: "registries/file_ownership_registry.csv"
        )
        let judged = try machine.charter("integrity", "check", "--json")
        #expect(judged.status == 1 && judged.violations.contains("integrity.stale-registry"))
        #expect(try machine.charter("registry", "compile").status == 0)
        #expect(try machine.picture() == before)
    }

    @Test(.covers("D33"))
    func `and policies are judged alike each time, and without any network`() throws {
        let machine = try Machine.governed()
        // A policy of the law, over what it is about.
        let script = """
            cd "$root"
            echo '{"target":{"id":"SPEC-A","priority":"P0","status":"deprecated"}}' >../input.json
            "$charter" policy eval data.charter.deprecation.deny --json \
                --bundle registries/bundles/charter --input ../input.json; echo $?
            "$charter" validate attention-policy --json; echo $?
            "$charter" integrity check --json; echo $?
            """
        machine.place.write("judge.sh", script)
        let first = try machine.shell("/bin/sh judge.sh")
        #expect(first.output.contains("deprecated without a migration plan"), "\(first.text)")
        #expect(first.output.contains("\"verdict\":\"whole\""), "\(first.text)")
        let second = try machine.shell("TZ=Asia/Istanbul LC_ALL=tr_TR.UTF-8 /bin/sh judge.sh")
        #expect(second.output == first.output)
        let alone = try machine.shell("unshare --net /bin/sh judge.sh")
        guard Machine.isSuperuser, !alone.errors.contains("unshare") else { return }
        #expect(alone.output == first.output)
    }
}
