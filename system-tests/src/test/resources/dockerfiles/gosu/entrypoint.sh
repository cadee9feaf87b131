#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
    chown -R application: /data
    exec gosu application "$0" "$@"
fi
echo "gosu answers as $(id -un)" >/data/index.html
exec "$@"
