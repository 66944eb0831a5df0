"""The form in which the effect of a measure is assessed."""

from typing import Any

from wtforms.validators import ValidationError

from tracker.clock import today
from tracker.models import CarriedOut, Decision, EffectAssessment, Judgement
from tracker.web.fields import BooleanField, Day, FreeText, OneOf, required
from tracker.web.forms import VersionedForm

MISSING = {
    "carried_out": "Svara om åtgärden genomfördes som planerat.",
    "carried_out_why": "Skriv varför åtgärden avbryts.",
    "outcome": "Skriv vad det blev, jämfört med det ni väntade er.",
    "evidence": "Skriv hur ni vet det: vilket underlag bygger bedömningen på?",
    "decision": "Välj vad som händer med åtgärden nu.",
    "next_date": "Ange dagen då effekten kan bedömas nästa gång.",
}
"""What a judgement or decision needs, said so that one knows what to do."""


CHOOSE = "Välj en bedömning. Kan effekten inte bedömas ännu räcker det med den och en ny dag."


class EffectForm(VersionedForm):
    """`version` is the number of the assessment that was shown; 0 when there was none."""

    carried_out = OneOf("Genomfördes åtgärden som planerat?", CarriedOut)
    carried_out_why = FreeText("Varför?")
    outcome = FreeText("Vad blev det?")
    judgement = OneOf("Bedömning", Judgement, [required(CHOOSE)])
    evidence = FreeText("Hur vet ni det?")
    decision = OneOf("Beslut", Decision)
    next_date = Day("Effekten kan bedömas nästa gång")
    lesson = FreeText("Vad lärde vi oss?")
    tip = BooleanField("Tipsa andra")

    NAMES = EffectAssessment.FIELDS

    def values(self) -> dict[str, Any]:
        return {name: self[name].data for name in self.NAMES}

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is missing is said at once, the model's own demands among it. Until there
        is a judgement that is what most of them need; with only a new date it looks like "not yet"."""
        valid = super().validate(extra_validators)
        values = self.values()
        if self.judgement.data is None:
            postponed = self.next_date.data is not None and self.decision.data is None
            values["judgement"] = Judgement.NOT_YET if postponed else Judgement.PARTLY
        missing = EffectAssessment.missing(values)
        for name in missing:
            self.refuse(name, MISSING[name])
        return valid and not missing

    def validate_carried_out_why(self, field: FreeText) -> None:
        as_planned = self.carried_out.data in (None, CarriedOut.YES)
        judged = self.judgement.data is not Judgement.NOT_YET
        if judged and not as_planned and not field.data and self.decision.data != Decision.CANCEL:
            raise ValidationError("Skriv kort vad som inte blev som planerat, och varför.")

    def validate_next_date(self, field: Day) -> None:
        asked = self.judgement.data is Judgement.NOT_YET or self.decision.data is Decision.CONTINUE
        if asked and field.data and field.data <= today():
            raise ValidationError("Ange en dag som ligger framåt i tiden.")
