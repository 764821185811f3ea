#!/bin/sh
# Makes the virtual environment VENV, or keeps the one that is there, and puts uv into it.
# Usage: tools/make_venv.sh VENV   ($PYTHON, if set, names the interpreter to use)
set -eu

venv=$1
root=$(dirname "$0")/..

is_supported() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_supported "$PYTHON" || {
            echo "PYTHON=$PYTHON is not a Python 3.11 or later." >&2
            return 1
        }
        echo "$PYTHON"
        return
    fi
    for candidate in python3.11 python3 python python3.12 python3.13 python3.14; do
        if is_supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "No Python 3.11 or later was found on PATH." >&2
    echo "Install one, or name it: make PYTHON=/path/to/python3.11" >&2
    return 1
}

if ! is_supported "$venv/bin/python"; then
    python=$(find_python)
    "$python" -m venv --clear "$venv" || {
        echo "$python cannot make a virtual environment; on Debian, install python3-venv." >&2
        exit 1
    }
fi

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    "$venv/bin/python" -m ensurepip --upgrade >/dev/null
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --require-hashes --requirement "$root/requirements/uv.txt"
