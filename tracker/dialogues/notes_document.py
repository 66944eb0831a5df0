"""Approved minnesanteckningar as a document to take out: what both sides approved, and what was added."""

from tracker.dialogues.lists import People
from tracker.dialogues.states import Side
from tracker.models import QualityDialogue
from tracker.reports.documents import Document
from tracker.web.swedish import date_long, date_medium, datetime_full

AGREED = "Det här kom vi överens om"
COLUMNS = ("Vad", "Vem", "Senast")
WHO = {Side.PRINCIPAL: "Rektor", Side.ORGANIZER: "Dialogansvarig"}


def as_document(dialogue: QualityDialogue, people: People, owner: str) -> Document:
    """Of an approved dialogue: who took part, its notes and agreements as they were approved, by whom, and the
    remarks."""
    content = dialogue.content()
    document = Document(
        f"Minnesanteckningar: {dialogue.kind.label}", subtitle=dialogue.unit_names, owner=owner
    )
    signed = [(side, dialogue.standing_approval(side)) for side in Side]
    document.facts(
        [
            ("Läsår", dialogue.school_year.label),
            ("Tid", _when(dialogue)),
            ("Plats", dialogue.place),
            (
                "Leder enheten" if len(dialogue.units) == 1 else "Leder enheterna",
                people.leader_names,
            ),
            ("Dialogansvarig", people.lead_names),
            ("Även med", dialogue.participants),
            *(
                (f"Godkända av {WHO[side].lower()}", f"{row.by_name}, {datetime_full(row.at)}")
                for side, row in signed
                if row
            ),
        ]
    )
    for note in content["notes"]:
        document.heading(note["heading"])
        document.text(note["text"])
    if not content["notes"]:
        document.paragraph("Inga anteckningar är skrivna.")
    document.heading(AGREED)
    if dialogue.agreements:
        document.table(
            COLUMNS,
            [
                [
                    row.what,
                    row.responsible,
                    date_medium(row.agreed_day) if row.agreed_day else "",
                ]
                for row in dialogue.agreements
            ],
            widths=(4, 2, 2),
        )
    else:
        document.paragraph("Inga överenskommelser är skrivna.")
    if dialogue.remarks:
        document.heading("Anmärkningar")
        for remark in dialogue.remarks:
            document.text(remark.text, f"{remark.by_name}, {datetime_full(remark.at)}:")
    return document


def _when(dialogue: QualityDialogue) -> str:
    if dialogue.day is None or dialogue.start_time is None or dialogue.end_time is None:
        return ""
    return f"{date_long(dialogue.day)} kl. {dialogue.start_time:%H.%M}–{dialogue.end_time:%H.%M}"


def file_name(dialogue: QualityDialogue) -> str:
    """Of plain letters, without its ending."""
    first, *others = (unit.slug for unit in dialogue.units)
    about = f"{first}-med-flera" if others else first
    return f"minnesanteckningar-dialog-{dialogue.kind.number}-{about}-{dialogue.school_year.slug}"
