#!/usr/bin/env bash
# Print the name of a Python that is new enough, or nothing. `--explain` says what is needed.
set -euo pipefail

case "${1:-}" in
    --explain)
        echo "runtide needs Python 3.11 or newer, and found $(python3 --version 2>/dev/null || echo none):" \
             "install one, or name it: make PYTHON=/path/to/python3.12" >&2
        exit ;;
    --explain-venv)
        echo "this Python cannot make virtual environments:" \
             "install its venv module (on Debian: apt-get install python3-venv)" >&2
        exit ;;
esac

for name in python3 python3.13 python3.12 python3.11 python3.14 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "$name"
        exit
    fi
done
