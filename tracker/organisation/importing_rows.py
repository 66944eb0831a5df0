"""What a file says about school units: Skolverket's statistics export, or our own template."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.models import SchoolForm, UnitKind
from tracker.organisation.importing_file import Table, UnreadableFile
from tracker.web.personnummer import find_personal_identity_number
from tracker.web.swedish import listing

EXPORT_COLUMNS = ("Skola", "Skol-enhetskod", "Huvudman")
TEMPLATE_COLUMNS = ("Enhet", "Skolenhetskod", "Typ", "Verksamheter", "Område")
HEADER_WITHIN = 30
NAME_LENGTH = 200
MOST_UNITS = 2000
MOST_COMPARED = 2000

CODE = re.compile(r"[0-9]{8}")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as a file has it. What the file leaves out is None, and stays as it is."""

    name: str
    code: str | None
    kind: UnitKind | None = None
    forms: tuple[SchoolForm, ...] | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class UnitFile:
    """The organizer's units in a file, and how many units the file had in all."""

    rows: list[UnitRow]
    read: int


def units_in(table: Table, organizer: str) -> UnitFile:
    """What the file says about the organizer's units. Raises UnreadableFile with one Swedish line."""
    for number, row in enumerate(table.rows[:HEADER_WITHIN]):
        cells = [_clean(cell) for cell in row]
        if "Skol-enhetskod" in cells or cells[:1] == ["Skola"]:
            return _from_export(table, number, cells, organizer)
        if [cell.casefold() for cell in cells if cell][:1] == ["enhet"]:
            return _from_template(table, number, cells)
    raise UnreadableFile(
        "Filen är varken en statistikexport från Skolverket eller vår mall: ingen rad har rubrikerna "
        f"{listing(EXPORT_COLUMNS)}, eller {listing(TEMPLATE_COLUMNS)}."
    )


def _from_export(table: Table, at: int, header: list[str], organizer: str) -> UnitFile:
    if missing := [name for name in EXPORT_COLUMNS if name not in header]:
        raise UnreadableFile(f"Exporten saknar kolumnen {listing(missing)}. Hämta filen på nytt.")
    name_at, code_at, owner_at = (header.index(name) for name in EXPORT_COLUMNS)
    forms = (_form_of_export(table.rows[:at]),)
    owners: Counter[str] = Counter()
    rows = []
    for number, row in enumerate(table.rows[at + 1 :], start=at + 2):
        is_last = number == len(table.rows)
        if is_last and row and (len(row) < len(header) or not table.ends_whole):
            raise UnreadableFile(
                f"Filen verkar avkortad: den slutar mitt i rad {number}. Hämta den på nytt."
            )
        if len(row) <= owner_at or not CODE.fullmatch(_clean(row[code_at])):
            continue  # the explanations after the last unit
        owner = _clean(row[owner_at])
        owners[owner] += 1
        if owner.casefold() == _clean(organizer).casefold():
            name = _checked_name(_clean(row[name_at]), number)
            rows.append(UnitRow(name, _clean(row[code_at]), forms=forms))
    if not owners:
        raise UnreadableFile("Exporten har inga skolenheter.")
    if not rows:
        raise UnreadableFile(_no_such_owner(organizer, owners))
    _refuse_doubles(rows)
    return UnitFile(rows, owners.total())


def _form_of_export(preamble: list[list[str]]) -> SchoolForm:
    """The export's third line names the verksamhet: "Grundskola - Slutbetyg årskurs 9, …"."""
    for row in preamble:
        said = _clean(row[0] if row else "").partition(" - ")[0].casefold()
        for form in SchoolForm:
            if said == form.label.casefold():
                return form
    raise UnreadableFile(
        "Exporten säger inte vilken verksamhet den gäller: raden som börjar med till exempel "
        "”Grundskola - ” saknas ovanför rubrikerna."
    )


def _no_such_owner(organizer: str, owners: Iterable[str]) -> str:
    names = sorted(owners)[:MOST_COMPARED]
    near = difflib.get_close_matches(organizer, names, n=3, cutoff=0.6)
    message = f"Filen har inga enheter med huvudmannen ”{organizer}”."
    return f"{message} Liknande namn i filen: {listing(near)}." if near else message


def _from_template(table: Table, at: int, header: list[str]) -> UnitFile:
    columns = {name.casefold(): place for place, name in enumerate(header) if name}
    if missing := [name for name in TEMPLATE_COLUMNS if name.casefold() not in columns]:
        raise UnreadableFile(f"Mallen saknar kolumnen {listing(missing)}. Hämta mallen på nytt.")
    rows = []
    for number, row in enumerate(table.rows[at + 1 :], start=at + 2):
        values = {
            name: _clean(row[place]) if place < len(row) else "" for name, place in columns.items()
        }
        if any(values.values()):
            rows.append(_template_row(values, number))
    if not rows:
        raise UnreadableFile("Mallen är inte ifylld: det finns inga enheter under rubrikerna.")
    if len(rows) > MOST_UNITS:
        raise UnreadableFile(f"Filen har fler än {MOST_UNITS} enheter.")
    _refuse_doubles(rows)
    return UnitFile(rows, len(rows))


def _template_row(values: dict[str, str], number: int) -> UnitRow:
    code = values["skolenhetskod"].replace(" ", "") or None
    if code and not CODE.fullmatch(code):
        raise UnreadableFile(
            f"Rad {number}: skolenhetskoden ”{_short(code)}” ska vara åtta siffror."
        )
    forms = tuple(
        sorted(
            {
                _form_named(part, number)
                for part in map(str.strip, re.split(r"[,;/]|\boch\b", values["verksamheter"]))
                if part
            }
        )
    )
    area = values["område"]
    return UnitRow(
        _checked_name(values["enhet"], number),
        code,
        _kind_named(values["typ"], number),
        forms or None,
        _checked_name(area, number) if area else None,
    )


def _form_named(text: str, number: int) -> SchoolForm:
    for form in SchoolForm:
        if text.casefold() in (form.label.casefold(), form.value.casefold()):
            return form
    labels = listing([form.label for form in SchoolForm])
    raise UnreadableFile(
        f"Rad {number}: verksamheten ”{_short(text)}” känns inte igen. Använd {labels}."
    )


def _kind_named(text: str, number: int) -> UnitKind | None:
    if not text:
        return None
    for kind in UnitKind:
        if text.casefold() == kind.label.casefold():
            return kind
    labels = listing([kind.label for kind in UnitKind])
    raise UnreadableFile(f"Rad {number}: typen ”{_short(text)}” känns inte igen. Använd {labels}.")


def kind_for(forms: Iterable[SchoolForm]) -> UnitKind:
    """What a unit with these verksamheter most likely is, when nobody says."""
    wanted = set(forms)
    if wanted and wanted <= {SchoolForm.PRESCHOOL}:
        return UnitKind.PRESCHOOL
    if wanted and wanted <= {SchoolForm.ADULT, SchoolForm.SFI}:
        return UnitKind.ADULT
    return UnitKind.SCHOOL


def _refuse_doubles(rows: list[UnitRow]) -> None:
    codes = Counter(row.code for row in rows if row.code)
    names = Counter(row.name.casefold() for row in rows if not row.code)
    for row in rows:
        if row.code and codes[row.code] > 1:
            raise UnreadableFile(f"Skolenhetskoden {row.code} står på mer än en rad.")
        if not row.code and names[row.name.casefold()] > 1:
            raise UnreadableFile(f"Enheten ”{_short(row.name)}” står på mer än en rad.")


def _checked_name(name: str, number: int) -> str:
    if not name:
        raise UnreadableFile(f"Rad {number}: namnet saknas.")
    if len(name) > NAME_LENGTH:
        raise UnreadableFile(
            f"Rad {number}: namnet är för långt, {len(name)} tecken. Högst {NAME_LENGTH} får plats."
        )
    if found := find_personal_identity_number(name):
        raise UnreadableFile(
            f"Rad {number}: namnet ser ut att innehålla ett personnummer ({found})."
        )
    return name


def _clean(cell: str) -> str:
    return " ".join("".join(mark for mark in cell if mark.isprintable() or mark.isspace()).split())


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
