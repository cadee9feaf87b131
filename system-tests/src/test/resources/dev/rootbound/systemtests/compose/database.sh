set -e
PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)
data=/var/lib/postgresql/data
if [ ! -e $data/PG_VERSION ]; then
    echo "$PASSWORD" >/tmp/password
    initdb -U notes -A scram-sha-256 --pwfile=/tmp/password -N -D $data
    echo 'host all all all scram-sha-256' >>$data/pg_hba.conf
    echo 'create database notes' | postgres --single -D $data postgres
    echo 'create table notes (id serial, note text)' | postgres --single -D $data notes
fi
exec postgres -D $data -c listen_addresses='*'
