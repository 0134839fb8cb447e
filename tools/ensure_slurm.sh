#!/usr/bin/env bash
# Find Slurm for the tests of its engine, or install it where that needs no password.
set -euo pipefail

PATH="$PATH:/usr/sbin:/usr/local/sbin"
if command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null; then
    exit
fi

as_root=()
if [[ $(id -u) != 0 ]]; then
    as_root=(sudo --non-interactive)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    echo "▸ setup: no Slurm: programs of the same names stand in for it" >&2
    exit
fi

echo "▸ setup: Slurm, by apt-get"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update &&
       "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
           apt-get install --yes --no-install-recommends slurmctld slurmd slurm-client munge; } \
       >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    exit 1
fi
