#!/bin/sh
# What the official image does: a command of vault's own needs no name of the program.
set -eu
case "${1:-server}" in
server | kv | status | login | read | write | operator | -*) exec vault "$@" ;;
esac
exec "$@"
