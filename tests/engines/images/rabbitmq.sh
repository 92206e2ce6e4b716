#!/bin/sh
# What the official image does: the server itself honours RABBITMQ_DEFAULT_USER, _PASS and _VHOST.
set -eu
[ "${1:-rabbitmq-server}" = rabbitmq-server ] || exec "$@"
export HOME=/var/lib/rabbitmq RABBITMQ_LOGS=-
mkdir -p "$HOME/mnesia"
chown -R rabbitmq:rabbitmq "$HOME" /var/log/rabbitmq
exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups --no-new-privs /usr/lib/rabbitmq/bin/rabbitmq-server
