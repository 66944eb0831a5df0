"""A file that somebody chose, as a table of texts: CSV in the encodings people have, or Excel."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tracker.organisation import importing_excel

LARGEST = 8 * 1024 * 1024
SECONDS = 30

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class UnreadableFile(Exception):
    """The file cannot be used. The message is one Swedish line that says why and what to do."""


class Table(NamedTuple):
    """Rows of texts. `ends_whole` is False when the last line of a CSV file has no line break, as a
    file has that was cut off (and some that were not)."""

    rows: list[list[str]]
    ends_whole: bool


def read_path(path: Path) -> bytes:
    """The content of a file on the server; UnreadableFile when it is none, or too large to be one of ours."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise UnreadableFile(f"{path} är ingen fil.")
        _check_size(size)
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(f"Filen {path} finns inte.") from None
    except OSError as wrong:
        raise UnreadableFile(f"Filen {path} kan inte läsas: {wrong.strerror}.") from None


def read_table(content: bytes) -> Table:
    """The rows of a CSV or Excel file. Raises UnreadableFile."""
    _check_size(len(content))
    if not content.strip():
        raise UnreadableFile("Filen är tom.")
    if content.startswith(_ZIP):
        return Table(_read_excel(content), ends_whole=True)
    if content.startswith(_OLD_EXCEL):
        raise UnreadableFile(
            "Filen är i Excels äldre format. Spara den som .xlsx eller CSV och försök igen."
        )
    text = _decode(content)
    return Table(_read_csv(text), ends_whole=text.endswith(("\n", "\r")))


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise UnreadableFile(
            f"Filen är för stor: {size / 1_000_000:.0f} MB. Högst 8 MB kan läsas in."
        )


def _read_excel(content: bytes) -> list[list[str]]:
    try:
        child = subprocess.run(
            [sys.executable, "-I", importing_excel.__file__],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile("Excelfilen tar för lång tid att läsa.") from None
    if child.returncode == 2:
        raise UnreadableFile(child.stderr.decode())
    if child.returncode != 0:  # killed by its limits
        raise UnreadableFile("Excelfilen är för stor eller för krånglig att läsa.")
    return json.loads(child.stdout)


def _read_csv(text: str) -> list[list[str]]:
    if "\0" in text:
        raise UnreadableFile("Filen är varken CSV eller Excel (.xlsx).")
    first = next((line for line in text.splitlines() if line.strip(";,\t ")), "")
    delimiter = max(";\t,", key=first.count) if any(mark in first for mark in ";\t,") else ";"
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(rows) == importing_excel.MOST_ROWS:
                raise UnreadableFile(f"Filen har fler än {importing_excel.MOST_ROWS} rader.")
            if len(row) > importing_excel.MOST_COLUMNS and any(row[importing_excel.MOST_COLUMNS :]):
                raise UnreadableFile(f"Filen har fler än {importing_excel.MOST_COLUMNS} kolumner.")
            rows.append(row[: importing_excel.MOST_COLUMNS])
        return rows
    except csv.Error:
        raise UnreadableFile(
            "Filen går inte att läsa som CSV: ett citattecken saknas, eller så slutar filen mitt i."
        ) from None


def _decode(content: bytes) -> str:
    """UTF-8 as Skolverket writes it, UTF-16 as Excel's "Unicode-text", else Windows-1252 as Excel's
    ordinary CSV. UTF-8 is tried first: Windows-1252 with å, ä or ö in it is never valid UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("Filens teckenkodning går inte att läsa. Spara den som CSV UTF-8.")
