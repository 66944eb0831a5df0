"""The forms of the teams and their goals."""

from datetime import date
from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import HiddenInput

from tracker.clock import today
from tracker.teams.models import TeamKind
from tracker.teams.states import GoalDecision
from tracker.web.fields import Day, FreeLine, FreeText, MaybeRow, OneOf, Optional, Rows, required
from tracker.web.forms import Form, VersionedForm
from tracker.web.once import OnceForm

TEXT_LENGTH = 5_000
TOO_LATE = "Dagen ligger för långt fram. Välj en dag under läsåret eller hösten efter."


class _TeamFields:
    name = FreeLine("Vad heter laget?", [required("Skriv vad laget heter.")], max_length=100)
    kind = OneOf("Vilket slags lag?", TeamKind, validators=[InputRequired("Välj slags lag.")])


class NewTeamForm(_TeamFields, OnceForm):
    """A team that is new, with those who are in it from the start."""

    people = Rows("Vilka hör till laget?", validators=[Optional()])
    starts_on = Day("Från och med", [required("Ange från vilken dag de hör till laget.")])


class TeamForm(_TeamFields, VersionedForm):
    """One that is there."""


class MembersForm(Form):
    """More people in the team, from the same day."""

    people = Rows("Vilka?", validators=[required("Kryssa för minst en person.")])
    starts_on = Day("Från och med", [required("Ange från vilken dag de hör till laget.")])


class MemberForm(VersionedForm):
    starts_on = Day("Från och med", [required("Ange från vilken dag.")])
    ends_on = Day("Till och med", [Optional()])

    def validate_ends_on(self, field: Any) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise StopValidation("Sista dagen ligger före den första.")


class AnalysisForm(VersionedForm):
    analysis = FreeText("Kort analys", [Optional()], max_length=TEXT_LENGTH)


class _GoalFields:
    goal = FreeText("Mål", [required("Skriv vad som ska vara annorlunda.")], max_length=TEXT_LENGTH)
    follow_up = FreeText("Så ser ni om ni är på väg", [Optional()], max_length=TEXT_LENGTH)
    area_id = MaybeRow("Utvecklingsområde", validators=[Optional()], empty="Inget särskilt")
    evaluate_on = Day(
        "Datum för första utvärdering", [required("Ange en dag, så att utvärderingen blir av.")]
    )
    responsible_id = MaybeRow("Ansvarig", validators=[Optional()], empty="Ingen särskild i laget")

    earliest: date | None = None
    """The first day that the evaluation may be on: the läsår's; set by the view."""
    latest: date | None = None

    def validate_evaluate_on(self, field: Any) -> None:
        day = field.data
        if day is None or day == field.object_data:
            return
        if self.earliest and day < self.earliest:
            raise StopValidation("Dagen ligger före läsåret. Välj en dag under läsåret.")
        if self.latest and day > self.latest:
            raise StopValidation(TOO_LATE)

    def values(self) -> dict[str, Any]:
        """By the names that the model's verbs take, but for whom is responsible."""
        names = ("goal", "follow_up", "area_id", "evaluate_on")
        return {name: self[name].data for name in names}  # type: ignore[index]


class NewGoalForm(_GoalFields, OnceForm):
    """A goal that is new."""


class GoalForm(_GoalFields, VersionedForm):
    """One that is there."""

    SHARED = ("goal", "follow_up", "area_id", "evaluate_on", "responsible_id")


class OverGoalForm(VersionedForm):
    """One that is over: it has no day to choose."""

    goal = _GoalFields.goal
    follow_up = _GoalFields.follow_up
    area_id = _GoalFields.area_id
    responsible_id = _GoalFields.responsible_id

    SHARED = ("goal", "follow_up", "area_id", "responsible_id")

    def values(self) -> dict[str, Any]:
        names = ("goal", "follow_up", "area_id")
        return {name: self[name].data for name in names} | {"evaluate_on": None}


class _EvaluationFields:
    outcome = FreeText(
        "Vad såg ni?", [required("Skriv vad ni såg, med några ord.")], max_length=TEXT_LENGTH
    )
    held_on = Day("Utvärderat", [required("Ange vilken dag ni utvärderade.")])
    decision = OneOf(
        "Vad gör ni nu?", GoalDecision, validators=[InputRequired("Välj hur ni går vidare.")]
    )
    next_step = FreeText("Hur då?", max_length=TEXT_LENGTH)
    next_on = Day("Nästa utvärdering")

    FIELDS = ("held_on", "outcome", "decision", "next_step", "next_on")
    goes_on_elsewhere = False
    """Whether the goal goes on in a later läsår, and so gets no other day here; set by the view."""
    latest: date | None = None
    """The last day that the next evaluation may be on; set by the view."""

    def validate_held_on(self, field: Any) -> None:
        if field.data and field.data > today():
            raise StopValidation("Dagen har inte varit än. Ange den dag ni utvärderade.")

    def validate_next_step(self, field: Any) -> None:
        if self.decision.data is GoalDecision.ADJUST and not field.data:
            raise StopValidation("Skriv vad ni ändrar.")

    def validate_next_on(self, field: Any) -> None:
        if self.decision.data in (None, GoalDecision.END) or self.goes_on_elsewhere:
            return
        if field.errors:
            return
        if field.data is None:
            raise StopValidation("Ange när ni utvärderar nästa gång, eller välj Avsluta.")
        if field.data != field.object_data and field.data <= today():
            raise StopValidation("Välj en dag som kommer, så att utvärderingen blir av.")
        if self.latest and field.data > self.latest:
            raise StopValidation(TOO_LATE)

    def values(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.FIELDS}  # type: ignore[index]


class EvaluationForm(_EvaluationFields, Form):
    """A new one. `seen`: the number of the latest evaluation when the form was shown."""

    seen = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Ladda om sidan och försök igen.")]
    )


class EvaluationCorrectionForm(_EvaluationFields, VersionedForm):
    """The latest one, corrected."""
