"""The forms of the huvudman's support."""

from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired, StopValidation
from wtforms.widgets import HiddenInput

from tracker.models import SchoolForm, SupportLevel
from tracker.web.fields import (
    Day,
    FreeLine,
    FreeText,
    MaybeRow,
    OneOf,
    Optional,
    SomeOf,
    required,
)
from tracker.web.forms import Form, VersionedForm
from tracker.web.once import OnceForm

TEXT_LENGTH = 5_000


class AskForm(OnceForm):
    unit_id = MaybeRow(
        "Enhet", validators=[required("Välj den enhet som behöver stödet.")], empty="Välj enhet"
    )
    offer_id = MaybeRow(
        "Stöd ur katalogen", validators=[Optional()], empty="Något som inte står i katalogen"
    )
    text = FreeText(
        "Vad behöver ni?",
        [required("Skriv vad ni behöver, med några ord.")],
        max_length=TEXT_LENGTH,
    )


class RephraseForm(VersionedForm):
    text = FreeText(
        "Vad behöver ni?",
        [required("Skriv vad ni behöver, eller ta tillbaka frågan.")],
        max_length=TEXT_LENGTH,
    )


class AnswerForm(VersionedForm):
    answer = FreeText(
        "Svar",
        [required("Skriv vad du svarar, så att den som frågade vet vad som gäller.")],
        max_length=TEXT_LENGTH,
    )


class OutcomeForm(VersionedForm):
    outcome = FreeText(
        "Vad blev det?",
        [required("Skriv vad det blev av stödet, med några ord.")],
        max_length=TEXT_LENGTH,
    )


class _OfferFields:
    title = FreeLine("Vad heter stödet?", [required("Skriv vad stödet heter.")])
    gives = FreeText(
        "Vad ger det?", [required("Skriv vad den får som ber om stödet.")], max_length=TEXT_LENGTH
    )
    forms = SomeOf("För vilka verksamheter?", SchoolForm, validators=[Optional()])
    audience = FreeLine("För vem?", [Optional()])
    owner_id = MaybeRow("Vem svarar?", validators=[Optional()], empty="Dialogansvarig för enheten")
    contact = FreeText("Kontakt", max_length=1_000)

    def validate_contact(self, field: Any) -> None:
        if not field.data and self.owner_id.data is None:
            raise StopValidation("Skriv vem man vänder sig till, eller välj vem som svarar.")

    def values(self) -> dict[str, Any]:
        """By the names that the model's verbs take."""
        names = ("title", "gives", "forms", "audience", "owner_id", "contact")
        return {name: self[name].data for name in names}  # type: ignore[index]


class NewOfferForm(_OfferFields, OnceForm):
    """A support that is new in the catalogue."""


class OfferForm(_OfferFields, VersionedForm):
    """One that is there."""


class _DecisionFields:
    level = OneOf("Stödnivå", SupportLevel, validators=[InputRequired("Välj stödnivå.")])
    reason = FreeText(
        "Skäl", [required("Skriv varför enheten ska ha den här stödnivån.")], max_length=TEXT_LENGTH
    )
    content = FreeText("Det här får enheten", [Optional()], max_length=TEXT_LENGTH)
    since_on = Day("Gäller från", [required("Ange dagen från vilken beslutet gäller.")])
    follow_up_on = Day("Följs upp", [Optional()])

    FIELDS = ("level", "reason", "content", "since_on", "follow_up_on")

    def values(self) -> dict[str, Any]:
        """By the names that the model's verbs take."""
        return {name: self[name].data for name in self.FIELDS}  # type: ignore[index]


class DecisionForm(_DecisionFields, Form):
    """A new decision. `seen`: the number of the one that held when the form was shown."""

    seen = IntegerField(
        widget=HiddenInput(), validators=[InputRequired("Ladda om sidan och försök igen.")]
    )


class DecisionCorrectionForm(_DecisionFields, VersionedForm):
    """The one that holds."""


class _FeedbackFields:
    about = FreeLine(
        "Vilken stödfunktion gäller det?",
        [required("Skriv vilken stödfunktion synpunkten gäller.")],
    )
    area_id = MaybeRow("Vilka säger det?", validators=[Optional()], empty="Hela rektorsgruppen")
    text = FreeText("Synpunkt", [required("Skriv vad ni ser.")], max_length=TEXT_LENGTH)


class NewFeedbackForm(_FeedbackFields, OnceForm):
    """What principals say of a support."""


class FeedbackForm(_FeedbackFields, VersionedForm):
    """The same, corrected."""


class OwnerForm(VersionedForm):
    owner_id = MaybeRow("Vem svarar?", validators=[Optional()], empty="Skolchefen")


class ClarifyForm(VersionedForm):
    answer = FreeText(
        "Svar",
        [required("Skriv vad som är klargjort, så att rektorerna vet vad som gäller.")],
        max_length=TEXT_LENGTH,
    )
    follow_up_on = Day("Följs upp", [Optional()])


class FollowUpForm(VersionedForm):
    outcome = FreeText(
        "Vad blev det?", [required("Skriv vad svaret ledde till.")], max_length=TEXT_LENGTH
    )
