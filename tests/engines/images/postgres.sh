#!/bin/sh
# What the official image does with its variables: a database on the first start, open to its network by password.
set -eu
: "${PGDATA:=/var/lib/postgresql/data}" "${POSTGRES_USER:=postgres}"
: "${POSTGRES_DB:=$POSTGRES_USER}" "${POSTGRES_PASSWORD:?is needed}"
export PGDATA
[ "${1:-postgres}" = postgres ] || exec "$@"
mkdir -p "$PGDATA"
chown -R postgres "$PGDATA"
chmod 700 "$PGDATA"
as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups --no-new-privs "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    secret=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" >"$secret"
    chown postgres "$secret"
    as_postgres initdb --username="$POSTGRES_USER" --pwfile="$secret" --auth-host=scram-sha-256 --auth-local=trust \
        --encoding=UTF8 --no-sync
    rm "$secret"
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    # Only its own socket until all is there: whoever waits for it would else meet a server without the database.
    as_postgres pg_ctl --wait --silent --options="-c listen_addresses='' -k /tmp" start
    [ "$POSTGRES_DB" = postgres ] || as_postgres createdb --host=/tmp --username="$POSTGRES_USER" "$POSTGRES_DB"
    as_postgres pg_ctl --wait --silent stop
fi
mkdir -p /run/postgresql
chown postgres /run/postgresql
exec setpriv --reuid=postgres --regid=postgres --init-groups --no-new-privs \
    postgres -c "listen_addresses=*" -k /run/postgresql
