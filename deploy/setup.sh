#!/usr/bin/env bash
# Brings a Debian or Ubuntu machine to where Charter builds: lists what is missing, installs it
# with apt-get, and says nothing when nothing is missing. It never installs Swift itself: a
# toolchain is chosen and verified by a person. Exit 2: something is missing and stays missing.
set -euo pipefail

export PATH="$PATH:/opt/swift/usr/bin"
readonly swift="${SWIFT:-swift}"
readonly swift_needed=6.2

# What each package is for, so that the list can be read before anything happens.
readonly wanted=(
  "make|runs the targets"
  "git|the repository's history"
  "pkg-config|finds the C libraries"
  "gcc|links programs, compiles the C floor of the benchmarks"
  "binutils|linker, used by the Swift toolchain"
  "libc6-dev|C headers, used by the Swift toolchain"
  "libxml2|needed by swift build"
  "libcurl4|needed by swift build"
  "libssl-dev|cryptography (OpenSSL 3)"
  "libsqlite3-dev|storage (SQLite)"
  "libarchive-dev|packages as tar files, compressed with zstd"
  "zstd|the zstd command, a second opinion on packages, for tests"
  "openssh-client|ssh-keygen, with which tests check signatures"
  "openssl|the openssl command, with which tests check signatures"
  "sqlite3|the sqlite3 command, with which tests and the demo tamper with a log"
  "golang-go|runs a verifier of logs that knows nothing of Charter, for tests"
  "golang-golang-x-mod-dev|the library of that verifier"
  "python3|a second opinion on CSV and JSON, for tests"
  "skopeo|carries packages as registries do, for tests"
  "python3-venv|a place for the libraries that verify packages, for tests"
  "nodejs|a second opinion on canonical JSON, for tests"
)
readonly wanted_for_bench=(
  "aide|the integrity checker we compare with"
  "g++|compiles the floor of the policy benchmark"
  "libsimdjson-dev|the JSON parser that is the floor of the policy benchmark"
  "libzstd-dev|compresses in the floor of the package benchmark"
)

# Libraries that know nothing of Charter and verify its packages, in versions that were tried.
readonly verifiers_place="$(dirname "${BASH_SOURCE[0]}")/../.build/verifiers"
readonly verifiers=(
  "securesystemslib==1.6.0" "cryptography==50.0.2" "in-toto-attestation==0.9.3"
  "cyclonedx-python-lib[validation]==11.12.0"
)

readonly peer="uv==0.13.9"

say() { printf '%s\n' "$*" >&2; }

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Ubuntu 24.04 renamed some libraries when their ABI changed, and libstdc++ carries a version.
installed_or_renamed() {
  is_installed "$1" || is_installed "$1t64" || { [ "$1" = pkg-config ] && is_installed pkgconf; }
}

missing=()
reasons=()
want() {
  installed_or_renamed "$1" && return
  # Programs that only tests call may come from anywhere.
  case "$1" in
    openssl | python3 | sqlite3) command -v "$1" >/dev/null && return ;;
    nodejs) command -v node >/dev/null && return ;;
  esac
  missing+=("$1")
  reasons+=("$2")
}

find_missing() {
  local entry
  for entry in "$@"; do want "${entry%%|*}" "${entry#*|}"; done
  if ! compgen -G '/usr/lib/gcc/*/*/libstdc++.so' >/dev/null; then
    local version=12
    command -v gcc >/dev/null && version="$(gcc -dumpversion | cut -d. -f1)"
    missing+=("libstdc++-$version-dev")
    reasons+=("C++ standard library, used by the Swift toolchain")
  fi
}

install_missing() {
  local run=() index
  say "Missing on this machine:"
  for index in "${!missing[@]}"; do
    say "$(printf '  %-18s %s' "${missing[$index]}" "${reasons[$index]}")"
  done
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "You are not root and there is no sudo. Ask an administrator to run:"
      say "  apt-get update && apt-get install ${missing[*]}"
      exit 2
    fi
    say "Installing them needs root: sudo may ask for your password."
    run=(sudo)
  fi
  say "Running: apt-get update && apt-get install ${missing[*]}"
  "${run[@]}" apt-get update --quiet --quiet || {
    say "apt-get update failed; without a network the packages above must be installed by hand."
    exit 2
  }
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet --no-install-recommends "${missing[@]}" >&2 || {
    say "apt-get could not install them; its message stands above."
    exit 2
  }
}

how_to_get_swift() {
  local machine suffix=""
  machine="$(uname -m)"
  [ "$machine" = aarch64 ] && suffix="-aarch64"
  say "Swift $swift_needed or later is needed, and $1."
  cat >&2 <<TEXT
Swift is not in Debian. The official toolchain for Debian 12 is at
https://www.swift.org/install/linux/ ; for version 6.3.1 the commands are:

  release=swift-6.3.1-RELEASE
  file=\$release-debian12$suffix.tar.gz
  site=https://download.swift.org/swift-6.3.1-release/debian12$suffix/\$release
  curl --fail --remote-name \$site/\$file --remote-name \$site/\$file.sig
  curl --fail https://www.swift.org/keys/all-keys.asc | gpg --import -
  gpg --verify \$file.sig \$file        # must say: Good signature
  sudo mkdir -p /opt/swift
  sudo tar -xzf \$file -C /opt/swift --strip-components=1
  export PATH=\$PATH:/opt/swift/usr/bin

For another distribution take its own file from that page. Then run make setup again.
TEXT
  exit 2
}

check_swift() {
  local words version
  command -v "$swift" >/dev/null || how_to_get_swift "there is no swift on PATH or in /opt/swift"
  words="$("$swift" --version 2>/dev/null)" || how_to_get_swift "$swift does not start"
  version="$(sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' <<<"$words" | head -n 1)"
  [ -n "$version" ] || how_to_get_swift "$swift does not say its version"
  [ "$(printf '%s\n' "$swift_needed" "$version" | sort -V | head -n 1)" = "$swift_needed" ] ||
    how_to_get_swift "$(command -v "$swift") is version $version"
}

# A package manager that the package benchmark compares with; whoever has no network measures without.
install_peers() {
  local place
  place="$(dirname "${BASH_SOURCE[0]}")/../.build/bench"
  [ -x "$place/bin/uv" ] && return
  say "Installing uv, which the package benchmark measures, into $place"
  rm -rf "$place"
  if ! python3 -m venv "$place" >&2 ||
    ! "$place/bin/pip" install --quiet --disable-pip-version-check "$peer" >&2; then
    say "It could not be installed; it is left out."
    rm -rf "$place"
  fi
}

install_verifiers() {
  [ -e "$verifiers_place/complete" ] && return
  say "Installing the libraries that verify packages, into $verifiers_place"
  rm -rf "$verifiers_place"
  if python3 -m venv "$verifiers_place" >&2 &&
    "$verifiers_place/bin/pip" install --quiet --disable-pip-version-check "${verifiers[@]}" >&2; then
    touch "$verifiers_place/complete"
  else
    # Nothing that is built needs them.
    say "They could not be installed; the tests that ask them are left out."
    rm -rf "$verifiers_place"
  fi
}

main() {
  if ! command -v dpkg-query >/dev/null; then
    local program
    for program in make git pkg-config gcc ld ssh-keygen; do
      command -v "$program" >/dev/null && continue
      say "$program is missing, and this is no Debian or Ubuntu: install it and run this again."
      exit 2
    done
    pkg-config --exists 'openssl >= 3' sqlite3 libarchive || {
      say "The headers of OpenSSL 3, SQLite or libarchive are missing: install them and run this again."
      exit 2
    }
  else
    find_missing "${wanted[@]}"
    if [ "${1:-}" = --bench ]; then
      for entry in "${wanted_for_bench[@]}"; do want "${entry%%|*}" "${entry#*|}"; done
    fi
    if [ "${#missing[@]}" -gt 0 ]; then install_missing; fi
  fi
  check_swift
  if [ "${1:-}" = --tests ]; then install_verifiers; fi
  if [ "${1:-}" = --bench ]; then install_peers; fi
}

main "$@"
