"""Exempelby kommun's national quality dialogue this läsår: the day for which Kvistfors moved its own."""

from datetime import timedelta
from functools import partial

from tracker.demo.stage import Stage
from tracker.demo.story_organizer import EXEMPELBY
from tracker.models import NationalDialogue, SchoolYear

MEETINGS = (
    ("09-04 09:00", 2, "Digitalt", "Lena Forsgren, Erik Lund, Maria Öberg, Samira Nilsson"),
    ("10-01 09:00", 6, "Stadshuset, Björken", "Skolchef, områdeschefer och nämndens presidium"),
    ("01-21 13:00", 2, "Digitalt", "Skolchef och områdeschefer"),
)
NOTES = (
    ("09-04", 0, "Vi får berätta fritt, men ska kunna visa hur vi vet det vi säger."),
    (
        "10-02",
        1,
        "Vi visade hur åtgärderna på skolorna hänger ihop med orsakerna. Frågan vi inte kunde svara på "
        "var vad eleverna själva säger om läsningen.",
    ),
)


def tell(stage: Stage) -> None:
    stage.on(stage.working_day(0, "08-20"), partial(_begin, stage))
    for day, step, text in NOTES:
        stage.on(stage.working_day(0, day), partial(_note, stage, step, text))


def _national(stage: Stage) -> NationalDialogue:
    year = SchoolYear.of(stage.organizers[EXEMPELBY].id, stage.start_year)
    if year is None:
        raise LookupError("the läsår is not open yet")
    return NationalDialogue.begin(year, by=stage.people["lena"])


def _begin(stage: Stage) -> None:
    row, lena = _national(stage), stage.people["lena"]
    row.write(
        by=lena,
        focus="Läsning i alla ämnen: vad som gav effekt, och varför det tog två år.\n\n"
        "Frånvaron: vi frågade om rutinen fanns, inte om den användes.",
        takeaway="",
    )
    for meeting, (when, hours, place, people) in zip(row.meetings, MEETINGS, strict=True):
        starts_at = stage.hour(0, when)
        meeting.arrange(starts_at, starts_at + timedelta(hours=hours), place, people, by=lena)


def _note(stage: Stage, step: int, text: str) -> None:
    _national(stage).meetings[step].write(text, by=stage.people["lena"])
