#!/bin/sh
# Compiles the lists of exact versions with their hashes. Which registry they come from is the reader's business,
# so none of the lists may name one.
set -eu
compile() {
    .tools/bin/uv pip compile --quiet ${UPGRADE:-} --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$1.in" --output-file "$1.txt"
}
compile requirements
compile requirements-dev
PATH="$PWD/.tools/node/bin:$PATH"
if [ -n "${UPGRADE:-}" ]; then set -- update; else set -- install; fi
npm "$@" --package-lock-only --ignore-scripts --loglevel=error

if grep -nE 'https?://|file:' requirements.txt requirements-dev.txt || grep -n '"resolved"' package-lock.json; then
    echo "The lines above name where a package was fetched from; they must not be committed." >&2
    exit 1
fi
