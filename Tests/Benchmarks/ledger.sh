#!/usr/bin/env bash
# Measures appends to a ledger beside the least a program could do (ledger_floor.c: a flat file, SQLite)
# and beside PostgreSQL (ledger_postgres.sh). A body has 512 bytes, and an append is over when it is
# durable. Rounds are interleaved, so that a busy moment of the machine hits all alike; medians are
# printed, and a ratio is the median of the ratios of the rounds. Nothing is asserted: a figure is for
# people, ratios are what to trust.
#
#   make bench            ROUNDS=3 SECONDS_EACH=1 SIZES="1000 10000 100000 1000000" BUDGET=180 are the
#                         defaults; BUDGET is seconds, after which no further round begins
#   make setup-bench      installs PostgreSQL, which is measured where it is installed
#
# TMPDIR says on which disk. REALTIME=no measures as root as everybody else has to, without chrt.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly here="$PWD" swift="${SWIFT:-swift}"
readonly rounds="${ROUNDS:-3}" seconds="${SECONDS_EACH:-1}" budget="${BUDGET:-180}"
readonly sizes="${SIZES:-1000 10000 100000 1000000}" callers_all="1 8 64 512"
readonly place="$(mktemp -d "${TMPDIR:-/tmp}/charter-bench.XXXXXX")"
trap 'kill $(jobs -p) 2>/dev/null && wait; rm -rf -- "$place"' EXIT
export XDG_STATE_HOME="$place/state"
mkdir "$place/figures"

# Before a real-time process every other one steps back, so a busy machine spoils less.
realtime=()
if [ "${REALTIME:-yes}" != no ] && chrt -r 1 true 2>/dev/null; then realtime=(chrt -r 1); fi
readonly realtime

declare -A entries
once=" "
rounds_done=0

note() { printf '%s\n' "$*" >&2; }

# These always run in a process of their own, and become the program so that a signal reaches it.
ours() {
  exec "${realtime[@]}" "$charter" ledger bench "$1" --callers "$2" --entries "$3" --body 512 --json
}
floor_grow() { exec "${realtime[@]}" "$place/floor" file "$3" "$2" grow "$1"; }
floor_prealloc() { exec "${realtime[@]}" "$place/floor" file "$3" "$2" prealloc "$1"; }
floor_sqlite() { exec "${realtime[@]}" "$place/floor" sqlite "$2" "$1"; }
floor_verify() { exec "${realtime[@]}" "$place/floor" verify "$2" "$1"; }

# record NAME FIELDS FILE…: adds a line to each figure of a name, its sum over the answers.
record() {
  python3 - "$place/figures/$1" "$2" "${@:3}" <<'PY'
import json, sys
name, fields, *answers = sys.argv[1:]
answers = [json.load(open(answer)) for answer in answers]
for field in fields.split():
    with open(name + "." + field, "a") as figures:
        print(sum(answer[field] for answer in answers), file=figures)
PY
}

# What a measurement leaves behind is off the disk before the next begins, or that one would pay for it.
settle() {
  rm -rf -- "$place"/run.*
  sync --file-system "$place"
}

# measure COUNT NAME FIELDS FUNCTION ARGUMENTS…: so many processes at once, each in a new directory,
# which it makes itself.
measure() {
  local count="$1" name="$2" fields="$3" function="$4" index processes=() answers=()
  shift 4
  for ((index = 1; index <= count; index++)); do
    "$function" "$place/run.$index" "$@" >"$place/answer.$index" 2>"$place/errors.$index" &
    processes+=("$!")
    answers+=("$place/answer.$index")
  done
  for ((index = 1; index <= count; index++)); do
    wait "${processes[index - 1]}" || {
      note "$function $* failed:"
      tail -n 5 "$place/errors.$index" >&2
      return 1
    }
  done
  record "$name" "$fields" "${answers[@]}"
  settle
}

# So many appends that the floor is busy for SECONDS_EACH, whatever the disk; one leading digit.
entries_for() {
  floor_grow "$place/run.1" "$1" $((500 + 20 * $1)) |
    sed -nE 's/.*"appends_per_second":([0-9.]+).*/\1/p' |
    awk -v seconds="$seconds" '{
      count = $1 * seconds < 500 ? 500 : $1 * seconds
      for (unit = 1; unit * 10 <= count; unit *= 10);
      printf "%d", int(count / unit) * unit
    }'
  settle
}

measure_postgres() {
  "${realtime[@]}" Tests/Benchmarks/ledger_postgres.sh >"$place/answer.1" || true
  if [ -s "$place/answer.1" ]; then record postgres "one many" "$place/answer.1"; fi
  settle
}

measure_size() {
  local size="$1" begun="$SECONDS" verified="$1"
  measure 1 "size.$size" "appends_per_second verify_entries_per_second proof_us" ours 64 "$size"
  # More records than that would fill the disk and not change the rate.
  if ((verified > 1000000)); then verified=1000000; fi
  measure 1 "verify.$size" records_per_second floor_verify "$verified"
  if ((SECONDS - begun > budget / 8)); then once+="$size "; fi
}

measure_round() {
  local callers size
  for callers in $callers_all; do
    measure 1 "ours.$callers" "appends_per_second p50_us p99_us entries_per_transaction" \
      ours "$callers" "${entries[$callers]}"
    measure 1 "grow.$callers" appends_per_second floor_grow "$callers" "${entries[$callers]}"
    measure 1 "prealloc.$callers" appends_per_second floor_prealloc "$callers" "${entries[$callers]}"
    if ((callers == 1)); then
      measure 1 sqlite "appends_per_second p50_us p99_us" floor_sqlite "${entries[1]}"
    fi
    if ((callers == 64)); then
      measure 3 ours.three appends_per_second ours 64 "${entries[64]}"
      measure 3 grow.three appends_per_second floor_grow 64 "${entries[64]}"
      measure_postgres
    fi
  done
  for size in $sizes; do
    # A size that takes too long is measured in the first round only, or that would be the last.
    case "$once" in *" $size "*) ;; *) measure_size "$size" ;; esac
  done
}

median() { sort -n | awk '{ a[NR] = $1 } END { print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2 }'; }

# middle FIGURE DIGITS: its median, or a dash where it was not measured.
middle() {
  if [ -e "$place/figures/$1" ]; then
    printf "%.$2f" "$(median <"$place/figures/$1")"
  else
    printf -- '-'
  fi
}

# ratio FIGURE FIGURE: the median of their ratios round by round, since a slow moment of the disk that
# both had is none of either's doing.
ratio() {
  if [ -e "$place/figures/$1" ] && [ -e "$place/figures/$2" ]; then
    printf '%.2f' "$(paste "$place/figures/$1" "$place/figures/$2" |
      awk 'NF == 2 && $2 > 0 { print $1 / $2 }' | median)"
  else
    printf -- '-'
  fi
}

show_head() {
  local kind
  kind="$(df --output=fstype "$place" | tail -n 1)"
  printf '\nLedger: bodies of 512 bytes, durable when answered; %s, %s processors, rounds: %s.\n' \
    "$kind" "$(nproc)" "$rounds_done"
  if [ "${#realtime[@]}" -gt 0 ]; then
    printf 'Every measured command ran under chrt -r 1.\n'
  else
    printf 'No measured command ran under chrt -r 1: whatever else ran is in the figures.\n'
  fi
  case "$kind" in
    tmpfs | ramfs) printf 'This is memory, where a flush costs nothing: set TMPDIR to a disk.\n' ;;
  esac
}

show_appends() {
  local callers rate=appends_per_second postgres
  printf '\nAppends a second (a ratio is ours divided by the other; above 1, ours is faster)\n\n'
  printf '| %7s | %7s | %7s | %7s | %7s | %7s | %7s | %8s | %10s | %8s | %10s |\n' callers ours \
    'p50 us' 'p99 us' commit growing '/ it' prepared '/ it' '/ sqlite' '/ postgres'
  printf '|--------:|--------:|--------:|--------:|--------:|--------:|--------:|---------:'
  printf '|-----------:|---------:|-----------:|\n'
  for callers in $callers_all; do
    case "$callers" in
      1) postgres=postgres.one ;;
      64) postgres=postgres.many ;;
      *) postgres=none ;;
    esac
    printf '| %7s | %7s | %7s | %7s | %7s | %7s | %7s | %8s | %10s | %8s | %10s |\n' "$callers" \
      "$(middle "ours.$callers.$rate" 0)" "$(middle "ours.$callers.p50_us" 0)" \
      "$(middle "ours.$callers.p99_us" 0)" \
      "$(middle "ours.$callers.entries_per_transaction" 1)" \
      "$(middle "grow.$callers.$rate" 0)" "$(ratio "ours.$callers.$rate" "grow.$callers.$rate")" \
      "$(middle "prealloc.$callers.$rate" 0)" \
      "$(ratio "ours.$callers.$rate" "prealloc.$callers.$rate")" \
      "$(ratio "ours.$callers.$rate" "sqlite.$rate")" \
      "$(ratio "ours.$callers.$rate" "$postgres")"
  done
  printf '\n"commit" is how many entries one transaction makes durable. The floors, "growing" and\n'
  printf '"prepared": group commit into a flat file that grows, or that was filled with zeros before.\n'
  printf 'SQLite has one writer, so every row is compared with its one caller: '
  printf '%s/s (p50 %s us, p99 %s us).' "$(middle "sqlite.$rate" 0)" "$(middle sqlite.p50_us 0)" \
    "$(middle sqlite.p99_us 0)"
  if [ -e "$place/figures/postgres.one" ]; then
    printf '\nPostgreSQL, which chains nothing: %s/s with 1 client, %s/s with 64.' \
      "$(middle postgres.one 0)" "$(middle postgres.many 0)"
  fi
  printf '\n'
}

show_sizes() {
  local size figure
  printf '\nSizes, 64 callers (the floor hashes the records of a flat file again, on two threads)\n\n'
  printf '| %8s | %9s | %9s | %9s | %9s | %7s | %8s | %4s |\n' entries appends/s 'us each' verify/s \
    floor '/ floor' 'proof us' runs
  printf '|---------:|----------:|----------:|----------:|----------:|--------:|---------:|-----:|\n'
  for size in $sizes; do
    figure="$place/figures/size.$size.appends_per_second"
    printf '| %8s | %9s | %9s | %9s | %9s | %7s | %8s | %4s |\n' "$size" \
      "$(middle "size.$size.appends_per_second" 0)" \
      "$(awk '{ print 1000000 / $1 }' "$figure" | median | xargs printf '%.1f')" \
      "$(middle "size.$size.verify_entries_per_second" 0)" \
      "$(middle "verify.$size.records_per_second" 0)" \
      "$(ratio "size.$size.verify_entries_per_second" "verify.$size.records_per_second")" \
      "$(middle "size.$size.proof_us" 1)" "$(wc -l <"$figure")"
  done
}

show_logs() {
  local what rate=appends_per_second
  printf '\nThree logs at once, a process and 64 callers each: the sum of their appends a second\n\n'
  printf '| %-8s | %9s | %9s | %7s |\n' what alone three '/ alone'
  printf '|----------|----------:|----------:|--------:|\n'
  for what in ours grow; do
    printf '| %-8s | %9s | %9s | %7s |\n' "${what/grow/growing}" "$(middle "$what.64.$rate" 0)" \
      "$(middle "$what.three.$rate" 0)" "$(ratio "$what.three.$rate" "$what.64.$rate")"
  done
}

show_missing() {
  printf '\nNot measured: immudb, which Debian does not have.\n'
  if [ ! -e "$place/figures/postgres.one" ]; then
    printf 'Not measured: PostgreSQL, which is not installed or did not start (make setup-bench).\n'
  fi
}

main() {
  local callers round begun
  readonly charter="${CHARTER:-$here/.build/release/charter}"
  if [ -z "${CHARTER:-}" ]; then
    note "building charter for release…"
    "$swift" build --configuration release --product charter >&2
  fi
  cc -O2 -Wall -Wextra -Werror -o "$place/floor" Tests/Benchmarks/ledger_floor.c -lcrypto -lsqlite3 \
    -lpthread

  SECONDS=0
  for callers in $callers_all; do entries[$callers]="$(entries_for "$callers")"; done
  for ((round = 1; round <= rounds; round++)); do
    note "round $round of $rounds…"
    begun="$SECONDS"
    measure_round
    rounds_done="$round"
    if ((round < rounds && SECONDS + SECONDS - begun > budget)); then
      note "no further round: it would not end within $budget seconds"
      break
    fi
  done

  show_head
  show_appends
  show_sizes
  show_logs
  show_missing
}

main "$@"
