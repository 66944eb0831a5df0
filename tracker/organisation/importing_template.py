"""Writes the empty Excel template for units to standard output. A program of its own: openpyxl would
stay in the memory of a web process. The columns come as arguments."""

import sys
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font

GUIDE = (
    ("Enhet", "Enhetens namn. Måste fyllas i.", "Sävkullaskolan"),
    ("Skolenhetskod", "Åtta siffror ur Skolenhetsregistret. Tom för förskolor.", "12345678"),
    ("Typ", "Skolenhet, Förskoleenhet eller Vuxenutbildning.", "Skolenhet"),
    ("Verksamheter", "En eller flera, med komma emellan.", "Förskoleklass, Grundskola, Fritidshem"),
    ("Område", "Läggs till om det inte redan finns. Kan vara tomt.", "Norr"),
)


def main(columns: list[str]) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "Enheter"
    sheet.append(columns)
    for place, name in enumerate(columns, start=1):
        sheet.cell(1, place).font = Font(bold=True)
        letter = sheet.cell(1, place).column_letter
        sheet.column_dimensions[letter].width = 34
        if name == "Skolenhetskod":
            for row in range(2, 502):  # as text, so that no digit is lost
                sheet.cell(row, place).number_format = "@"
    sheet.freeze_panes = "A2"
    guide = book.create_sheet("Så fyller du i")
    for line in (("Kolumn", "Vad som ska stå där", "Till exempel"), *GUIDE):
        guide.append(line)
    for letter, width in (("A", 18), ("B", 60), ("C", 40)):
        guide.column_dimensions[letter].width = width
    packed = BytesIO()
    book.save(packed)
    sys.stdout.buffer.write(packed.getvalue())


if __name__ == "__main__":
    main(sys.argv[1:])
