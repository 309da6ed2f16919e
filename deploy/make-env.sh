#!/bin/sh
# Writes deploy/compose.env, the settings of compose.yaml, with passwords of its own making. A file
# that is there is left alone: the database was made with its passwords.
set -eu
cd "$(dirname "$0")"
umask 077

if [ -e compose.env ]; then
    echo "deploy/compose.env is there already." >&2
    exit 0
fi

password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

database=$(password)
broker=$(password)
flower=$(password)
while IFS= read -r line; do
    case $line in
        POSTGRES_PASSWORD=*) line="POSTGRES_PASSWORD=$database" ;;
        REDIS_PASSWORD=*) line="REDIS_PASSWORD=$broker" ;;
        FLOWER_BASIC_AUTH=*) line="FLOWER_BASIC_AUTH=apostil:$flower" ;;
        DATABASE_URL=*) line="DATABASE_URL=postgresql://apostil:$database@postgres:5432/apostil" ;;
        CELERY_BROKER_URL=*) line="CELERY_BROKER_URL=redis://:$broker@redis:6379/0" ;;
        CELERY_RESULT_BACKEND=*) line="CELERY_RESULT_BACKEND=redis://:$broker@redis:6379/1" ;;
    esac
    printf '%s\n' "$line"
done < compose.env.example > compose.env.new
mv compose.env.new compose.env
echo "Made deploy/compose.env; only you can read it."
