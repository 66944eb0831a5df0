"""Writing the analysis, its problems and causes; reopening it; inviting a developer."""

from wtforms import HiddenField

from tracker.models import CauseLocation, Problem, SchoolForm, SchoolUnit, SituationAnalysis, User
from tracker.web.fields import BooleanField, FreeText, MaybeOneOf, MaybeRow, OneOf, required
from tracker.web.forms import Form, VersionedForm


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

    def ask_about(self, unit: SchoolUnit, problem: Problem | None) -> None:
        """Offer the unit's verksamheter, and ask only when it has several."""
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
    def names(self) -> tuple[str, ...]:
        """The fields that the form has in common with a Problem."""
        return ("text", "form") if "form" in self else ("text",)


class CauseForm(_NewOrVersioned):
    NAMES = ("text", "location", "evidence", "not_prioritised")
    """What the form has in common with a Cause."""

    text = FreeText("Orsak", validators=[required("Skriv vad ni tror att problemet beror på.")])
    location = OneOf(
        "Var ligger orsaken?",
        CauseLocation,
        validators=[required("Välj var orsaken ligger. Ta det som stämmer bäst.")],
    )
    evidence = FreeText("Hur vet ni det?")
    not_prioritised = BooleanField("Inte prioriterad i år")

    @property
    def values(self) -> tuple[str, CauseLocation, str, bool]:
        """Text, location, evidence and whether it is prioritised, in the order of Cause.write."""
        return (
            self.text.data,
            self.location.data,
            self.evidence.data,
            not self.not_prioritised.data,
        )


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
