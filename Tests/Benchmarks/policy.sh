#!/usr/bin/env bash
# Measures a policy's decision beside other engines and beside a floor: reading the input at all, by the
# fastest JSON parser we know of (policy_floor.cc). JSON text goes in, the result comes out, everything
# is loaded before; one thread. Nothing is asserted.
#
#   make bench            SECONDS_EACH=2 is the default
#   make setup-bench      installs the floor's parser; the other engines come with
#                         python3 -m venv V && V/bin/pip install cedarpy regopy
#                         and PYTHON=V/bin/python; an `opa` on PATH is measured too
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
readonly here="$PWD" swift="${SWIFT:-swift}" python="${PYTHON:-python3}"
readonly seconds="${SECONDS_EACH:-2}"
readonly place="$(mktemp -d "${TMPDIR:-/tmp}/charter-bench.XXXXXX")"
trap 'rm -rf -- "$place"' EXIT

note() { printf '%s\n' "$*" >&2; }

field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]] / 1000)' "$1"; }

# peer NAME POLICY QUERY INPUT: median microseconds, 'fails' where it gives no answer, nothing where it is not
# installed.
peer() {
  if "$python" -c "import $1" 2>/dev/null; then
    timeout 60 "$python" Tests/Benchmarks/policy_peers.py "$@" 100000 2>"$place/errors" |
      cut -d' ' -f1 || printf 'fails'
  fi
}

# OPA's own benchmark leaves the reading of the input out; it is given that advantage.
opa_time() {
  command -v opa >/dev/null || return 0
  opa bench --format json --count 1 --data "$1" --input "$3" "$2" 2>/dev/null | python3 -c \
    'import json, sys; d = json.load(sys.stdin); print(d["T"] / d["N"] / 1000)' 2>/dev/null || true
}

show() {
  case "$1" in
    '') printf -- '-' ;;
    fails) printf 'fails' ;;
    *) printf '%.1f' "$1" ;;
  esac
}

times() {
  case "$1" in
    '' | fails) printf -- '-' ;;
    *) awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }' ;;
  esac
}

main() {
  readonly charter="${CHARTER:-$here/.build/release/charter}"
  if [ -z "${CHARTER:-}" ]; then
    note "building charter for release…"
    "$swift" build --configuration release --product charter >&2
  fi
  local has_floor=yes
  c++ -O3 -o "$place/floor" Tests/Benchmarks/policy_floor.cc -lsimdjson 2>/dev/null || {
    note "no floor: make setup-bench installs libsimdjson-dev"
    has_floor=
  }
  python3 Tests/Benchmarks/policy_inputs.py "$place/inputs"

  printf '\nDecisions, microseconds (median; "x" is how many times as long as ours)\n\n'
  printf '| %-15s | %9s | %9s | %8s | %9s | %10s | %7s | %9s | %7s | %9s | %7s |\n' case ours cold \
    floor '/ floor' regopy x cedarpy x opa x
  printf '|%s|' "$(printf -- '-%.0s' {1..17})"
  printf -- '---------:|%.0s' {1..10}
  printf '\n'
  local case name policy query input ours cold floor other cedar opa answer
  for case in rbac-1k:allow rbac-100k:allow terraform-1k:result terraform-100k:result \
    terraform-1m:result repository-1k:deny repository-100k:deny join-300:result; do
    name="${case%%:*}"
    policy="Tests/Benchmarks/policies/${name%%-*}.rego"
    query="data.${name%%-*}.${case##*:}"
    input="$place/inputs/$name.json"
    answer="$("$charter" policy bench "$query" --bundle "$policy" --input "$input" \
      --seconds "$seconds" --json)"
    ours="$(field median_nanoseconds <<<"$answer")"
    cold="$(field cold_nanoseconds <<<"$answer")"
    floor=
    [ -z "$has_floor" ] || floor="$("$place/floor" "$input" 100000 | cut -d' ' -f1)"
    # regopy needs a minute for a megabyte.
    other=
    [ "$name" = terraform-1m ] || other="$(peer regopy "$policy" "$query" "$input")"
    cedar=
    [ "${name%%-*}" != rbac ] || cedar="$(peer cedarpy "$policy" "$query" "$input")"
    opa="$(opa_time "$policy" "$query" "$input")"
    printf '| %-15s | %9s | %9s | %8s | %9s | %10s | %7s | %9s | %7s | %9s | %7s |\n' "$name" \
      "$(show "$ours")" "$(show "$cold")" "$(show "$floor")" \
      "$(times "$ours" "${floor:-1}")" "$(show "$other")" "$(times "$other" "$ours")" \
      "$(show "$cedar")" "$(times "$cedar" "$ours")" "$(show "$opa")" "$(times "$opa" "$ours")"
  done
}

main "$@"
