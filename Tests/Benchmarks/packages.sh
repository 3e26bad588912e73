#!/usr/bin/env bash
# Measures packages beside the least a program could do (package_floor.c) and beside programs people know:
# packing, installing, verifying what is installed, and removing 1,000 files, and one big file.
# packages.py says how; this builds what it runs. Nothing is asserted: a figure is for people, ratios are
# what to trust.
#
#   make bench            ROUNDS=5 FILES=1000 BIG=500 are the defaults; BIG is MB, 0 leaves it out
#   make setup-bench      installs uv, which is measured where it is installed
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly swift="${SWIFT:-swift}"
place="$(mktemp -d "${TMPDIR:-/tmp}/charter-bench.XXXXXX")"
readonly place
trap 'rm -rf -- "$place"' EXIT

if [ ! -e /usr/include/zstd.h ]; then
  printf 'The floor of packages needs libzstd-dev: make setup-bench installs it.\n' >&2
  exit 2
fi
gcc -O2 -Wall -Wextra -o "$place/floor" Tests/Benchmarks/package_floor.c -lcrypto -lzstd
"$swift" build -c release --product charter >&2
CHARTER="$PWD/.build/release/charter" FLOOR="$place/floor" UV="$PWD/.build/bench/bin/uv" \
  python3 Tests/Benchmarks/packages.py "$place/work"
