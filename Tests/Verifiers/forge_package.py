#!/usr/bin/env python3
"""Makes a package that differs from a good one in one thing, signed by whoever holds the key.

    forge_package.py KIND ARCHIVE KEY.pem OUT.tar.zst

The installer must refuse each of them by the reason that KIND stands for; `nothing` changes nothing and
must be taken. It knows the format from its description and shares no code with the program.
"""
import base64
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


class Package:
    def __init__(self, archive):
        tar = subprocess.run(["zstd", "-qdc", archive], check=True, capture_output=True).stdout
        self.files, self.modes = {}, {}
        with tarfile.open(fileobj=io.BytesIO(tar)) as members:
            for member in members:
                self.files[member.name] = members.extractfile(member).read()
                self.modes[member.name] = member.mode
        self.manifest = json.loads(self.files.pop("manifest.json"))
        with open(archive + ".intoto.jsonl") as lines:
            self.statements = [json.loads(base64.b64decode(json.loads(line)["payload"])) for line in lines]
        self.special = []
        self.canonical = True
        self.subject = None

    def listed(self, path):
        every = self.manifest["content"]["files"] + self.manifest["packed"]["documents"]
        return next(file for file in every if file["path"] == path)

    def put(self, path, data, mode=0o644):
        """A file in the archive and in the manifest."""
        self.files["root/" + path], self.modes["root/" + path] = data, mode
        listed = self.manifest["content"]["files"]
        listed[:] = [file for file in listed if file["path"] != path]
        listed.append({"path": path, "digest": sha256(data), "bytes": len(data)})
        listed.sort(key=lambda file: file["path"].encode())

    def document(self, path, change):
        """A document that travels along, changed as a value; the manifest follows it."""
        value = json.loads(self.files["root/" + path])
        change(value)
        data = json.dumps(value, indent=2).encode() + b"\n"
        self.files["root/" + path] = data
        listed = self.listed(path)
        listed["digest"], listed["bytes"] = sha256(data), len(data)
        return data

    def version(self, version):
        def change(value):
            value["version"] = version

        self.manifest["version"] = version
        self.document("registries/packages/PKG-CANARY.json", change)
        for statement in self.statements:
            predicate = statement["predicate"]
            if "buildDefinition" in predicate:
                predicate["buildDefinition"]["externalParameters"]["package_version"] = version

    def classify(self, name):
        def change(value):
            value["class"] = name

        self.manifest["class"] = name
        self.document("registries/packages/PKG-CANARY.json", change)
        for statement in self.statements:
            predicate = statement["predicate"]
            if "buildDefinition" in predicate:
                predicate["buildDefinition"]["externalParameters"]["class"] = name

    def tar(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            def add(name, data, mode):
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(data), mode
                tar.addfile(info, io.BytesIO(data))

            manifest = canonical(self.manifest)
            if not self.canonical:
                manifest = json.dumps(self.manifest, indent=1).encode() + b"\n"
            add("manifest.json", manifest, 0o644)
            for name in sorted(self.files, key=str.encode):
                add(name, self.files[name], self.modes.get(name, 0o644))
            for info in self.special:
                tar.addfile(info)
        return out.getvalue()

    def write(self, out, key):
        packed = subprocess.run(["zstd", "-qc"], input=self.tar(), check=True, capture_output=True).stdout
        with open(out, "wb") as file:
            file.write(packed)
        lines = []
        for statement in self.statements:
            statement["subject"][0]["digest"]["sha256"] = self.subject or sha256(packed)
            payload = json.dumps(statement).encode()
            kind = b"application/vnd.in-toto+json"
            signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
            with tempfile.NamedTemporaryFile() as message:
                message.write(signed)
                message.flush()
                signature = subprocess.run(
                    ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", message.name],
                    check=True, capture_output=True,
                ).stdout
            lines.append(json.dumps({
                "payload": base64.b64encode(payload).decode(), "payloadType": kind.decode(),
                "signatures": [{"keyid": "", "sig": base64.b64encode(signature).decode()}],
            }))
        with open(out + ".intoto.jsonl", "w") as file:
            file.write("\n".join(lines) + "\n")


README = "agents/canary/README.md"
SPEC = "registries/specs/SPEC-CANARY.json"


def content(package):
    package.files["root/" + README] = package.files["root/" + README].replace(b"bird", b"word")


def extra(package):
    package.files["root/agents/canary/zzz"] = b"more"


def lost(package):
    del package.files["root/" + README]


def mode(package):
    package.modes["root/" + README] = 0o755


def form(package):
    package.canonical = False


def link(package):
    info = tarfile.TarInfo("root/zzz")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    package.special.append(info)


def outside(package):
    package.files["root/zz/../../../etc/cron.d/x"] = b"* * * * * root true\n"


def listed_outside(package):
    package.put("agents/canary/../../../x", b"x")


def bomb(package):
    info = tarfile.TarInfo("root/zzz")
    info.size = 9 << 30
    package.special.append(info)


def twin(package):
    package.put("agents/canary/readme.md", b"# Overview\n\n# Usage\n\n# Dependencies\n")


def conflict(package):
    package.put("README.md", b"mine\n")


def exempt(package):
    package.put(".git/hooks/post-commit", b"#!/bin/sh\n")


def unauthorised(package):
    package.put("docs/canary.md", b"# Elsewhere\n")


def compiled(package):
    package.put("agents/canary/.file_registry.csv", b"file_path,owner_id,owner_registry,content_hash\n")


def platform(package):
    package.manifest["platform"] = ["darwin"]
    package.document("registries/packages/PKG-CANARY.json", lambda value: value.update(platform=["darwin"]))


def subject(package):
    package.subject = "0" * 64


def provenance(package):
    for statement in package.statements:
        if "buildDefinition" in statement["predicate"]:
            statement["predicate"]["buildDefinition"]["externalParameters"]["package"] = "PKG-OTHER"


def predicate(package):
    package.statements = [s for s in package.statements if "buildDefinition" not in s["predicate"]]
    package.statements = package.statements or [{
        "_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "x", "digest": {"sha256": ""}}],
        "predicateType": "https://example.org/note/v1", "predicate": {},
    }]


def spec(package):
    package.document(SPEC, lambda value: value["content"].update(purpose="A bird that does what it likes."))


def framework(package):
    package.manifest["packed"]["framework"]["digest"] = "0" * 64


def secret(package):
    package.put("agents/canary/src/key.py", b"key = '" + b"AKIA" + b"ABCDEFGHIJKLMNOP" + b"'\n")


def untested(package):
    path = "agents/canary/tests/test_canary.py"
    del package.files["root/" + path]
    package.manifest["content"]["files"].remove(package.listed(path))


def dependency(package):
    needs = [{"id": "PKG-NOWHERE", "version": "^1.0.0"}]
    package.manifest["dependencies"] = needs
    package.document("registries/packages/PKG-CANARY.json", lambda value: value.update(dependencies=needs))


def builder(package):
    package.classify("BUILDER")


def disguised(package):
    """The manifest says BUILT, and what would become law says BUILDER."""
    package.document("registries/packages/PKG-CANARY.json", lambda value: value.update({"class": "BUILDER"}))


def renamed(package):
    """The manifest says one version of its spec, and the spec another."""
    data = package.document(SPEC, lambda value: value.update(version="7.0.0"))
    package.manifest["packed"]["spec"]["digest"] = sha256(data)


def thief(package):
    """Another package that brings the canary's spec in a version of its own."""
    def rename(value):
        value.update(id="PKG-THIEF", package_name="thief")

    old = "registries/packages/PKG-CANARY.json"
    package.document(old, rename)
    rename(package.manifest)
    data = package.document(SPEC, lambda value: value.update(version="9.0.0"))
    package.manifest["packed"]["spec"].update(version="9.0.0", digest=sha256(data))
    listed = package.listed(old)
    listed["path"] = "registries/packages/PKG-THIEF.json"
    package.files["root/" + listed["path"]] = package.files.pop("root/" + old)
    for file in list(package.manifest["content"]["files"]):
        del package.files["root/" + file["path"]]
    package.manifest["content"]["files"] = []
    package.put("agents/canary/src/thief.py", b"pass\n")
    for statement in package.statements:
        parameters = statement["predicate"].get("buildDefinition", {}).get("externalParameters")
        if parameters:
            parameters["package"] = "PKG-THIEF"


def backwards(package):
    """A newer package with an older spec."""
    package.version("1.1.0")
    data = package.document(SPEC, lambda value: value.update(version="0.9.0"))
    package.manifest["packed"]["spec"].update(version="0.9.0", digest=sha256(data))
    conforms = [{"id": "SPEC-CANARY", "version": ">=0.1.0"}]
    package.manifest["conforms_to"] = conforms
    package.document("registries/packages/PKG-CANARY.json", lambda value: value.update(conforms_to=conforms))


def unexecutable(package):
    """A newer package in which one file may not be executed any more, or may from now on."""
    package.version("1.1.0")
    listed = package.listed("agents/canary/08_commit.md")
    listed["executable"] = True
    package.modes["root/" + listed["path"]] = 0o755


def lawful(package):
    package.put("registries/policies/POL-EVIL-001.json", b"{}\n")


def older(package):
    package.version("0.9.0")


def newer(package):
    package.version("1.1.0")
    package.put(README, package.files["root/" + README] + b"\nNew.\n")


def other(package):
    package.put(README, package.files["root/" + README] + b"\nOther.\n")


def nothing(package):
    pass


if __name__ == "__main__":
    kind, archive, key, out = sys.argv[1:]
    made = Package(archive)
    globals()[kind.replace("-", "_")](made)
    made.write(out, key)
