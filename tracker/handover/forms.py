"""The form of a hälsning."""

from wtforms import IntegerField
from wtforms.widgets import HiddenInput

from tracker.web.fields import FreeText, Optional
from tracker.web.forms import VersionedForm

TEXT_LENGTH = 10_000


class HandoverForm(VersionedForm):
    """`version` is 0 for the first words. Left empty, it takes back what was written."""

    version = IntegerField(widget=HiddenInput(), default=0)
    text = FreeText("Det här vill jag att du vet", [Optional()], max_length=TEXT_LENGTH)
