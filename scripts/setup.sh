#!/bin/sh
# Installs the locked packages and Apostil itself into .venv. Usage: setup.sh run|dev
#
# The copy of the locks kept beside the packages makes a second call a comparison of two files.
# It works without root, in a path with any letters, and once installed without a network.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-dev}
uv_version=0.13.9
stamp=.venv/.installed
case $kind in
    run) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "usage: setup.sh run|dev" >&2; exit 2 ;;
esac

# A checkout that was moved is set up again: the programs in .venv hold its old place.
wanted() { pwd; cat "$1" requirements-build.lock pyproject.toml scripts/setup.sh; }
is_installed() { [ -x .venv/bin/apostil ] && wanted "$1" | cmp -s - "$stamp-$2"; }

# The developer's set contains everything the server needs.
if is_installed "$lock" "$kind" || is_installed requirements-dev.lock dev; then exit 0; fi

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    say "Apostil needs Python 3.11 or newer and found none. Install it, or name one: make setup PYTHON=/path/to/python3"
    exit 1
}

# uv from the machine, else a private one: it installs in seconds what pip installs in minutes.
find_uv() {
    for candidate in uv .tools/bin/uv; do
        if "$candidate" --version >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    say "Fetching uv $uv_version into .tools ..."
    if ! "$python" -m venv .tools >&2; then
        rm -rf .tools
        say "This Python cannot make environments. On Debian or Ubuntu: apt install python3-venv"
        exit 1
    fi
    .tools/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv_version" >&2
    echo .tools/bin/uv
}

export UV_PYTHON_DOWNLOADS=never
python=$(find_python)
uv=$(find_uv)

if [ "$(cat .venv/.place 2>/dev/null)" != "$PWD" ] || ! .venv/bin/python -c '' 2>/dev/null; then
    "$uv" venv --quiet --clear --python "$python" .venv
    pwd > .venv/.place
fi
say "Installing the locked packages ($lock) ..."
rm -f "$stamp-$kind"
VIRTUAL_ENV=$PWD/.venv
export VIRTUAL_ENV
# Compiled once here, so that the first start is as quick as the second.
"$uv" pip install --quiet --compile-bytecode --require-hashes -r "$lock"
"$uv" pip install --quiet --require-hashes -r requirements-build.lock
"$uv" pip install --quiet --no-deps --no-build-isolation --editable .
# A relative place of the sources: Python reads this file in the locale's encoding, and under
# LC_ALL=C an absolute path with a letter beyond ASCII would keep every program from starting.
for site in .venv/lib/python3*/site-packages; do echo ../../../../src > "$site/_editable_impl_apostil.pth"; done
wanted "$lock" > "$stamp-$kind"
say "Ready: .venv/bin/apostil"
