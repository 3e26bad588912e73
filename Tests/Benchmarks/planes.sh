#!/usr/bin/env bash
# Measures planes: from nothing to ready with the root checked, questions between two of them with and
# without a record, and what they cost when nobody asks; beside the least that two processes could do
# (plane_floor.c). Rounds are interleaved and medians printed; a ratio is the median of the ratios of
# the rounds. Nothing is asserted: ratios are what to trust.
#
#   make bench            ROUNDS=3 COUNT=20000 KEPT=1000 are the defaults
#
# TMPDIR says on which disk. CORE=no lets the processes wander between processors; else they share one,
# which is where a message is fastest.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly swift="${SWIFT:-swift}" rounds="${ROUNDS:-3}" count="${COUNT:-20000}" kept="${KEPT:-1000}"
readonly place="$(mktemp -d "${TMPDIR:-/tmp}/charter-bench.XXXXXX")"
export XDG_STATE_HOME="$place/state" XDG_RUNTIME_DIR="$place/run"
mkdir "$XDG_RUNTIME_DIR"

"$swift" build -c release --product charter >&2
readonly charter="$PWD/.build/release/charter"
cc -O2 -o "$place/floor" Tests/Benchmarks/plane_floor.c
trap '"$charter" down --root "$place/root" >/dev/null 2>&1 || true; rm -rf -- "$place"' EXIT
"$charter" init "$place/root" --id bench >/dev/null
cd "$place/root"

core=()
if [ "${CORE:-yes}" != no ] && taskset -c 0 true 2>/dev/null; then core=(taskset -c 0); fi

python3 - "$charter" "$place" "$rounds" "$count" "$kept" "${core[*]-}" <<'PY'
import json, os, statistics, subprocess, sys, time

charter, place, rounds, count, kept, core = sys.argv[1:]
rounds, core = int(rounds), core.split()

def run(*words):
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

def ask(*words):
    return run(charter, *words, "--json")

def ticks(numbers):
    total = 0
    for number in numbers:
        with open(f"/proc/{number}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total

figures = {}
def note(name, value):
    figures.setdefault(name, []).append(value)

for number in range(rounds):
    # Warm: the program and the root are in memory; the planes are not.
    start = time.monotonic_ns()
    status = ask("up", "--detach")
    note("ready", (time.monotonic_ns() - start) / 1e6)
    ask("down")

    for outstanding in ("1", "16", "64"):
        floor = run(*core, f"{place}/floor", "ping", count, outstanding)
        note(f"floor {outstanding}", floor)
    folder = f"{place}/flush.{number}"
    os.mkdir(folder)
    note("flush", run(f"{place}/floor", "flush", folder, kept))

    # One processor for all of them, as for the floor.
    status = run(*core, charter, "up", "--detach", "--json")
    for outstanding in ("1", "16", "64"):
        note(
            f"ping {outstanding}",
            ask("plane", "bench", "meta", "first_order", "--count", count, "--outstanding", outstanding),
        )
    ask("down")
    status = ask("up", "--detach")
    for outstanding in ("1", "8", "64"):
        note(
            f"kept {outstanding}",
            ask("plane", "bench", "meta", "first_order", "--kept", "--count", kept, "--outstanding", outstanding),
        )
    if number == 0:
        numbers = [status["supervisor"]["pid"]] + [p["process"]["pid"] for p in status["planes"]]
        before, began = ticks(numbers), time.monotonic()
        time.sleep(10)
        share = (ticks(numbers) - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began)
        note("idle", share * 100)
        for plane in status["planes"]:
            with open(f"/proc/{plane['process']['pid']}/status") as text:
                rss = next(line for line in text if line.startswith("VmRSS"))
            note("rss", int(rss.split()[1]) / 1024)
    ask("down")

def middle(name, field=None):
    return statistics.median(v[field] if field else v for v in figures[name])

def ratio(name, other, field):
    pairs = zip(figures[name], figures[other])
    return statistics.median(a[field] / b[field] for a, b in pairs)

print("planes: medians of", rounds, "rounds")
print(f"  ready, root checked      {middle('ready'):8.1f} ms")
for outstanding in ("1", "16", "64"):
    name, floor = f"ping {outstanding}", f"floor {outstanding}"
    print(
        f"  asked, {outstanding:>2} at a time     {middle(name, 'p50_nanoseconds') / 1e3:8.1f} us p50"
        f" {middle(name, 'p99_nanoseconds') / 1e3:8.1f} us p99 {middle(name, 'per_second'):9.0f}/s"
        f"   floor {middle(floor, 'p50_nanoseconds') / 1e3:6.1f} us {middle(floor, 'per_second'):9.0f}/s"
        f"   {ratio(name, floor, 'p50_nanoseconds'):5.2f} x its time, {ratio(name, floor, 'per_second'):5.2f} x its rate"
    )
for outstanding in ("1", "8", "64"):
    name = f"kept {outstanding}"
    line = (
        f"  kept,  {outstanding:>2} at a time     {middle(name, 'p50_nanoseconds') / 1e3:8.1f} us p50"
        f" {middle(name, 'p99_nanoseconds') / 1e3:8.1f} us p99 {middle(name, 'per_second'):9.0f}/s"
    )
    if outstanding == "1":
        # A question and its answer: written by both ends, twice.
        line += (
            f"   two flushes {middle('flush', 'p50_nanoseconds') / 1e3:6.1f} us;"
            f" {ratio(name, 'flush', 'p50_nanoseconds'):5.2f} x, for a question and its answer"
        )
    print(line)
print(f"  nobody asks              {figures['idle'][0]:8.2f} % of a processor, all four together")
print(f"  memory of a plane        {max(figures['rss']):8.1f} MB at the most")
PY
