"""Forms about measures and development areas. Labels and help: product.md's own words."""

import csv
import io
from typing import Any, ClassVar

from flask import request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from wtforms.validators import ValidationError

from tracker.clock import today
from tracker.measures.models import DECIDED
from tracker.measures.states import missing_for_decision
from tracker.models import Measure, MeasureBasis, SchoolForm, SchoolUnit
from tracker.organisation.owner import OwnLap
from tracker.web.fields import (
    Day,
    FreeLine,
    FreeText,
    MaybeOneOf,
    MaybeRow,
    OneOf,
    Rows,
    required,
)
from tracker.web.forms import Form, VersionedForm, readable
from tracker.web.once import OnceForm

MISSING = {
    "basis": "Välj vad åtgärden bygger på.",
    "cause_id": "Välj vilken orsak åtgärden ska påverka. Finns den inte i listan skriver du den i "
    "nulägesanalysen; spara gärna åtgärden som förslag så länge.",
    "basis_note": "Skriv vilket beslut, vilken tillsyn eller vilket klagomål åtgärden bygger på.",
    "expected_effect": "Skriv vilken effekt ni väntar er: vad ska ha förändrats, och hur mycket?",
    "assessable_from": "Ange den dag då effekten tidigast kan bedömas.",
}
"""What a decision needs, said so that one knows what to do."""

LACKING = {
    "basis": "vad den bygger på",
    "cause_id": "vilken orsak den ska påverka",
    "basis_note": "vilket beslut, vilken tillsyn eller vilket klagomål det gäller",
    "expected_effect": "en förväntad effekt",
    "assessable_from": "en dag då effekten kan bedömas",
}
"""The same as it reads after "För att beslutas behöver åtgärden"."""

WHOLE_UNIT = "Hela enheten"
DAY_HAS_BEEN = "Dagen har redan varit. Ange i dag eller en dag som ligger framåt i tiden."
DECIDED_ALREADY = "Det här är beslutat och ändras av rektor, eller av den som rektor har delegerat till att besluta."
DECIDED_FOR_ORGANIZER = "Det här är beslutat och ändras av skolchefen."


class _MeasureFields:
    """What a measure is written with."""

    errors_title: str

    title = FreeLine("Åtgärd", [required("Skriv vad ni ska göra.")])
    basis = OneOf(
        "Åtgärden bygger på",
        MeasureBasis,
        only=(MeasureBasis.CAUSE, MeasureBasis.ORGANIZER, MeasureBasis.SUPERVISION),
    )
    cause_id = MaybeRow("Vilken orsak ska åtgärden påverka?", empty="Välj en orsak")
    basis_note = FreeText("Vilket beslut, vilken tillsyn eller vilket klagomål?")
    expected_effect = FreeText("Förväntad effekt")
    assessable_from = Day("Effekten kan bedömas från")
    follow_up = FreeText("Så följer vi upp effekten")
    baseline = FreeText("Utgångsläge")
    target = FreeText("Önskat läge")
    responsible_id = MaybeRow("Ansvarig", empty="Välj en person")
    responsible = FreeLine("Ansvarigt lag, eller någon som inte finns i listan")
    starts_on = Day("Start")
    ends_on = Day("Slut")
    area_id = MaybeRow("Utvecklingsområde", empty="Inget utvecklingsområde")
    form = MaybeOneOf("Verksamhet", SchoolForm, empty=WHOLE_UNIT)
    description = FreeText("Så ska det gå till")

    NAMES = (
        "title", "description", "basis", "cause_id", "basis_note", "expected_effect",
        "assessable_from", "follow_up", "baseline", "target", "responsible_id", "responsible",
        "starts_on", "ends_on", "area_id", "form",
    )  # fmt: skip

    def offer(
        self,
        unit: SchoolUnit | OwnLap,
        *,
        causes: list[tuple[int, str]],
        people: list[tuple[int, str]],
        areas: list[tuple[int, str]],
    ) -> None:
        """The rows to choose among."""
        self.cause_id.offer(causes)
        self.responsible_id.offer(people)
        self.area_id.offer(areas)
        forms = [(row.form.value, row.form.label) for row in unit.forms]
        if self.form.object_data and self.form.object_data not in dict(forms):
            forms.append((self.form.object_data.value, self.form.object_data.label))
        self.form.choices = [("", WHOLE_UNIT), *forms]

    def allow_earlier(self) -> None:
        """A measure from before Varvet keeps its basis, which nobody else can choose."""
        earlier = MeasureBasis.EARLIER
        self.basis.choices = [*self.basis.choices, (earlier, earlier.label)]

    def values(self) -> dict[str, Any]:
        """The measure's fields by name. Ansvarig reads as the chosen person's name, else as what
        was typed."""
        values = {name: self[name].data for name in self.NAMES}
        if chosen := values["responsible_id"]:
            values["responsible"] = dict(self.responsible_id.choices)[chosen]
        return values

    def refuse_decision(self, *, anew: bool) -> bool:
        """Put a message at every field that a decision needs and that is empty; whether there were
        any. `anew`: it is decided now, so that the day of its effect lies ahead."""
        if anew:
            self.errors_title = "Det här behövs för att kunna besluta"
        day = self.assessable_from
        passed = anew and day.data is not None and day.data < today()
        if passed and not day.errors:
            self.refuse("assessable_from", DAY_HAS_BEEN)
        missing = missing_for_decision({name: self[name].data for name in self.NAMES})
        for name in missing:
            self.refuse(name, MISSING[name])
        return bool(missing) or passed

    def validate_assessable_from(self, field: Day) -> None:
        """What stands from before may lie in the past; a day that is set now may not."""
        start = self.starts_on
        is_new = field.data != field.object_data
        if field.data and is_new and field.data < today():
            raise ValidationError(DAY_HAS_BEEN)
        is_new = is_new or start.data != start.object_data
        if field.data and start.data and is_new and field.data < start.data:
            raise ValidationError(
                "Effekten kan inte bedömas innan åtgärden har börjat. Ange en senare dag, eller "
                "ändra starten."
            )

    def validate_responsible(self, field: FreeLine) -> None:
        if field.data and self.responsible_id.data:
            raise ValidationError("Välj en person i listan eller skriv här, inte båda.")

    def validate_ends_on(self, field: Day) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("Slutet kan inte ligga före starten.")


class NewMeasureForm(_MeasureFields, OnceForm):
    unit_ids = Rows("Gäller också")


class MeasureForm(_MeasureFields, VersionedForm):
    """A measure that is there already."""

    SHARED: ClassVar[tuple[str, ...]] = _MeasureFields.NAMES
    """What the form and the measure have in common."""

    def refuse_what_is_decided(self, measure: Measure) -> bool:
        """Put a message at every field in which this changes the decision on a measure; whether
        there were any. For those who do not decide."""
        changed = [
            name
            for name in DECIDED
            if (self[name].data or None) != (getattr(measure, name) or None)
        ]
        for name in changed:
            self.refuse(name, DECIDED_FOR_ORGANIZER if measure.is_organizers else DECIDED_ALREADY)
            self[name].stored_now = readable(self[name], getattr(measure, name))
        return bool(changed)


class OwnMeasureForm(MeasureForm):
    """A measure of the organizer's own, which may come to concern other units."""

    SHARED = (*MeasureForm.SHARED, "unit_ids")

    CONCERNED = "Enheter som berörs"

    unit_ids = Rows(CONCERNED)


class LogForm(Form):
    on = Day("Dag", [required("Ange vilken dag det gjordes.")], default=today)
    text = FreeText("Vad har gjorts?", [required("Skriv vad som har gjorts.")])

    def validate_on(self, field: Day) -> None:
        if field.data and field.data > today():
            raise ValidationError(
                "Loggen berättar vad som har gjorts: ange i dag eller en dag tidigare."
            )


class LogEntryForm(LogForm, VersionedForm):
    """An entry that is there already. `version` is its stamp."""

    on = Day("Dag", [required("Ange vilken dag det gjordes.")])


class CancelForm(Form):
    reason = FreeText("Varför avbryts åtgärden?", [required("Skriv varför åtgärden avbryts.")])


class _AreaFields:
    title = FreeLine("Utvecklingsområde", [required("Skriv vad området heter.")])
    why = FreeText("Varför är det prioriterat?")
    goal = FreeText("Mål", [required("Skriv målet: vad ska ha förändrats när läsåret är slut?")])
    form = MaybeOneOf("Verksamhet", SchoolForm, empty=WHOLE_UNIT)
    problem_ids = Rows("Problem eller utvecklingsbehov som området svarar mot")

    NAMES = ("title", "why", "goal", "form")
    SHARED = (*NAMES, "problem_ids")
    """What the form and the area have in common."""

    def offer(self, unit: SchoolUnit | OwnLap, problems: list[tuple[int, str]]) -> None:
        self.form.choices = [
            ("", WHOLE_UNIT), *((row.form.value, row.form.label) for row in unit.forms),
        ]  # fmt: skip
        self.problem_ids.choices = problems

    def values(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.NAMES}


class NewAreaForm(_AreaFields, Form):
    pass


class AreaForm(_AreaFields, VersionedForm):
    """A development area that is there already."""


ROWS = 5
"""How many measures one brings along. More are a list, not a choice."""
COLUMNS = ("title", "expected_effect", "responsible")


class InheritForm(Form):
    """Börja mitt i läsåret: up to five rows, typed or pasted out of Word or Excel."""

    pasted = FreeText("Klistra in från Word eller Excel")

    @classmethod
    def received(cls) -> "InheritForm":
        """The form of this request. Pasted rows are moved to the first free ones, so that they are
        checked, shown and mended like typed ones."""
        return cls(formdata=_spread(request.form) if request.method == "POST" else None)

    def filled(self) -> list[dict[str, str]]:
        return [row for row in map(self.row, range(1, ROWS + 1)) if any(row.values())]

    def row(self, number: int) -> dict[str, str]:
        return {name: self[f"{name}_{number}"].data or "" for name in COLUMNS}

    def refuse_known(self, titles: set[str]) -> bool:
        """Put a message at every row that was brought along before; whether there were any."""
        known = [n for n in range(1, ROWS + 1) if self.row(n)["title"] in titles]
        for number in known:
            self.refuse(f"title_{number}", "Den här åtgärden är redan inlagd. Töm raden.")
        return bool(known)

    def fields_of(self, number: int) -> list[Any]:
        return [self[f"{name}_{number}"] for name in COLUMNS]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.pasted.data:
            self.refuse(
                "pasted",
                f"Det får plats högst {ROWS} åtgärder åt gången. Ta de viktigaste först och lägg "
                "till fler när de här är sparade.",
            )
            return False
        if valid and not self.filled():
            self.refuse("title_1", "Skriv minst en åtgärd från förra läsåret.")
            return False
        for number in range(1, ROWS + 1):
            row = self.row(number)
            if not any(row.values()):
                continue
            if not row["title"]:
                self.refuse(f"title_{number}", "Skriv vad åtgärden var.")
                valid = False
            if not row["expected_effect"]:
                self.refuse(
                    f"expected_effect_{number}",
                    "Skriv vilken effekt ni väntade er. Skrev ni aldrig ner någon effekt? Skriv då: "
                    "Ingen effekt skrevs ner.",
                )
                valid = False
        return valid


for _number in range(1, ROWS + 1):
    setattr(InheritForm, f"title_{_number}", FreeLine("Åtgärd"))
    setattr(InheritForm, f"expected_effect_{_number}", FreeText("Förväntad effekt"))
    setattr(InheritForm, f"responsible_{_number}", FreeLine("Ansvarig"))


def _spread(typed: ImmutableMultiDict[str, str]) -> MultiDict[str, str]:
    """The form with its pasted lines in the free rows, as far as they all fit."""
    form = MultiDict(typed)
    lines = pasted_rows(form.get("pasted", ""))
    free = [
        number
        for number in range(1, ROWS + 1)
        if not any(form.get(f"{name}_{number}", "").strip() for name in COLUMNS)
    ]
    if len(lines) > len(free):
        return form
    for number, line in zip(free, lines, strict=False):
        for name, text in zip(COLUMNS, line, strict=False):
            form[f"{name}_{number}"] = text
    form["pasted"] = ""
    return form


def pasted_rows(text: str) -> list[list[str]]:
    """Rows of at most three cells out of what Word and Excel put on the clipboard: a line a row, a
    tab between cells, a cell with line breaks within quotation marks. A heading row is left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    quoted = text.count('"')
    if quoted and quoted % 2 == 0:
        cells = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    else:  # a lone quotation mark is the writer's own
        cells = (line.split("\t") for line in text.split("\n"))
    rows = [[cell.strip() for cell in row[: len(COLUMNS)]] for row in cells]
    rows = [row for row in rows if any(row)]
    if rows and rows[0][0].lower() in ("åtgärd", "åtgärder"):
        del rows[0]
    return rows
