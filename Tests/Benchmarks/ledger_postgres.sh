#!/usr/bin/env bash
# Measures a plain durable insert of 512 bytes into PostgreSQL: prepared, one transaction each, with 1
# and with 64 clients. No chain, no proof, nothing to verify. The server is private: its cluster and its
# socket lie in a temporary directory that goes away with it, and it listens to no network.
#
#   Tests/Benchmarks/ledger_postgres.sh    SECONDS_EACH=2 is the default; TMPDIR says on which disk
#
# Prints {"one":…,"many":…,"version":"…"}, inserts a second, and nothing where PostgreSQL is not installed.
set -euo pipefail

readonly many=64
# pgbench counts in whole seconds.
seconds="$(awk -v s="${SECONDS_EACH:-2}" 'BEGIN { print (s > 1 ? int(s + 0.5) : 1) }')"
readonly seconds

# Debian keeps the server's programs off PATH, in a directory for each version.
binaries="$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1 || true)"
readonly binaries
if [ ! -x "$binaries/initdb" ] || [ ! -x "$binaries/pgbench" ]; then exit 0; fi

place="$(mktemp -d "${TMPDIR:-/tmp}/charter-postgres.XXXXXX")"
readonly place

stop_server() {
  if [ -e "$place/cluster/postmaster.pid" ]; then
    as_owner "$binaries/pg_ctl" stop --silent --pgdata="$place/cluster" --mode=immediate \
      >/dev/null 2>&1 || true
  fi
  rm -rf -- "$place"
}
trap stop_server EXIT

# The server refuses to run as root. It then belongs to the user its package made.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Whatever these programs say is only worth reading when they fail.
quietly() {
  as_owner "$@" >"$place/said" 2>&1 || {
    printf 'PostgreSQL is not measured: %s failed:\n' "$(basename "$1")" >&2
    tail -n 5 "$place/said" >&2
    exit 1
  }
}

inserts_a_second() {
  quietly "$binaries/pgbench" --host="$place" --username=postgres --no-vacuum \
    --protocol=prepared --file="$place/insert.sql" --client="$1" --jobs="$(($1 > 1 ? 2 : 1))" \
    --time="$seconds" postgres
  sed -nE 's/^tps = ([0-9.]+).*/\1/p' "$place/said"
}

main() {
  # pgbench and the server read the current directory, which their user may not be allowed to.
  cd "$place"
  # The server makes the body itself: reading it from the socket would only cost it time.
  printf "INSERT INTO log (body) VALUES (repeat('x', 512));\n" >insert.sql
  if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$place"; fi

  # Durability is the default (fsync and synchronous_commit are on). More memory for pages than the
  # default is what everybody gives it.
  quietly "$binaries/initdb" --pgdata=cluster --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C
  cat >>cluster/postgresql.conf <<TEXT
listen_addresses = ''
unix_socket_directories = '$place'
max_connections = $((many + 10))
shared_buffers = 256MB
TEXT
  quietly "$binaries/pg_ctl" start --wait --pgdata="$place/cluster" --log="$place/log"
  quietly "$binaries/psql" --host="$place" --username=postgres --quiet --command \
    'CREATE TABLE log (number bigserial PRIMARY KEY, body text NOT NULL)' postgres

  local one all version
  one="$(inserts_a_second 1)"
  all="$(inserts_a_second "$many")"
  version="$("$binaries/postgres" --version | sed -E 's/^[^0-9]*([0-9.]+).*/\1/')"
  printf '{"one":%s,"many":%s,"version":"%s"}\n' "$one" "$all" "$version"
}

main "$@"
