"""Reads the first sheet of an Excel file: bytes on standard input, rows as JSON on standard output.

Runs as a program of its own (see importing_file.py): a file from outside can be made to unpack into
gigabytes or to hold the reader for minutes, and then only this process pays. It imports nothing of
Varvet, so that it starts quickly and can reach no database. Exit code 2 and one Swedish line on
standard error when the file is refused.
"""

import io
import json
import resource
import sys
import zipfile

MEMORY = 512 * 1024 * 1024
SECONDS = 15
UNPACKED = 60 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 40


class Refused(Exception):
    """The message is for the person who chose the file."""


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        rows = read(sys.stdin.buffer.read())
    except Refused as refused:
        sys.stderr.write(str(refused))
        return 2
    except Exception:  # whatever a damaged file makes the reader raise means the same to a person
        sys.stderr.write("Excelfilen är skadad eller ofullständig.")
        return 2
    json.dump(rows, sys.stdout)
    return 0


def read(content: bytes) -> list[list[str]]:
    """Every row up to the last one with anything in it, as texts."""
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise Refused("Excelfiler kan inte läsas här: paketet defusedxml saknas.")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(entry.file_size for entry in package.infolist()) > UNPACKED:
            raise Refused("Excelfilen är för stor när den packas upp.")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    rows: list[list[str]] = []
    for values in sheet.iter_rows(values_only=True):
        if len(rows) == MOST_ROWS:
            raise Refused(f"Excelfilen har fler än {MOST_ROWS} rader.")
        if len(values) > MOST_COLUMNS and any(value is not None for value in values[MOST_COLUMNS:]):
            raise Refused(f"Excelfilen har fler än {MOST_COLUMNS} kolumner.")
        rows.append([text(value) for value in values[:MOST_COLUMNS]])
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def text(value: object) -> str:
    """A cell as it is read: Excel keeps a code of digits as a number."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
