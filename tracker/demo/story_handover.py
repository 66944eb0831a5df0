"""Hälsningar at Klockvretsskolan: what two who left wanted Hanna Widell to know."""

from functools import partial

from tracker.demo.stage import Stage
from tracker.handover.models import HandoverNote

GREETINGS = (
    (
        -1,
        "01-28",
        "birgitta",
        "Det här hade jag velat veta min första vecka:\n\n"
        "- Sambedömningen med Hasselbrinksskolan hänger på att någon bjuder in. Ali vet vilka dagar som "
        "brukar fungera.\n"
        "- Skolskjutsen går 14.20. Allt som ska hinnas med eleverna måste ligga före dess.\n"
        "- Varken trivselreglerna eller mentorssamtalen har något startvärde. Det är det jag skulle börja "
        "med.\n\n"
        "Föräldrarna i bygden säger vad de tycker, och de ställer upp när man frågar.",
    ),
    (
        -1,
        "06-17",
        "sara",
        "Jag var här en termin. Arbetslaget är vant att klara sig självt och har mycket att berätta, om man "
        "frågar en i taget. Mentorssamtalen stannade av i februari. Dialog 2 blev inställd, så det finns inga "
        "minnesanteckningar från i våras: fråga Erik vad han hade tänkt ta upp.",
    ),
)


def tell(stage: Stage) -> None:
    for year, day, person, text in GREETINGS:
        stage.on(stage.working_day(year, day), partial(_leave, stage, person, text))


def _leave(stage: Stage, person: str, text: str) -> None:
    HandoverNote.leave(stage.units["klockvret"], text, by=stage.people[person])
