"""The form of "Vad har gett effekt?". It is sent with GET, so that an answer has an address."""

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from tracker.models import Judgement, SchoolForm, SuccessFactor
from tracker.web.fields import FreeLine, MaybeOneOf, MaybeRow
from tracker.web.forms import Form

QUESTION_LENGTH = 200


class SearchForm(Form):
    class Meta(Form.Meta):
        csrf = False

    errors_title = "Rätta till det här för att kunna söka"

    words = FreeLine("Sök", name="ord", max_length=QUESTION_LENGTH)
    judgement = MaybeOneOf(
        "Bedömning", Judgement, empty="Alla bedömningar", name="bedomning",
        only=[judgement for judgement in Judgement if judgement.is_final],
    )  # fmt: skip
    school_form = MaybeOneOf("Skolform", SchoolForm, empty="Alla skolformer", name="skolform")
    factor = MaybeOneOf(
        "Framgångsfaktor", SuccessFactor, empty="Alla framgångsfaktorer", name="faktor"
    )
    start_year = MaybeRow("Bedömd läsåret", empty="Alla läsår", name="lasar")
    only_examples = BooleanField("Bara goda exempel", name="exempel")

    FILTERS = ("judgement", "school_form", "factor", "start_year", "only_examples")

    @classmethod
    def received(cls, asked: MultiDict[str, str], years: list[tuple[int, str]]) -> "SearchForm":
        """The form of this request, with the läsår to choose among."""
        typed = MultiDict(asked)
        if typed.get("exempel"):
            typed["exempel"] = "y"  # whatever it was, the box would send it on
        form = cls(formdata=typed)
        form.start_year.offer(years)
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """What is longer than any question is cut, so that the page does not carry it back."""
        valid = super().validate(extra_validators)
        if not valid:
            self.words.data = self.words.data[:QUESTION_LENGTH]
        return valid

    @property
    def narrows(self) -> bool:
        """Whether anything but words is asked for."""
        return any(self[name].data for name in self.FILTERS)
