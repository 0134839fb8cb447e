#!/usr/bin/env bash
# Put Apache Kafka's jars into VENV/kafka, with Java and Maven from apt where they are missing.
#
#     tools/ensure_kafka.sh VENV
set -euo pipefail

target="$(realpath "$1")/kafka"
pom="$(dirname "$(realpath "$0")")/kafka/pom.xml"

missing=()
command -v java >/dev/null || missing+=(default-jre-headless)
command -v mvn >/dev/null || missing+=(maven)
if ((${#missing[@]})); then
    as_root=()
    if [[ $(id -u) != 0 ]]; then
        as_root=(sudo --non-interactive)
    fi
    if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
        echo "the cluster's tests start Apache Kafka, which needs Java 17 and Maven: install" \
             "${missing[*]}, or leave them out: .venv/bin/pytest -m 'not kafka'" >&2
        exit 1
    fi
    echo "▸ setup: ${missing[*]}, by apt-get"
    log="$(mktemp)"
    trap 'rm -f "$log"' EXIT
    if ! { "${as_root[@]}" apt-get update &&
           "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
               apt-get install --yes --no-install-recommends "${missing[@]}"; } \
           >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        exit 1
    fi
fi

echo "▸ setup: Apache Kafka, by Maven"
rm -rf "$target" "$target.part"
mvn --quiet --batch-mode -Dstyle.color=never --file "$pom" dependency:copy-dependencies \
    -DoutputDirectory="$target.part" >&2
# The folder has its name when it is whole.
mv "$target.part" "$target"
touch "$target/.ready"
