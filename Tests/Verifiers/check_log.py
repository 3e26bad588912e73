"""Checks the log of a writer that was killed against what it had acknowledged, without Charter.

    check_log.py DATABASE ACKNOWLEDGED

ACKNOWLEDGED holds the lines "INDEX DIGEST" that 'charter ledger bench --acknowledge' printed; a
last line that was cut, and lines that begin with a brace, are passed over. Every acknowledged entry
must be there with its digest, SHA-256 over a byte 00 and the entry (RFC 6962). The indices must have
no gap, each entry must say the index under which it lies, and SQLite must find its file whole.
Prints how many were acknowledged of how many, or what is wrong, and then exits 1.
"""

import hashlib
import json
import os
import sqlite3
import sys


def entries(database):
    """The entries in their order; none where the writer died before it had made its tables."""
    if not os.path.exists(database):
        return []
    log = sqlite3.connect(database)
    found = [word for (word,) in log.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise SystemExit("the file is damaged: " + "; ".join(found))
    if not log.execute("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").fetchone():
        return []
    rows = log.execute("SELECT idx, bytes FROM entry ORDER BY idx").fetchall()
    log.close()
    for place, (index, entry) in enumerate(rows):
        if index != place or json.loads(entry)["index"] != place:
            raise SystemExit(f"the entry {place} is missing, or another one stands in its place")
    return [entry for (_, entry) in rows]


def main(database, acknowledged):
    with open(acknowledged, encoding="ascii") as file:
        lines = [line.split() for line in file.read().split("\n")[:-1] if line[:1] != "{"]
    written = entries(database)
    for index, digest in lines:
        if int(index) >= len(written):
            raise SystemExit(f"the entry {index} was acknowledged, and only {len(written)} are there")
        if hashlib.sha256(b"\0" + written[int(index)]).hexdigest() != digest:
            raise SystemExit(f"the entry {index} is not the one that was acknowledged")
    print(len(lines), "of", len(written))


main(*sys.argv[1:])
