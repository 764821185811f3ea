#!/bin/sh
# Builds the source archive and the wheel from it, then uses the wheel as its users do: in an
# environment with the runtime dependencies only, away from this checkout.
set -eu

cd "$(dirname "$0")/.."
python=.venv/bin/python
dist=build/dist
wheel_env=build/wheel-env

rm -rf "$dist" "$wheel_env"
.venv/bin/uv --quiet build --no-build-isolation --python "$python" --out-dir "$dist"

files=$("$python" -m zipfile --list "$dist"/*.whl)
strangers=$(echo "$files" |
    awk 'NR > 1 && $1 !~ /^constructs_trainers(\/|-[^\/]*\.dist-info\/)/ { print $1 }')
if [ -n "$strangers" ]; then
    echo "The wheel holds files that are not the package's:" >&2
    echo "$strangers" >&2
    exit 1
fi
echo "$files" | grep -q '^constructs_trainers/py\.typed ' || {
    echo "The wheel has no constructs_trainers/py.typed: its types would not be seen." >&2
    exit 1
}

.venv/bin/uv --quiet venv --python "$python" "$wheel_env"
.venv/bin/uv --quiet pip install --python "$wheel_env/bin/python" \
    --no-verify-hashes --constraint requirements/dev.txt "$dist"/*.whl

wheel_bin=$PWD/$wheel_env/bin
cd "$dist"
"$wheel_bin/python" -c 'import constructs_trainers'
"$wheel_bin/constructs-trainers" --help >/dev/null
echo "The wheel installs, imports and answers: $(ls ./*.whl)"
