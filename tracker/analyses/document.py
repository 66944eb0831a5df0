"""The analysis as a document to take out; the page and the document read the same."""

from tracker.analyses.reading import Reading
from tracker.models import SituationAnalysis
from tracker.reports.documents import Document
from tracker.web.swedish import date_medium

NOT_WRITTEN = "Inget skrivet."


def as_document(analysis: SituationAnalysis, reading: Reading, owner: str) -> Document:
    """The text of `reading`, with who adopted it and when, or marked as a draft."""
    content, version = reading.content, reading.version
    document = Document(f"Nulägesanalys {content['year']}", subtitle=content["unit"], owner=owner)
    if version is None:
        document.notice("Utkast. Texten är inte fastställd.")
        document.facts([("Senast ändrad", date_medium(analysis.changed_at))])
    else:
        document.facts(
            [
                ("Fastställd", date_medium(version.adopted_at)),
                ("Av", version.adopted_by_name),
                ("Version", str(version.number)),
            ]
        )
        if version.reopening:
            document.paragraph(version.reopening.reason, "Senare öppnad igen:")
    _deepened(document, content.get("deepened"))
    document.heading("Vad bygger analysen på?")
    document.text(content["basis"], empty=NOT_WRITTEN)
    document.heading("Resultatbild")
    document.text(content["results"], empty=NOT_WRITTEN)
    document.heading("Problem eller utvecklingsbehov")
    for number, problem in enumerate(content["problems"], 1):
        form = f" ({problem['form']})" if problem["form"] else ""
        document.heading(f"Problem {number}{form}", 2)
        document.text(problem["text"])
        _since(document, problem.get("follows"))
        for cause in problem["causes"]:
            document.heading(
                "Orsak" if cause["prioritised"] else "Orsak (inte prioriterad i år)", 3
            )
            document.text(cause["text"])
            document.paragraph(cause["location"], "Var ligger orsaken?")
            document.text(cause["evidence"], "Hur vet ni det?", empty=NOT_WRITTEN)
            document.text(cause.get("factor") or "", "Framgångsfaktor:")
    if not content["problems"]:
        document.paragraph(NOT_WRITTEN)
    if content.get("solved"):
        document.heading("Löst sedan förra läsåret")
        for problem in content["solved"]:
            _since(document, problem["follows"])
    document.heading("Vilka har deltagit, och hur?")
    for name, group in content["participants"].items():
        document.text(content[name], f"{group}:", empty=NOT_WRITTEN)
    return document


def _deepened(document: Document, facts: dict[str, str] | None) -> None:
    """Why the analysis is deepened, and the support in it."""
    if not facts:
        return
    document.heading("Fördjupad analys")
    document.paragraph(f"Huvudmannens uppföljning har lyft enheten från {facts['on']}.")
    document.text(facts["reason"])
    document.heading("Stöd i analysen", 2)
    for name, label in (
        ("support_offered", "Erbjudet:"),
        ("support_wanted", "Önskat:"),
        ("support_given_by", "Givet av:"),
    ):
        document.text(facts[name], label, empty=NOT_WRITTEN)


def _since(document: Document, follows: dict[str, str] | None) -> None:
    """What has become of a problem since the earlier analysis, with what stood there."""
    if not follows:
        return
    document.paragraph(f"{follows['development']} sedan {follows['origin']}.")
    document.text(follows["before"], f"Så stod det {follows['origin']}:")
    document.text(follows["state_now"], "Så ser det ut nu:", empty=NOT_WRITTEN)
