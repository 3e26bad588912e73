import Canon
import Foundation
import Support
import Testing

struct `A disk that does not do its part` {
    /// The words that make a call as somebody without privileges; nothing where we are nobody special.
    private func unprivileged(_ machine: Machine) throws -> String? {
        guard Machine.isSuperuser else { return "" }
        guard Command.find("setpriv") != nil else { return nil }
        let words = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        // The program must be reachable by everybody for that.
        try machine.shell("chmod 755 . && cp \"$charter\" program && chmod 755 program")
        return try machine.shell("\(words) ./program version").status == 0 ? words : nil
    }

    private func program(_ machine: Machine) -> String {
        Machine.isSuperuser ? machine.place.file("program") : Machine.charter
    }

    @Test func `is told from a root that is not whole`() throws {
        let machine = try Machine.governed()
        guard let words = try unprivileged(machine) else { return }
        try machine.shell("chmod 000 \"$root/README.md\" && mkdir -m 777 mine")
        let script =
            "mine=$PWD/mine; cd \"$root\" && XDG_STATE_HOME=\"$mine\" \(words) \(program(machine)) "
        let judged = try machine.shell(script + "integrity check --json")
        #expect(
            judged.status == 1 && judged.violations.contains("integrity.unreadable"),
            "\(judged.text)"
        )
        try machine.shell("chmod 644 \"$root/README.md\" && chmod 000 \"$root/registries\"")
        let closed = try machine.shell(script + "integrity check --root \"$root\" --json")
        #expect(
            closed.status == 2 && closed.faultCode == "host.permission-denied",
            "\(closed.text)"
        )
        try machine.shell("chmod 755 \"$root/registries\"")
        #expect(try machine.charter("integrity", "check").status == 0)
    }

    @Test func `may forbid writing, and then nothing is half written`() throws {
        let machine = try Machine.governed()
        guard let words = try unprivileged(machine) else { return }
        machine.write("README.md", "# Changed\n")
        try machine.shell("mkdir -m 777 mine; chmod -R a-w \"$root\"")
        let before = try machine.picture()
        let script =
            "mine=$PWD/mine; cd \"$root\" && XDG_STATE_HOME=\"$mine\" \(words) \(program(machine)) "
        for call in [
            "registry compile --accept", "owner assign README.md --package PKG-LAW", "seal",
        ] {
            let refused = try machine.shell(script + call + " --json")
            #expect([1, 2].contains(refused.status), "\(call): \(refused.text)")
            if refused.status == 2 {
                #expect(refused.faultCode == "host.permission-denied", "\(call): \(refused.text)")
            }
            #expect(try machine.picture() == before, "\(call)")
        }
        try machine.shell("chmod -R u+w \"$root\"")
        #expect(try machine.charter("registry", "compile", "--accept").status == 0)
        #expect(try machine.charter("integrity", "check").status == 0)
    }

    @Test func `may refuse half of what was decided, and that is said and completed`() throws {
        let machine = try Machine.governed()
        guard let words = try unprivileged(machine) else { return }
        machine.write("README.md", "# Changed\n")
        // The registry of the top can be replaced. In the law files can be made and none replaced, as in
        // /tmp, so each is written beside its place and only then it is found out.
        // The log belongs to who began it, so it begins anew.
        try machine.shell(
            "mkdir -m 777 mine; chmod 777 \"$root\"; chmod 1777 \"$root/registries\";"
                + " rm -r \"$root/ledger/root\"; chmod 777 \"$root/ledger\""
        )
        let script =
            "mine=$PWD/mine; cd \"$root\" && XDG_STATE_HOME=\"$mine\" \(words) \(program(machine)) "
        let cut = try machine.shell(script + "registry compile --accept --json")
        #expect(cut.status == 2 && cut.faultCode == "integrity.cut-short", "\(cut.text)")
        let cause = cut.json?["fault"]?["causes"]?.array?.first?["code"]?.string
        #expect(cause == "host.permission-denied")
        let doctor = try machine.shell(script + "doctor")
        #expect(doctor.output.contains("one was cut short"), "\(doctor.text)")
        try machine.shell("chmod 777 \"$root/registries\"")
        let next = try machine.shell(script + "registry compile --json")
        #expect(next.status == 0, "\(next.text)")
        let note = next.json?["notes"]?.array?.first?.string ?? ""
        #expect(note.contains("'registry compile'") && note.contains("was completed"))
        let again = try machine.shell(script + "registry compile")
        #expect(again.status == 0 && !again.output.contains("note:"))
        #expect(try machine.shell(script + "ledger verify").status == 0)
        #expect(try machine.charter("integrity", "check").status == 0)
    }

    @Test func `may be full, and then nothing is half written`() throws {
        let machine = try Machine.governed()
        machine.write("README.md", "# Changed\n")
        let before = try machine.picture()
        // A limit on the size of files, as a quota has it; the signal is ignored as a shell can.
        let limited = try machine.shell(
            "cd \"$root\" && trap '' XFSZ && ulimit -f 4 && \"$charter\" registry compile --accept --json"
        )
        #expect(
            limited.status == 2 && limited.faultCode != nil,
            "\(limited.text)"
        )
        #expect(try machine.picture() == before)
        // Nor is the program ended by the signal where nobody ignores it.
        let signalled = try machine.shell(
            "cd \"$root\" && ulimit -f 4 && \"$charter\" registry compile --accept --json"
        )
        #expect(
            signalled.status == 2 && signalled.faultCode == limited.faultCode,
            "\(signalled.text)"
        )
        #expect(try machine.picture() == before)
        #expect(try machine.charter("registry", "compile", "--check").status == 1)
        // Files of our own making say so themselves.
        machine.place.write(
            "app/app.rego",
            "package app\n" + String(repeating: "# a line of a long policy\n", count: 1000)
                + "allow := true\n"
        )
        let bundled = try machine.shell(
            "ulimit -f 4 && \"$charter\" policy bundle app --out built --json"
        )
        #expect(
            bundled.status == 2 && bundled.faultCode == "host.file-size-limit",
            "\(bundled.text)"
        )
        // A file system without room, where we may mount one that only this call sees.
        let script = """
            export tiny=$PWD/tiny; mkdir tiny && unshare --mount sh -c 'mount -t tmpfs -o size=16k none tiny && \
            cd "$root" && XDG_STATE_HOME="$tiny" "$charter" registry compile --accept --json'
            """
        // The key of the log lies on that file system too, so the log begins anew.
        try machine.shell("mv \"$root/ledger/root\" log")
        let full = try machine.shell(script)
        try machine.shell("rm -rf \"$root/ledger/root\" && mv log \"$root/ledger/root\"")
        if Machine.isSuperuser, !full.errors.contains("unshare") {
            #expect(full.status == 2 && full.faultCode == "host.no-space", "\(full.text)")
        }
        #expect(try machine.picture() == before)
        #expect(try machine.charter("registry", "compile", "--accept").status == 0)
        #expect(try machine.charter("integrity", "check").status == 0)
    }

    @Test func `may be mounted for reading only`() throws {
        let machine = try Machine.governed()
        machine.write("README.md", "# Changed\n")
        let before = try machine.picture()
        let script = """
            unshare --mount sh -c 'mount --bind "$root" "$root" && \
            mount -o remount,ro,bind "$root" && cd "$root" && \
            "$charter" registry compile --accept --json'
            """
        let refused = try machine.shell(script)
        guard Machine.isSuperuser, !refused.errors.contains("unshare") else { return }
        #expect(
            refused.status == 2 && refused.faultCode == "host.read-only-file-system",
            "\(refused.text)"
        )
        #expect(try machine.picture() == before)
    }

    @Test func `may have another one mounted on the law, and that is a finding`() throws {
        let machine = try Machine.governed()
        let script = """
            mkdir other; export other=$PWD/other; unshare --mount sh -c 'mount -t tmpfs none \
            "$root/registries/policies" && cd "$root" && "$charter" integrity check --json'
            """
        let judged = try machine.shell(script)
        guard Machine.isSuperuser, !judged.errors.contains("unshare") else { return }
        #expect(judged.status == 1, "\(judged.text)")
        #expect(judged.violations.contains("integrity.mounted"))
        let whole = script.replacing("/registries/policies", with: "/registries")
            .replacing("mkdir other; ", with: "")
        let lost = try machine.shell(whole)
        #expect(lost.status == 2 && lost.faultCode == "integrity.manifest-lost", "\(lost.text)")
    }
}
