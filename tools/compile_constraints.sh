#!/usr/bin/env bash
# Resolve every extra and group for every platform into constraints.txt.
#
#     tools/compile_constraints.sh UV [--upgrade]
#
# Pins that still fit are kept; `make constraints ARGS=--upgrade` takes the newest.
set -euo pipefail

uv="$(realpath "$1")"
shift
cd "$(dirname "$0")/.."
groups=(test lint bench audit tools node)

# The header would name the command and the annotations their source: neither may carry a
# registry's address, whatever the machine's own settings are.
"$uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 \
    --all-extras "${groups[@]/#/--group=}" \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
    --output-file constraints.txt "$@"

if grep --line-number '://' constraints.txt; then
    echo "constraints.txt names an address: pin that package by version" >&2
    exit 1
fi
echo "constraints.txt pins $(grep --count '^[^ #].*==' constraints.txt) packages"
