"""Build what is served of others' work: the design system with our theme, the typeface, and htmx.

Nothing of it is kept in the repository. `npm ci` brings the packages, and this script turns them
into these files of tracker/static/vendor:

    designsystem.css    cascade layers, our theme, the typeface, the components
    fonts/*.woff2       Inter, variable weight, latin and latin-ext
    htmx.min.js         for the pages that save while people write
    documents/*.ttf     what PDF files are set in: Inter in three weights, and Noto Emoji for the signs it lacks
    licences/*.txt      the licence of each, which travels with the files

Usage: build_assets.py NODE, run from the top of the repository.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = Path("node_modules")
VENDOR = Path("tracker/static/vendor")
COMPONENTS = PACKAGES / "@digdir/designsystemet-css"
THEME_BUILDER = PACKAGES / "@digdir/designsystemet"
TYPEFACE = PACKAGES / "@fontsource-variable/inter"
HTMX = PACKAGES / "htmx.org"
THEME_CONFIGURATION = Path("designsystemet.config.json")
# Typst takes neither woff2 nor the parts of a typeface that browsers are served.
DOCUMENT_TYPEFACES = PACKAGES / "@expo-google-fonts"
DOCUMENT_FONTS = (
    "inter/400Regular/Inter_400Regular.ttf",
    "inter/600SemiBold/Inter_600SemiBold.ttf",
    "inter/700Bold/Inter_700Bold.ttf",
    "noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
)
# Swedish needs latin alone; the browser fetches latin-ext when a page has a name such as Šimić.
SUBSETS = ("latin-ext", "latin")


def theme_css(node: str) -> str:
    """Our colours, as the design system's own tool derives them from the configuration."""
    tool = [node, str(THEME_BUILDER / "dist/bin/designsystemet.js"), "tokens"]
    configuration = ["--config", str(THEME_CONFIGURATION)]
    with tempfile.TemporaryDirectory() as scratch:
        tokens, built = Path(scratch, "tokens"), Path(scratch, "built")
        for step in (
            ["create", "--out-dir", str(tokens)],
            ["build", "--tokens", str(tokens), "--out-dir", str(built)],
        ):
            subprocess.run([*tool, *step, *configuration], check=True, stdout=subprocess.DEVNULL)
        return _without_indentation((built / "varvet.css").read_text("utf-8"))


def typeface_css() -> str:
    """The package's rules for the subsets we serve, under the family name the theme asks for."""
    rules = (TYPEFACE / "wght.css").read_text("utf-8")
    chosen = []
    for subset in SUBSETS:
        rule = re.search(
            rf"/\* inter-{subset}-wght-normal \*/\s*(@font-face \{{.*?\}})", rules, re.DOTALL
        )
        if rule is None:
            raise SystemExit(f"The typeface package no longer has a subset called {subset}.")
        chosen.append(rule[1].replace("'Inter Variable'", "Inter").replace("./files/", "fonts/"))
    return _without_indentation("\n".join(chosen))


def build(node: str) -> None:
    components = (COMPONENTS / "dist/src/index.css").read_text("utf-8")
    layers, semicolon, components = components.partition(";")
    if not layers.startswith("@layer ds.theme"):
        raise SystemExit("The design system no longer opens with the order of its cascade layers.")

    # The order of the layers has to come first, whatever follows.
    stylesheet = "\n".join(
        ['@charset "UTF-8";', layers + semicolon, theme_css(node), typeface_css(), components]
    )

    shutil.rmtree(VENDOR, ignore_errors=True)
    (VENDOR / "fonts").mkdir(parents=True)
    (VENDOR / "documents").mkdir()
    (VENDOR / "licences").mkdir()
    for subset in SUBSETS:
        shutil.copy(TYPEFACE / f"files/inter-{subset}-wght-normal.woff2", VENDOR / "fonts")
    for font in DOCUMENT_FONTS:
        shutil.copy(DOCUMENT_TYPEFACES / font, VENDOR / "documents")
    shutil.copy(DOCUMENT_TYPEFACES / "noto-emoji/LICENSE_FONT", VENDOR / "licences/noto-emoji.txt")
    shutil.copy(COMPONENTS / "LICENSE", VENDOR / "licences/designsystemet.txt")
    shutil.copy(TYPEFACE / "LICENSE", VENDOR / "licences/inter.txt")
    shutil.copy(HTMX / "dist/htmx.min.js", VENDOR)
    shutil.copy(HTMX / "LICENSE", VENDOR / "licences/htmx.txt")
    (VENDOR / "designsystem.css").write_text(stylesheet, "utf-8")


def _without_indentation(css: str) -> str:
    css = css.replace('@charset "UTF-8";', "")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", css).strip()


if __name__ == "__main__":
    build(*sys.argv[1:])
