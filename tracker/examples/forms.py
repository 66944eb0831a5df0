"""The form in which a unit tells of a measure that had effect."""

from tracker.web.fields import FreeText, required
from tracker.web.forms import Form, VersionedForm


class _Texts:
    how = FreeText("Hur gjorde ni?", [required("Skriv hur ni gjorde, så att andra kan följa det.")])
    why = FreeText("Varför fungerade det?", [required("Skriv vad ni tror gjorde skillnaden.")])
    transferable = FreeText(
        "Kan överföras om …", [required("Skriv vad som behöver finnas på plats hos den som tar efter.")]
    )  # fmt: skip

    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name).data for name in ("how", "why", "transferable")}


class NewExampleForm(_Texts, Form):
    errors_title = "Rätta till det här för att kunna publicera"


class ExampleForm(_Texts, VersionedForm):
    """An example that is there already."""
