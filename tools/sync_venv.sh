#!/bin/sh
# Gives VENV exactly the packages of REQUIREMENTS, and this project itself as an editable install.
# Usage: tools/sync_venv.sh VENV REQUIREMENTS [--no-project]
set -eu

venv=$1
requirements=$2
project=${3:-}
root=$(dirname "$0")/..

# pip's settings name the index on machines that have one of their own; uv does not read them.
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    index=${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)}
    if [ -n "$index" ]; then
        export UV_DEFAULT_INDEX="$index"
    fi
fi
# Some of the files are large, and some networks slow.
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}"

uv() {
    "$venv/bin/uv" --quiet "$@"
}

# Compiled here once, and not by each of the processes that come first.
uv pip sync --python "$venv/bin/python" --compile-bytecode --require-hashes "$requirements"
[ "$project" = --no-project ] ||
    uv pip install --python "$venv/bin/python" --no-deps --no-build-isolation --editable "$root"
