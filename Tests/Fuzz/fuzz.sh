#!/usr/bin/env bash
# Feeds policies and inputs that a machine makes up to the parser, the formatter, the compiler and the
# evaluator, with the address sanitizer watching. Stops at the first crash, hang, leak or broken
# promise, and leaves the input that showed it.
#
#   FUZZ_SECONDS   how long (600)
#   FUZZ_SEEDS     a folder of further seeds: a policy, or a policy, a line '--- input ' and an input
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${FUZZ_SECONDS:-600}
build=.build/fuzz
mkdir -p "$build/corpus" "$build/seeds"

settings=(
    -swift-version 6 -package-name charter -parse-as-library -O -g -whole-module-optimization
    -sanitize=address,fuzzer -I "$build" -I Sources/Base/COpenSSL
    -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility
    -enable-upcoming-feature NonisolatedNonsendingByDefault
)

# module <name> <folder>: one object and one module file, made anew when a source of it is newer, or
# when a module above it was made anew.
isNew=
module() {
    local name=$1 folder=$2
    if [[ -n $isNew || ! -e $build/$name.o ||
        -n $(find "$folder" -name '*.swift' -newer "$build/$name.o") ]]; then
        echo "compiling $name"
        isNew=1
        find "$folder" -name '*.swift' -print0 | sort -z |
            xargs -0 swiftc "${settings[@]}" -module-name "$name" -emit-module \
                -emit-module-path "$build/$name.swiftmodule" -c -o "$build/$name.o"
    fi
}

module Canon Sources/Base/Canon
module Patterns Sources/Base/Patterns
module Crypto Sources/Base/Crypto
module Law Sources/Constitution/Law
module Rego Sources/Constitution/Rego
module Fuzz Tests/Fuzz
swiftc -sanitize=address,fuzzer "$build"/{Canon,Patterns,Crypto,Law,Rego,Fuzz}.o \
    -o "$build/fuzz" -lssl -lcrypto 2> "$build/link.log" || { cat "$build/link.log"; exit 1; }

# Each policy with a verdict is a seed.
awk -v out="$build/seeds/" '
    /^=== / { number++; file = out FILENAME "-" number; gsub(".*/", out, file); next }
    /^\+\+\+ / || /^\[v0\]$/ { next }
    { print > file }
' Tests/Vectors/rego-verdicts/*.txt

folders=("$build/corpus" "$build/seeds")
if [[ -n ${FUZZ_SEEDS:-} ]]; then folders+=("$FUZZ_SEEDS"); fi
export LSAN_OPTIONS=suppressions=Tests/Fuzz/leaks.txt:print_suppressions=0
exec "$build/fuzz" "${folders[@]}" -dict=Tests/Fuzz/rego.dict -artifact_prefix="$build/" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1
