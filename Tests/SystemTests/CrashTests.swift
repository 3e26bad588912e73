import Canon
import Foundation
import Support
import Testing

/// These kill and race whole programs; one at a time, so that each has the machine it counts on.
@Suite(.serialized)
struct `A call that dies or has rivals` {
    /// Moments at which a call is killed: after so long, or as soon as something is there.
    private static let moments: [(name: String, script: String)] =
        (1...6).map { step in
            let seconds = Double(step * step) * 0.02
            return (
                "after \(seconds) s", "timeout -s KILL \(seconds) \"$charter\" $call > /dev/null"
            )
        }
        + ["install.lock", "install/0.new", "install/3.new", "install/commit.json"].map { name in
            (
                "as \(name) appears",
                """
                "$charter" $call > /dev/null & pid=$!
                until [ -e "$XDG_STATE_HOME/charter/$id/\(name)" ]; do
                    # What has ended is there until somebody waits for it, as a zombie.
                    read -r facts < /proc/$pid/stat || break
                    case "$facts" in *") Z "*) break ;; esac
                done
                kill -KILL $pid; wait $pid
                """
            )
        }

    private func kill(_ call: String, at moment: String, _ machine: Machine) throws {
        let id = try FileManager.default.contentsOfDirectory(atPath: machine.state + "/charter")
        let script = "cd \"$root\"; id=\(id.first ?? ""); call='\(call)'; \(moment)"
        _ = try machine.shell(script)
    }

    @Test func `leaves a root that the next compilation completes`() throws {
        let machine = try Machine.adopted(files: 200)
        for (number, moment) in Self.moments.enumerated() {
            // Three registries change, so there is something to be torn.
            for folder in 0..<3 {
                machine.write("content/\(folder)/\(folder).txt", "change \(number)\n")
            }
            try kill("registry compile --accept", at: moment.script, machine)
            // Whatever state that was, a check has an opinion and not a crash.
            let torn = try machine.charter("integrity", "check", "--json")
            #expect([0, 1].contains(torn.status), "\(moment.name): \(torn.text.prefix(600))")
            let next = try machine.charter("registry", "compile", "--accept")
            #expect(next.status == 0, "\(moment.name): \(next.text)")
            let whole = try machine.charter("integrity", "check")
            #expect(whole.status == 0, "\(moment.name): \(whole.text)")
        }
    }

    @Test func `leaves a root that is sealed or is not`() throws {
        let machine = try Machine.governed()
        for moment in Self.moments.enumerated().filter({ $0.offset % 2 == 1 }).map(\.element) {
            try kill("seal", at: moment.script, machine)
            // Either nothing happened or the next operation completes it.
            let next = try machine.charter("seal")
            #expect(next.status == 0, "\(moment.name): \(next.text)")
            let whole = try machine.charter("integrity", "check", "--json")
            #expect(whole.status == 0, "\(moment.name): \(whole.text)")
            #expect(whole.json?["seal"]?.string == "verified")
            #expect(try machine.charter("seal", "open").status == 0)
        }
        #expect(try machine.charter("integrity", "check").status == 0)
    }

    @Test func `leaves an init that the next one takes back or completes`() throws {
        let machine = Machine()
        machine.place.write("root/docs/mine.md", "mine\n")
        let moments =
            ["timeout -s KILL 0.05 $call > /dev/null"]
            + [".charter-init/list.json", "registries/gates", "registries/packages_registry.csv"]
            .map {
                """
                $call > /dev/null & pid=$!
                until [ -e "$root/\($0)" ]; do
                    read -r facts < /proc/$pid/stat || break
                    case "$facts" in *") Z "*) break ;; esac
                done
                kill -KILL $pid; wait $pid
                """
            }
        for moment in moments {
            try machine.shell("rm -rf \"$root/registries\" \"$root\"/.[a-z]* \"$root\"/[a-ce-z]*")
            try machine.shell("find \"$root/docs\" -name '.file*' -delete; rm -rf \"$root/planes\"")
            _ = try machine.shell("call='\(Machine.charter) init --adopt root'; \(moment)")
            // Once more, and once after that: whatever is left, the end is a whole root or says which.
            let next = try machine.charter(
                ["init", "--adopt", "root", "--json"],
                in: machine.place.path
            )
            let isThere = next.faultCode == "integrity.already-a-root"
            #expect(next.status == 0 || isThere, "\(moment): \(next.text.prefix(900))")
            if isThere { #expect(try machine.charter("registry", "compile").status == 0) }
            let whole = try machine.charter("integrity", "check")
            #expect(whole.status == 0, "\(moment): \(whole.text.prefix(900))")
            #expect(try machine.text("docs/mine.md") == "mine\n")
        }
    }

    @Test func `lets one of two begin a root, and refuses the other`() throws {
        let machine = Machine()
        for number in 0..<2 {
            let script = """
                "$charter" init new\(number) --json > a & one=$!
                "$charter" init new\(number) --json > b & two=$!
                wait $one; echo $?; wait $two; echo $?
                """
            let raced = try machine.shell(script)
            let statuses = raced.output.split(separator: "\n").map(String.init)
            #expect(statuses.sorted() == ["0", "2"], "\(raced.text)")
            for (status, file) in zip(statuses, ["a", "b"]) where status == "2" {
                let answer = try JSONValue(parsing: machine.place.read(file))
                let code = answer["fault"]?["code"]?.string ?? ""
                #expect(["host.locked", "integrity.already-a-root"].contains(code), "\(code)")
            }
            let checked = try machine.charter(
                "integrity",
                "check",
                "--root",
                "new\(number)",
                in: machine.place.path
            )
            #expect(checked.status == 0, "\(checked.text)")
        }
    }

    @Test func `lets one of two compile, and the other wait its turn`() throws {
        let machine = try Machine.adopted(files: 200)
        for number in 0..<3 {
            machine.write("content/0/0.txt", "change \(number)\n")
            let script = """
                cd "$root"
                "$charter" registry compile --accept --json > ../a & one=$!
                "$charter" registry compile --accept --json > ../b & two=$!
                wait $one; echo $?; wait $two; echo $?
                """
            let raced = try machine.shell(script)
            let statuses = raced.output.split(separator: "\n").map(String.init)
            #expect(statuses.contains("0") && statuses.allSatisfy { ["0", "2"].contains($0) })
            for (status, file) in zip(statuses, ["a", "b"]) where status == "2" {
                let answer = try JSONValue(parsing: machine.place.read(file))
                #expect(answer["fault"]?["code"]?.string == "host.locked")
            }
            #expect(try machine.charter("integrity", "check").status == 0)
        }
    }

    @Test(.covers("C60"))
    func `gives ten callers ten ids`() throws {
        let machine = try Machine.governed()
        let script = """
            cd "$root"
            for n in 1 2 3 4 5 6 7 8 9 10; do "$charter" id allocate package AGENT > ../id.$n & done
            wait; cat ../id.*
            """
        let ids = try machine.shell(script).output.split(separator: "\n")
        let wanted = (1...10).map { "PKG-AGENT-" + ($0 < 10 ? "00" : "0") + String($0) }
        #expect(ids.map(String.init).sorted() == wanted)
    }
}
