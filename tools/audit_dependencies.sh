#!/usr/bin/env bash
# Ask the advisory databases about every pinned dependency.
#
#     tools/audit_dependencies.sh PIP_AUDIT NPM
#
# Fails where one has a known weakness. Where a database does not answer it says so, and does not fail:
# that a machine has no way out is no weakness of ours.
set -euo pipefail

pip_audit="$(realpath "$1")" npm="$2"
cd "$(dirname "$0")/.."
said="$(mktemp)"
trap 'rm -f "$said"' EXIT
status=0

# judge WHAT UNREACHABLE COMMAND...
judge() {
    local what="$1" unreachable="$2"
    shift 2
    if "$@" >"$said" 2>&1; then
        echo "$what: $(tail -1 "$said")"
    elif grep -q "$unreachable" "$said"; then
        echo "$what: not audited, as no advisory database answered"
    else
        echo "$what:"
        cat "$said"
        status=1
    fi
}

judge "Python packages" 'ConnectionError\|ServiceError\|ReadTimeout' \
    timeout 300 "$pip_audit" --vulnerability-service osv --progress-spinner off \
    --disable-pip --no-deps --requirement constraints.txt
judge "npm packages" 'audit endpoint returned an error\|ENOTFOUND\|ETIMEDOUT' \
    timeout 120 "$npm" --prefix dashboard audit --audit-level high
exit "$status"
