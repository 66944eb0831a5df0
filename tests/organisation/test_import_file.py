"""Reading a file of units: Skolverket's export, our template, and what is neither."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tracker.models import SchoolForm, UnitKind
from tracker.organisation.importing_file import UnreadableFile, read_path, read_table
from tracker.organisation.importing_rows import UnitRow, units_in

DATA = Path(__file__).parent.parent / "data"
NATIONAL = (DATA / "skolverket_slutbetyg_ak9_2024-25_riket.csv").read_bytes()
HEADER = "Enhet;Skolenhetskod;Typ;Verksamheter;Område\n"


def units(content, organizer="Kungsbacka kommun"):
    return units_in(read_table(content), organizer)


def template(*rows, encoding="utf-8"):
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode(encoding)


def excel(*rows):
    book = openpyxl.Workbook()
    book.active.append(HEADER.strip().split(";"))
    for row in rows:
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_the_national_export():
    file = units(NATIONAL)

    assert file.read == 1714
    assert len(file.rows) == 16
    assert file.rows[0] == UnitRow("Maleviksskolan", "39915890", forms=(SchoolForm.COMPULSORY,))


@pytest.mark.parametrize("name", ["kungsbacka kommun", " Kungsbacka  kommun "])
def test_the_name_of_the_organizer_may_differ_in_case_and_space(name):
    assert len(units(NATIONAL, name).rows) == 16


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8"])
def test_other_encodings_are_read_too(encoding):
    text = NATIONAL.decode("utf-8-sig")

    assert [row.name for row in units(text.encode(encoding)).rows][1] == "Särö skola 6-9"


def test_a_name_that_is_not_there_leads_to_those_that_are_like_it():
    with pytest.raises(UnreadableFile, match="Liknande namn i filen: Kungsbacka kommun"):
        units(NATIONAL, "Kungsbacka")


@pytest.mark.parametrize("length", [90_000, 90_050, 150_001])
def test_an_export_that_was_cut_off(length):
    with pytest.raises(UnreadableFile, match="avkortad"):
        units(NATIONAL[:length])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Filen är tom"),
        (b"  \n\n", "Filen är tom"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "varken CSV eller Excel|teckenkodning"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "äldre format"),
        (b"PK\x03\x04" + bytes(600), "skadad eller ofullständig"),
        ("Hej! Här är en text.\n".encode(), "varken en statistikexport"),
        (b'a;b\n"c;d\n', "citattecken"),
        (bytes(9 * 1024 * 1024), "för stor: 9 MB"),
        (NATIONAL[:500], "avkortad|inga skolenheter"),
        (NATIONAL.replace(b"Huvudman;", b"Annat;"), "saknar kolumnen Huvudman"),
        (NATIONAL.replace(b"Grundskola - Slutbetyg", b"Okant - Slutbetyg"), "vilken verksamhet"),
        (HEADER.encode(), "inte ifylld"),
        (b"Enhet;Typ\nSkolan;Skolenhet\n", "saknar kolumnen Skolenhetskod"),
        (template("Skolan;1234;;;"), "Rad 2: skolenhetskoden ”1234” ska vara åtta siffror"),
        (template(";12345678;;;"), "Rad 2: namnet saknas"),
        (template("x" * 100_000 + ";;;;"), "Rad 2: namnet är för långt"),
        (template("Skolan 850101-1236;;;;"), "personnummer"),
        (template("Skolan;;;Trolleri;"), "verksamheten ”Trolleri” känns inte igen"),
        (template("Skolan;;Slott;;"), "typen ”Slott” känns inte igen"),
        (template("A;12345678;;;", "B;12345678;;;"), "12345678 står på mer än en rad"),
        (template("A;;;;", "a;;;;"), "står på mer än en rad"),
    ],
    ids=range(21),
)
def test_what_cannot_be_used_says_why_on_one_line(content, message):
    with pytest.raises(UnreadableFile, match=message) as refused:
        units(content)

    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_the_template_as_csv():
    file = units(
        template(
            "Ekskolan;12345678;Skolenhet;Förskoleklass, GR och Fritidshem;Norr", ";;;;", "Ek;;;;"
        )
    )

    assert file.rows == [
        UnitRow(
            "Ekskolan",
            "12345678",
            UnitKind.SCHOOL,
            (SchoolForm.PRESCHOOL_CLASS, SchoolForm.AFTER_SCHOOL, SchoolForm.COMPULSORY),
            "Norr",
        ),
        UnitRow("Ek", None),
    ]


def test_the_template_as_excel_with_the_code_as_a_number():
    file = units(excel(["Ekskolan", 12345678, None, "Grundskola", None], [None] * 5))

    assert file.rows == [UnitRow("Ekskolan", "12345678", forms=(SchoolForm.COMPULSORY,))]


def test_a_formula_in_excel_is_a_text_at_most():
    assert [row.name for row in units(excel(["😀 <script>", "", "", "", ""])).rows] == [
        "😀 <script>"
    ]


def test_an_excel_file_that_unpacks_into_gigabytes_is_stopped():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", bytes(70 * 1024 * 1024))

    with pytest.raises(UnreadableFile, match="för stor när den packas upp"):
        read_table(packed.getvalue())


def test_an_excel_file_with_entities_is_refused():
    whole = excel(["Ekskolan", "", "", "", ""])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as good, zipfile.ZipFile(packed, "w") as bad:
        for entry in good.infolist():
            content = good.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = bomb + content.partition(b"?>")[2]
            bad.writestr(entry, content)

    with pytest.raises(UnreadableFile, match="skadad"):
        read_table(packed.getvalue())


def test_a_file_of_100_mb_is_not_even_read(tmp_path):
    path = tmp_path / "stor.csv"
    with path.open("wb") as file:
        file.truncate(100_000_000)

    with pytest.raises(UnreadableFile, match="100 MB"):
        read_path(path)


def test_a_path_that_is_no_file(tmp_path):
    with pytest.raises(UnreadableFile, match="ingen fil"):
        read_path(tmp_path)
    with pytest.raises(UnreadableFile, match="finns inte"):
        read_path(tmp_path / "saknas.csv")
