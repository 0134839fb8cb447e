#!/usr/bin/env bash
# Print the lines of constraints.txt that pin one package, with their hashes.
set -euo pipefail

awk -v name="$1" '
    /^[^ #]/ { wanted = index($0, name "==") == 1 }
    wanted && !/^ *#/
' "$(dirname "$0")/../constraints.txt"
