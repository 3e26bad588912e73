#!/usr/bin/env bash
# Measures the integrity check beside the floor (floor.c) and beside programs people know.
# Rounds are interleaved, so that a busy moment of the machine hits all alike; medians are printed.
# Nothing is asserted: a figure is for people, ratios are what to trust.
#
#   make bench            ROUNDS=5 FILES=100000 BIG=32 are the defaults
#   make setup-bench      installs AIDE, which is measured where it is installed
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly here="$PWD" swift="${SWIFT:-swift}"
readonly rounds="${ROUNDS:-5}" files="${FILES:-100000}" big="${BIG:-32}"
readonly directories=$(((files + 99) / 100))
readonly place="$(mktemp -d "${TMPDIR:-/tmp}/charter-bench.XXXXXX")"
trap 'rm -rf -- "$place"' EXIT
export XDG_STATE_HOME="$place/state"

note() { printf '%s\n' "$*" >&2; }

# Random bytes would make the trees take longer than the measurement; a counter makes them differ.
make_small_tree() {
  local root="$1"
  awk -v files="$files" -v directories="$directories" -v root="$root" 'BEGIN {
    line = "the quick brown fox jumps over the lazy dog, and nobody had asked it to;"
    for (i = 0; i < 230; i++) text = text line "\n"
    for (d = 0; d < directories; d++) {
      system("mkdir -p " root "/data/d" d)
      for (i = d; i < files; i += directories) {
        path = root "/data/d" d "/f" i ".txt"
        printf "%d\n%s", i, substr(text, 1, 1024 + (i * 7919) % 15360) > path
        close(path)
      }
    }
  }'
}

make_big_tree() {
  local index
  mkdir -p "$1"
  for ((index = 0; index < big; index++)); do
    head -c 67108864 /dev/zero | tr '\0' "\\$(printf '%03o' $((65 + index % 26)))" >"$1/f$index.bin"
  done
}

# The tree becomes a governed root as it is. Its law then asks for no gate that reads the files again, so
# that everybody does the same work; the row with the gate comes after.
govern() {
  "$charter" init --adopt "$1" >/dev/null && gates "$1" '["G3"]'
}

# Which gates the adopted files must pass.
gates() {
  python3 - "$1/registries/frameworks/FMWK-ROOT.schema.json" "$2" <<'PY'
import json, sys
path, gates = sys.argv[1:]
law = json.load(open(path))
law["required_gates"] = json.loads(gates)
json.dump(law, open(path, "w"), indent=2)
PY
  "$charter" registry compile --accept --root "$1" >/dev/null &&
    "$charter" integrity check --root "$1" >/dev/null
}

# One run: wall milliseconds and processor milliseconds of a command and its children.
measure() {
  local TIMEFORMAT='%R %U %S' times
  times="$({ time "$@" >"$place/output" 2>&1; } 2>&1)" || {
    note "$* failed:"
    tail -n 5 "$place/output" >&2
    return 1
  }
  awk '{ printf "%.0f %.0f\n", $1 * 1000, ($2 + $3) * 1000 }' <<<"$times"
}

median() { sort -n | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }

run_floor_1() { "$place/floor" 1 "$1"; }
run_floor_2() { "$place/floor" 2 "$1"; }
run_sha256sum() {
  find "$1" -name .git -prune -o -type f -print0 | xargs -0 -P 2 -n 256 sha256sum
}
run_git_status() { git -C "$1" status --porcelain; }
run_git_rehash() {
  rm -f "$1/.git/index"
  git -C "$1" read-tree HEAD
  git -C "$1" update-index -q --refresh
}
run_aide() { aide --check --config="$place/$(basename "$1").aide"; }
run_charter_1() { "$charter" integrity check --threads 1 --root "$1"; }
run_charter() { "$charter" integrity check --root "$1"; }

prepare_git() {
  git -C "$1" init --quiet
  git -C "$1" -c core.autocrlf=false add --all
  git -C "$1" -c user.name=bench -c user.email=bench@example.org -c gc.auto=0 \
    commit --quiet --message tree
}

prepare_aide() {
  local name
  name="$(basename "$1")"
  cat >"$place/$name.aide" <<TEXT
database_in=file:$place/$name.aide.db
database_out=file:$place/$name.aide.db
gzip_dbout=no
num_workers=2
report_url=stdout
root_prefix=$1
!/\\.git
/ sha256+s
TEXT
  aide --init --config="$place/$name.aide" >/dev/null
}

# compare TITLE DIRECTORY NAMES…: interleaved rounds, then a table with ratios to the floor.
compare() {
  local title="$1" root="$2" round name floor running=()
  shift 2
  # The first run warms the page cache, and shows who cannot take part.
  for name in "$@"; do
    if measure "run_$name" "$root" >/dev/null; then running+=("$name"); fi
  done
  set -- "${running[@]}"
  for ((round = 1; round <= rounds; round++)); do
    for name in "$@"; do
      measure "run_$name" "$root" >>"$place/$name.times" || return 1
    done
  done
  floor="$(cut -d' ' -f1 "$place/floor_2.times" | median)"
  printf '\n%s (%s)\n\n' "$title" "$("$place/floor" 2 "$root" | cut -d' ' -f1-4)"
  printf '| %-14s | %8s | %8s | %8s |\n' what 'wall ms' 'cpu ms' 'x floor'
  printf '|%s|%s|%s|%s|\n' "$(printf -- '-%.0s' {1..16})" ---------: ---------: ---------:
  for name in "$@"; do
    local wall cpu
    wall="$(cut -d' ' -f1 "$place/$name.times" | median)"
    cpu="$(cut -d' ' -f2 "$place/$name.times" | median)"
    printf '| %-14s | %8s | %8s | %8s |\n' "$name" "$wall" "$cpu" \
      "$(awk -v a="$wall" -v b="$floor" 'BEGIN { printf "%.2f", b ? a / b : 0 }')"
    rm -f "$place/$name.times"
  done
}

main() {
  local root others=()
  readonly charter="${CHARTER:-$here/.build/release/charter}"
  if [ -z "${CHARTER:-}" ]; then
    note "building charter for release…"
    "$swift" build --configuration release --product charter >&2
  fi
  cc -O2 -Wall -Wextra -Werror -o "$place/floor" Tests/Benchmarks/floor.c -lcrypto -lpthread

  note "making $files small files in $directories directories…"
  root="$place/small"
  make_small_tree "$root"
  note "governing them…"
  govern "$root" || { note "the small tree could not be governed"; return 1; }
  prepare_git "$root"
  if command -v aide >/dev/null && prepare_aide "$root"; then others+=(aide); fi
  compare "Small files" "$root" floor_1 floor_2 charter_1 charter sha256sum git_status git_rehash \
    "${others[@]}"
  gates "$root" '["G1"]'
  compare "Small files, each searched for secrets by the gate G1" "$root" floor_2 charter
  rm -rf -- "$root"

  note "making $big files of 64 MiB…"
  others=()
  root="$place/large"
  make_big_tree "$root/data"
  govern "$root" || { note "the large tree could not be governed"; return 1; }
  if command -v aide >/dev/null && prepare_aide "$root"; then others+=(aide); fi
  compare "Large files" "$root" floor_1 floor_2 charter_1 charter sha256sum "${others[@]}"
}

main "$@"
