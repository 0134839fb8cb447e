#!/usr/bin/env bash
# Find Chromium for the page's tests, or install it where that needs no password.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        exit
    fi
done

as_root=()
if [[ $(id -u) != 0 ]]; then
    as_root=(sudo --non-interactive)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    echo "the page's tests need Chromium: install it (on Debian: apt-get install chromium)," \
         'or leave them out: .venv/bin/pytest -m "not browser"' >&2
    exit 1
fi

echo "▸ setup: Chromium, by apt-get"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update &&
       "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
           apt-get install --yes --no-install-recommends chromium fonts-dejavu-core; } \
       >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    exit 1
fi
