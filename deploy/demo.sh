#!/usr/bin/env bash
# The law at work, in one minute: a new governed root, and what happens to whoever breaks it.
# Every step says which exit code must follow and stops loudly when another one does.
# FAST=1 makes no pauses; there are none anyway unless a person is watching.
set -uo pipefail

readonly charter="${CHARTER:-$(cd "$(dirname "$0")/.." && pwd)/.build/debug/charter}"
readonly place="$(mktemp -d "${TMPDIR:-/tmp}/charter-demo.XXXXXX")"
readonly root="$place/root"
export XDG_STATE_HOME="$place/state"
step=0

if [ -t 1 ]; then
  readonly bold=$'\e[1m' plain=$'\e[0m'
else
  readonly bold="" plain=""
fi

pause() {
  if [ -t 1 ] && [ "${FAST:-0}" != 1 ]; then sleep "$1"; fi
}

tell() {
  step=$((step + 1))
  printf '\n%s%d. %s%s\n' "$bold" "$step" "$1" "$plain"
  shift
  [ "$#" -eq 0 ] || printf '   %s\n' "$@"
  pause 2
}

fail() {
  printf '\nThe demonstration failed at step %d: %s\nThe root is kept at %s\n' \
    "$step" "$1" "$root" >&2
  exit 1
}

# expect CODE WORDS…: runs charter in the root; exit CODE must follow.
expect() {
  local wanted="$1" code=0
  shift
  printf '   $ charter %s\n' "$*"
  (cd "$root" && "$charter" "$@") 2>&1 | sed 's/^/     /'
  code="${PIPESTATUS[0]}"
  [ "$code" -eq "$wanted" ] || fail "charter $* ended with $code, and $wanted was expected."
  printf '   (exit %d)\n' "$code"
  pause 1
}

# expect_says CODE TEXT WORDS…: as expect, and the answer must contain TEXT.
expect_says() {
  local wanted="$1" text="$2" code=0 answer
  shift 2
  printf '   $ charter %s\n' "$*"
  answer="$(cd "$root" && "$charter" "$@" 2>&1)" || code=$?
  sed 's/^/     /' <<<"$answer"
  [ "$code" -eq "$wanted" ] || fail "charter $* ended with $code, and $wanted was expected."
  grep -qiF -- "$text" <<<"$answer" || fail "charter $* did not say \"$text\"."
  printf '   (exit %d)\n' "$code"
  pause 1
}

do_it() {
  printf '   $ %s\n' "$1"
  (cd "$root" && bash -c "$1") || fail "$1 did not work."
}

# Makes the canary of Tests/Canary in a root of its own, packed, and says whose key signed it.
make_canary() {
  local maker="$place/maker" canary path
  canary="$(cd "$(dirname "$0")/.." && pwd)/Tests/Canary"
  "$charter" init "$maker" --id maker
  mkdir -p "$maker/agents/canary"
  cp -R "$canary/files/." "$maker/agents/canary/"
  cp "$canary/SPEC-CANARY.json" "$maker/registries/specs/"
  cp "$canary/PKG-CANARY.json" "$maker/registries/packages/"
  find "$maker/agents/canary" -name .file_registry.csv -delete
  for path in agents/canary/src/canary.py registries/specs/SPEC-CANARY.json \
    registries/packages/PKG-CANARY.json; do
    sed -i 's/VERSION/1.0.0/' "$maker/$path"
  done
  cd "$maker" || return
  "$charter" owner assign registries/specs/SPEC-CANARY.json registries/packages/PKG-CANARY.json \
    --package PKG-REGISTRIES
  "$charter" owner assign agents/canary --package PKG-CANARY
  "$charter" registry compile --accept
  "$charter" package signer add
  "$charter" package pack PKG-CANARY --output "$place/dist"
  builder_key="$("$charter" package signer list --json | sed -E 's/.*"builder_key":"([^"]*)".*/\1/')"
  cd - >/dev/null || return
}

[ -x "$charter" ] || { echo "There is no $charter; run make build first." >&2; exit 1; }

printf '%sCharter: nothing exists that is not accounted for.%s\n' "$bold" "$plain"

tell "A new governed root" \
  "A law as data, an owner for every file, a registry compiled from both."
printf '   $ charter init %s\n' "$root"
"$charter" init "$root" 2>&1 | sed 's/^/     /'
[ "${PIPESTATUS[0]}" -eq 0 ] || fail "charter init did not end with 0."
printf '   (exit 0)\n'
pause 1

tell "Is the disk what the registry says?" \
  "Ownership, hashes, links, packages, gates: five passes, fail closed."
expect 0 integrity check

tell "A file appears that nobody answers for" "It need not be harmful. It is enough that it is there."
do_it "mkdir docs && printf 'Remember the milk.\n' > docs/notes.md"
expect_says 1 docs/notes.md integrity check

tell "What does the law say about it?"
expect_says 1 nobody explain docs/notes.md

tell "A package takes it on" \
  "Ownership is one row; the registry is compiled again; then the root is in order."
package=PKG-DOCS
expect 0 owner assign docs/notes.md --package "$package"
expect 0 registry compile --accept
expect 0 integrity check
expect_says 0 "$package" chain docs/notes.md

tell "One byte changes" "Same file, same owner, same size; not the same file."
do_it "cp docs/notes.md '$place/notes.before' && sed -i 's/milk/silk/' docs/notes.md"
expect_says 1 docs/notes.md integrity check

tell "It is put back"
do_it "cp '$place/notes.before' docs/notes.md"
expect 0 integrity check

tell "The root is sealed" \
  "One number stands for every file, and a signature for the number."
expect 0 seal
expect 0 seal verify

tell "Somebody edits the compiled registry by hand" \
  "The registries are files too: their hashes are in another registry, and that one's in the seal."
registry=registries/file_ownership_registry.csv
do_it "cp $registry '$place/registry.before' && sed -i 's/docs\/notes.md/docs\/n0tes.md/' $registry"
expect 1 integrity check
do_it "cp '$place/registry.before' $registry"
expect 0 integrity check

tell "A stray file is moved aside" "Never deleted: somebody may want it back."
do_it "printf 'stray\n' > docs/stray.txt"
expect 1 integrity check
expect_says 0 docs/stray.txt quarantine
expect 0 integrity check

tell "A policy decides" \
  "Rules in Rego, with their own tests; a decision names the rule, its line and the next step."
expect 0 policy test registries/bundles/charter
request='{"operation":"update","subject":{"id":"mia"},"target":{"id":"ENV-1",'
request+='"entity_type":"environment","stage":"prod"},"approvals":[]}'
do_it "printf '%s\n' '$request' > '$place/request.json'"
expect_says 1 production.rego policy decide data.charter.production.decision \
  --bundle registries/bundles/charter --input "$place/request.json"

tell "A package comes from another root" \
  "Its maker proves it, packs it and signs it. Here the law must name the key, or nobody takes it."
make_canary >"$place/maker.log" 2>&1 || fail "the canary could not be made; see $place/maker.log."
archive="$place/dist/canary-1.0.0.tar.zst"
expect_says 1 packages.unknown-signer package install "$archive"
expect 0 package signer add "$builder_key"
expect_says 0 agents/canary/README.md package install "$archive" --dry-run

tell "The sealed root takes it, wholly" \
  "A sealed root changes through operations only; each is judged first, and no crash tears it."
expect 0 version checkpoint --note "before the canary"
expect 0 package install "$archive"
expect 0 integrity check
expect_says 0 PKG-CANARY package list

tell "Somebody changes a file inside the archive"
do_it "cd '$place' && zstd -qdc dist/canary-1.0.0.tar.zst | sed 's/tweet/tweak/' | zstd -q > dist/changed.tar.zst && cp dist/canary-1.0.0.tar.zst.intoto.jsonl dist/changed.tar.zst.intoto.jsonl"
expect_says 1 packages.content-differs package verify "$place/dist/changed.tar.zst"

tell "The root goes back, byte for byte"
state="$(cd "$root" && "$charter" version list --json | sed -E 's/.*"id":"(VER-[0-9]+)".*/\1/')"
expect 0 version rollback "$state"
expect 0 integrity check

tell "What was done is on record" \
  "Each change was written down before it happened and again when it had; the record is signed."
expect_says 0 owner_assign ledger query
expect_says 0 changed explain docs/notes.md
expect 0 ledger verify

tell "Somebody rewrites the record"
do_it "cp -a ledger/root '$place/log.before' && sqlite3 ledger/root/log.sqlite3 \"UPDATE entry SET body = x'7b7d' WHERE idx = 1\""
expect_says 1 body-edited ledger verify
do_it "rm -r ledger/root && cp -a '$place/log.before' ledger/root"
expect 0 ledger verify

tell "Three planes run under this law" \
  "Three processes, each behind walls of the kernel. They talk in words, and each keeps what it said."
trap '"$charter" down --root "$root" >/dev/null 2>&1 || true' EXIT
expect_says 0 ready up --detach
expect_says 0 "First Order says" ask hot "How do things stand?" --via meta,first_order
expect_says 1 planes.boundary-receive ask first_order "How do things stand?"
do_it "cp planes/meta/tier.json '$place/tier.before' && echo >> planes/meta/tier.json"
do_it "until '$charter' status | grep -q HALTED; do :; done"
expect_says 1 planes/meta/tier.json status
do_it "cp '$place/tier.before' planes/meta/tier.json"
expect 0 resume meta
expect 0 down
expect_says 0 reconciled ledger reconcile

tell "Where to go next"
cat <<TEXT
   The root is kept at $root
     cd $root
     $charter integrity check --json
     $charter registry show docs
     $charter explain registries/root.json
   A policy of your own:    docs/tutorials/policy.md
   What every command does: $charter --help, and docs/commands.md
   How it is built:         docs/ARCHITECTURE.md
TEXT
