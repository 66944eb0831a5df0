"""Dialogunderlag as a document to take out: the same Brief as the page, in the same order and words."""

from tracker.clock import today
from tracker.dialogues.brief import LESSON_LENGTH, Brief, MeasureBeside, UnitPart
from tracker.dialogues.brief_analysis import in_short
from tracker.models import DialogueKind, QualityDialogue, Side
from tracker.reports.documents import Document
from tracker.web.swedish import date_medium

AGREED_COLUMNS = ("Det här kom vi överens om", "Vem", "Senast", "Vad blev det?")
AGREED_WIDTHS = (5, 4, 4, 5)
NOTHING_AGREED = "Inget är antecknat från tidigare dialoger."


def file_name(dialogue: QualityDialogue) -> str:
    """Of plain letters, without its ending."""
    first, *others = (unit.slug for unit in dialogue.units)
    about = f"{first}-med-flera" if others else first
    return f"dialogunderlag-dialog-{dialogue.kind.number}-{about}-{dialogue.school_year.slug}"


def as_document(brief: Brief, owner: str) -> Document:
    dialogue = brief.dialogue
    document = Document(
        f"Dialogunderlag: {dialogue.kind.label}", subtitle=dialogue.unit_names, owner=owner
    )
    document.paragraph(
        f"Läsåret {dialogue.school_year.label}, {dialogue.kind.subtitle}. {dialogue.kind.purpose}"
    )
    document.facts(
        [
            ("Tid", brief.when),
            ("Plats", dialogue.place),
            ("Deltar", brief.taking_part),
            ("Även med", dialogue.participants),
        ]
    )
    _agreed(document, brief)
    _due(document, brief)
    _topics(document, brief)
    _questions(document, dialogue)
    _left(document, brief)
    for part in brief.parts:
        _unit(document, part, dialogue)
    document.paragraph(
        "Underlaget sätts ihop av det som är delat, fastställt, beslutat och bedömt. Utkast är inte med."
        f" Så såg det ut {date_medium(today())}."
    )
    return document


def _agreed(document: Document, brief: Brief) -> None:
    document.heading("Sagt förra gången – vad blev det")
    if not brief.agreed:
        document.paragraph(NOTHING_AGREED)
        return
    document.table(
        AGREED_COLUMNS,
        [
            [
                f"{row.agreement.what}\n\n{row.dialogue.title}",
                row.agreement.responsible,
                date_medium(row.agreement.due_on) if row.agreement.due_on else "",
                outcome,
            ]
            for row, outcome in brief.outcomes
        ],
        widths=AGREED_WIDTHS,
    )


def _due(document: Document, brief: Brief) -> None:
    if not brief.due:
        return
    document.heading("Effekter att bedöma först")
    document.paragraph(brief.about_due)
    for part, row in brief.due:
        _measure(document, row, 2, part.unit.name if len(brief.parts) > 1 else "")


def _topics(document: Document, brief: Brief) -> None:
    dialogue = brief.dialogue
    document.heading("Områden i dialogen")
    document.heading(Side.PRINCIPAL.label, 2)
    chosen = dialogue.principals_topic
    if chosen:
        document.paragraph("", chosen.title)
        document.text(chosen.text)
    else:
        document.paragraph(brief.no_principals_topic)
    document.heading("Områden som huvudmannen lagt till", 2)
    for topic in dialogue.organizers_topics:
        document.paragraph("", topic.title)
        document.text(topic.text)
    if not dialogue.organizers_topics:
        document.paragraph(brief.no_organizers_topics)


def _questions(document: Document, dialogue: QualityDialogue) -> None:
    if not dialogue.questions:
        return
    document.heading("Frågor inför dialogen")
    for row in dialogue.questions:
        document.text(row.text, f"{row.by_name} frågar {row.to}, {date_medium(row.at)}:")
        if row.answered_at:
            at = date_medium(row.answered_at)
            document.text(row.answer, f"Svar från {row.answered_by_name}, {at}:")
        else:
            document.paragraph("Inte besvarad än.")


def _left(document: Document, brief: Brief) -> None:
    if not any(brief.left.values()):
        return
    document.heading("Kvar att göra före dialogen")
    for side, name in ((Side.PRINCIPAL, "Rektor"), (Side.ORGANIZER, "Dialogansvarig")):
        document.heading(name, 2)
        steps = brief.left[side]
        if steps:
            document.bullets(
                [
                    f"{step.label} (senast {date_medium(step.due_on)})"
                    if step.due_on
                    else step.label
                    for step in steps
                ]
            )
        else:
            document.paragraph("Inget kvar.")


def _unit(document: Document, part: UnitPart, dialogue: QualityDialogue) -> None:
    document.heading(part.unit.name)
    document.text(part.support_in_words, "Stöd:")
    if dialogue.kind is DialogueKind.DIALOGUE_2:
        _by_area(document, part)
    _analysis(document, part)
    if dialogue.kind is not DialogueKind.DIALOGUE_2:
        if part.areas:
            document.heading("Prioriterade utvecklingsområden", 2)
            document.bullets([": ".join(filter(None, [a.title, a.goal])) for a in part.areas])
        document.heading("Åtgärder och effekter", 2)
        for row in part.not_due:
            _measure(document, row, 3)
        if not part.not_due:
            document.paragraph(part.none_left)
    if part.lessons:
        document.heading("Lärdomar från tidigare läsår", 2)
        document.bullets(
            [
                f"{row.school_year.label}, {row.measure.title} ({row.judgement.label.lower()}): "
                f"{in_short(row.lesson, LESSON_LENGTH)}"
                for row in part.lessons
            ]
        )


def _by_area(document: Document, part: UnitPart) -> None:
    for area, rows in part.by_area:
        document.heading(part.heading_of(area), 2)
        if area and area.goal:
            document.text(area.goal, "Mål:")
        for row in rows:
            _measure(document, row, 3)
        if area and not rows:
            document.paragraph(part.none_in(area))
    if not part.by_area and not part.due:
        document.paragraph("Det finns inga utvecklingsområden eller beslutade åtgärder än.")


def _analysis(document: Document, part: UnitPart) -> None:
    document.heading("Nulägesanalysen i korthet", 2)
    document.paragraph(part.analysis.standing)
    for label, text in part.analysis.deepening:
        document.text(text, f"{label}:")
    document.text(part.analysis.results)
    for text, causes in part.analysis.problems:
        document.text(text, "Problem eller utvecklingsbehov:")
        if causes:
            document.bullets([f"{cause} ({where})" for cause, where in causes])
    for what, before, state_now in part.analysis.since_last_year:
        document.text(before, f"{what}. Så stod det då:")
        document.text(state_now, "Så ser det ut nu:")


def _measure(document: Document, row: MeasureBeside, level: int, unit: str = "") -> None:
    document.heading(row.measure.title, level)
    document.paragraph(" · ".join(filter(None, [unit, *row.about])))
    result = row.assessment
    assessed = f" Bedömt {date_medium(result.at)}" if result else ""
    became = [*([("", result.judgement.label)] if result else []), *row.became, ("", row.standing)]
    document.table(
        ["Förväntad effekt", f"Vad blev det?{assessed}"], [[_cell(row.expected), _cell(became)]]
    )


def _cell(pairs: list[tuple[str, str]]) -> str:
    return "\n\n".join(f"{label}: {text}" if label else text for label, text in pairs if text)
