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
    for (i = 0; i < 130; i++) text = text line "\n"
    for (d = 0; d < directories; d++) {
      system("mkdir -p " root "/docs/data/d" d)
      for (i = d; i < files; i += directories) {
        path = root "/docs/data/d" d "/f" i ".txt"
        printf "%d\n%s", i, substr(text, 1, 1024 + (i * 7919) % 8192) > path
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

# A governed root: every directory of the tree gets a local registry
# and an owner, in the form people would write, and the registries are compiled once.
govern() {
  local root="$1" package directory
  package="$(sed -nE 's/^[^,]*,(PKG-[A-Z0-9-]+),package,.*/\1/p' "$root/docs/.file_registry.csv" |
    head -n 1 | tr -d '\r')"
  [ -n "$package" ] || { note "docs/.file_registry.csv names no package"; return 1; }
  for directory in "$root"/docs/data/d* "$root"/docs/data/big; do
    [ -d "$directory" ] || continue
    {
      printf 'file_path,owner_id,owner_registry,content_hash\r\n'
      find "$directory" -mindepth 1 -maxdepth 1 -type f ! -name .file_registry.csv \
        -printf "%f,$package,package,\r\n" | LC_ALL=C sort
    } >"$directory/.file_registry.csv.new"
    mv "$directory/.file_registry.csv.new" "$directory/.file_registry.csv"
  done
  (cd "$root" && "$charter" registry compile --accept >/dev/null &&
    "$charter" integrity check >/dev/null)
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
  if "$charter" init "$root" >/dev/null 2>&1; then
    make_small_tree "$root"
    note "governing them…"
    if govern "$root"; then others+=(charter); else note "the small tree could not be governed"; fi
  else
    note "charter init failed; measuring without it"
    mkdir -p "$root"
    make_small_tree "$root"
  fi
  prepare_git "$root"
  if command -v aide >/dev/null && prepare_aide "$root"; then others+=(aide); fi
  compare "Small files" "$root" floor_1 floor_2 sha256sum git_status git_rehash "${others[@]}"
  rm -rf -- "$root"

  note "making $big files of 64 MiB…"
  others=()
  root="$place/large"
  if "$charter" init "$root" >/dev/null 2>&1; then
    make_big_tree "$root/docs/data/big"
    if govern "$root"; then others+=(charter); else note "the large tree could not be governed"; fi
  else
    make_big_tree "$root/docs/data/big"
  fi
  if command -v aide >/dev/null && prepare_aide "$root"; then others+=(aide); fi
  compare "Large files" "$root" floor_1 floor_2 sha256sum "${others[@]}"
}

main "$@"
