#!/bin/sh
# Starts as root, who owns the volume's root, and goes on as postgres.
set -e
if [ "$1" = postgres ] && [ "$(id -u)" = 0 ]; then
    chown postgres:postgres "$PGDATA"
    chmod 700 "$PGDATA"
    exec gosu postgres "$0" "$@"
fi
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --no-sync --auth=trust >/dev/null
    echo 'host all all all trust' >>"$PGDATA/pg_hba.conf"
fi
exec "$@"
