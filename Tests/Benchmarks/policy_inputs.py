"""Makes the inputs of the policy benchmark: the same bytes on every machine.

  policy_inputs.py DIRECTORY
"""
import json
import pathlib
import sys


def rbac(entries):
    return {
        "subject": "user-3",
        "action": "write",
        "resource": "area-2",
        "bindings": [
            {"subject": f"user-{i % (entries // 2 + 4)}", "role": f"role-{i % 7}"} for i in range(entries)
        ],
        "grants": [
            {"role": f"role-{i % 9}", "action": ["read", "write", "admin"][i % 3], "resource": f"area-{i}"}
            for i in range(entries)
        ]
        + [{"role": "role-3", "action": "write", "resource": "area-2"}],
    }


def terraform(changes):
    out = []
    for i in range(changes):
        kind = ["aws_s3_bucket", "aws_security_group", "aws_db_instance", "aws_instance"][i % 4]
        after = {"name": f"thing-{i}", "tags": {"owner": "team", "stage": "test", "number": i}}
        if kind == "aws_s3_bucket":
            after["acl"] = "public-read" if i % 16 == 0 else "private"
        if kind == "aws_security_group":
            blocks = ["0.0.0.0/0"] if i % 24 == 1 else ["10.0.0.0/8"]
            after["ingress"] = [{"cidr_blocks": blocks, "from_port": 22, "to_port": 443}]
        if i % 32 == 3:
            del after["tags"]["owner"]
        actions = ["delete"] if i % 40 == 2 else ["update"]
        out.append({"address": f"{kind}.thing_{i}", "type": kind, "change": {"actions": actions, "after": after}})
    return {"format_version": "1.2", "resource_changes": out}


def repository(files):
    owners = {f"PKG-{i}": {"places": [f"Sources/M{i}/", f"Tests/M{i}Tests/"]} for i in range(max(2, files // 40))}
    names = list(owners)
    out = []
    for i in range(files):
        n = i % len(names)
        path = f"Sources/M{n}/File{i}.swift"
        if i % 97 == 5:
            path = f"Elsewhere/File{i}.pem"
        out.append({"path": path, "owner": names[n] if i % 89 else "PKG-GONE", "sha256": f"{i:064x}"})
    return {"owners": owners, "files": out}


def join(size):
    return {
        side: [{"id": f"{side}-{i}", "key": i * step % 150, "weight": i} for i in range(size)]
        for side, step in (("left", 7), ("right", 11))
    }


def largest(make, size):
    """The most entries whose text is not longer than that many bytes."""
    low, high = 1, 1 << 20
    while low < high:
        middle = (low + high + 1) // 2
        if len(json.dumps(make(middle))) <= size:
            low = middle
        else:
            high = middle - 1
    return make(low)


def main():
    place = pathlib.Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    for name, make, size in [
        ("rbac-1k", rbac, 1_000),
        ("rbac-100k", rbac, 100_000),
        ("terraform-1k", terraform, 1_000),
        ("terraform-100k", terraform, 100_000),
        ("terraform-1m", terraform, 1_000_000),
        ("repository-1k", repository, 1_000),
        ("repository-100k", repository, 100_000),
    ]:
        (place / f"{name}.json").write_text(json.dumps(largest(make, size)))
    (place / "join-300.json").write_text(json.dumps(join(300)))


main()
