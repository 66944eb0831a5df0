#!/bin/sh
# Puts uv, which makes the virtual environment, into .tools. Needs Python 3.11 with pip, and nothing of the system
# is changed but for one case: root without pip gets the distribution's pip.
# `python3 -m venv` is of no use here: Debian ships it apart, and refuses a plain `pip install`.
set -eu
python=${PYTHON:-python3}
version=0.13.9

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Varvet needs Python 3.11 or later, and '$python' is not that. Point to one with: make PYTHON=/path/to/python3 …" >&2
    exit 1
fi
if ! "$python" -m pip --version >/dev/null 2>&1; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends python3-pip
    else
        echo "'$python' has no pip. Install it (Debian, Ubuntu: sudo apt-get install python3-pip) and run make again." >&2
        exit 1
    fi
fi
PIP_ROOT_USER_ACTION=ignore "$python" -m pip install --quiet --disable-pip-version-check --upgrade \
    --target .tools "uv==$version"
touch .tools/bin/uv
