"""Writing the analysis, its problems and causes; reopening it; inviting a developer."""

from typing import Any

from wtforms import HiddenField

from tracker.models import (
    CauseLocation,
    Problem,
    ProblemDevelopment,
    SchoolForm,
    SchoolUnit,
    SituationAnalysis,
    SuccessFactor,
    User,
)
from tracker.organisation.owner import OwnLap
from tracker.web.fields import BooleanField, Day, FreeText, MaybeOneOf, MaybeRow, OneOf, required
from tracker.web.forms import Form, VersionedForm

SAY_WHAT_BECAME = "Välj om problemet kvarstår, har förändrats eller är löst."


class _TextsForm(VersionedForm):
    """A form over some of the analysis's own texts. None is required: a draft may be half done."""

    @property
    def texts(self) -> dict[str, str]:
        return {name: self[name].data for name in SituationAnalysis.TEXTS if name in self}


class ResultsForm(_TextsForm):
    basis = FreeText("Vad bygger analysen på?")
    results = FreeText("Resultatbild")


class ParticipationForm(_TextsForm):
    staff_participation = FreeText("Personal")
    learner_participation = FreeText("Elever")
    guardian_participation = FreeText("Vårdnadshavare")

    def name_groups(self, participants: dict[str, str]) -> None:
        """Call the groups what they are called at the unit, and leave out those it does not have.
        `participants`: see SituationAnalysis.participants."""
        for name in SituationAnalysis.TEXTS:
            if name in participants:
                self[name].label.text = participants[name]
            elif name in self:
                del self[name]


class _NewOrVersioned(VersionedForm):
    """Over a row that may not be there yet: a new one has no version to compare."""

    def __init__(self, *args: object, new: bool = False, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if new:
            del self.version


class ProblemForm(_NewOrVersioned):
    text = FreeText(
        "Problem eller utvecklingsbehov",
        validators=[
            required("Skriv vad som inte är som det ska vara, eller vad som behöver utvecklas.")
        ],
    )
    form = MaybeOneOf("Vilken verksamhet gäller det?", SchoolForm, empty="Hela enheten")
    development = OneOf(
        "Vad har hänt sedan dess?", ProblemDevelopment, validators=[required(SAY_WHAT_BECAME)]
    )
    state_now = FreeText("Så ser det ut nu")

    def ask_about(self, unit: SchoolUnit | OwnLap, problem: Problem | None) -> None:
        """Offer the unit's verksamheter, and ask only when it has several; ask what has become of it
        when it goes on from an earlier problem."""
        if problem is None or problem.follows_id is None:
            del self.development
            del self.state_now
        forms = [row.form for row in unit.forms]
        if problem and problem.form and problem.form not in forms:
            forms.append(problem.form)
        if len(forms) < 2:
            del self.form
        else:
            self.form.choices = [
                ("", "Hela enheten"),
                *((form.value, form.label) for form in forms),
            ]

    @property
    def about(self) -> SchoolForm | None:
        return self.form.data if "form" in self else None

    @property
    def since_then(self) -> dict[str, Any]:
        """What Problem.write takes of one that goes on from an earlier."""
        return {name: self[name].data for name in ("development", "state_now") if name in self}

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that the form has in common with a Problem."""
        return tuple(name for name in ("text", "form", "development", "state_now") if name in self)


class TakeOverForm(Form):
    """What has become of a problem of an earlier analysis."""

    development = OneOf(
        "Vad har hänt sedan dess?", ProblemDevelopment, validators=[required(SAY_WHAT_BECAME)]
    )
    state_now = FreeText("Så ser det ut nu")


class DeepenForm(_NewOrVersioned):
    NAMES = ("on", "reason")

    on = Day("Från vilken dag?", validators=[required("Ange dagen då ni bestämde det.")])
    reason = FreeText(
        "Varför ska analysen fördjupas?",
        max_length=2000,
        validators=[required("Skriv vad i uppföljningen som gör att analysen ska fördjupas.")],
    )


class SupportForm(VersionedForm):
    support_offered = FreeText("Erbjudet", max_length=2000)
    support_wanted = FreeText("Önskat", max_length=2000)
    support_given_by = FreeText("Givet av", max_length=2000)


class CauseForm(_NewOrVersioned):
    NAMES = ("text", "location", "evidence", "factor", "not_prioritised")
    """What the form has in common with a Cause."""

    text = FreeText("Orsak", validators=[required("Skriv vad ni tror att problemet beror på.")])
    location = OneOf(
        "Var ligger orsaken?",
        CauseLocation,
        validators=[required("Välj var orsaken ligger. Ta det som stämmer bäst.")],
    )
    evidence = FreeText("Hur vet ni det?")
    factor = MaybeOneOf("Framgångsfaktor", SuccessFactor, empty="Ingen vald")
    not_prioritised = BooleanField("Inte prioriterad i år")

    def ask_about(self, owner: SchoolUnit | OwnLap) -> None:
        """Offer the places where a cause can lie for a unit, or for the organizer itself."""
        self.location.choices = [
            (place.value, place.label) for place in CauseLocation.of(owner.is_organizer)
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What Problem.add_cause and Cause.write take."""
        return {
            "text": self.text.data,
            "location": self.location.data,
            "evidence": self.evidence.data,
            "prioritised": not self.not_prioritised.data,
            "factor": self.factor.data,
        }


class AdoptForm(Form):
    """`seen` is when the text that the person read was last changed."""

    seen = HiddenField()


class ReopenForm(Form):
    reason = FreeText(
        "Varför öppnas analysen igen?",
        max_length=1000,
        validators=[required("Skriv varför analysen behöver öppnas igen.")],
    )


class InviteForm(Form):
    person = MaybeRow(
        "Kvalitetsutvecklare",
        empty="Välj en person",
        validators=[required("Välj vem du vill bjuda in.")],
    )

    def offer(self, people: list[User]) -> None:
        self.person.offer((person.id, person.name) for person in people)
