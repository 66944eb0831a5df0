"""The preparation of the coming dialogues, in the days before the demo is loaded: Ali has asked Erik
something and got his answer, Erik's question waits for Ali, and Erik brings no areas of his own to one dialogue."""

from datetime import date, timedelta

from tracker.cycle.workdays import is_ordinary_working_day
from tracker.demo.stage import Stage
from tracker.models import Side

ALIS = "Kan elevhälsochefen vara med hela tiden? Frånvaron går inte att prata om utan henne."
ERIKS_ANSWER = "Ja, hon är med från början, och tar med de senaste siffrorna."
ERIKS = "Vad gör lagen olika i dag, och vilka av skillnaderna märker eleverna?"


def tell(stage: Stage) -> None:
    coming = _hasselbrinks_coming(stage)

    def ask() -> None:
        stage.dialogue("hassel", *coming).ask(Side.PRINCIPAL, ALIS, by=stage.people["ali"])

    def answer() -> None:
        row = stage.dialogue("hassel", *coming)
        row.answer_question(row.questions[0], ERIKS_ANSWER, by=stage.people["erik"])
        row.ask(Side.ORGANIZER, ERIKS, by=stage.people["erik"])

    def bring_none() -> None:
        stage.dialogue(*_without_areas(stage)).bring_no_topics(by=stage.people["erik"])

    answered_on = _working_day(stage.today - timedelta(days=1))
    stage.on(_working_day(answered_on - timedelta(days=1)), ask)
    stage.on(answered_on, answer)
    stage.on(answered_on, bring_none)


def _hasselbrinks_coming(stage: Stage) -> tuple[int, int]:
    """Läsår and number of the dialogue that story_today places some weeks ahead."""
    if stage.today <= stage.day(0, "01-31"):
        return 0, 1
    if stage.today <= stage.working_day(0, "06-09") - timedelta(days=3):
        return 0, 2
    return 1, 1


def _without_areas(stage: Stage) -> tuple[str, int, int]:
    """Dialog 2 of Karin's units, and when that has been, Hasselbrinksskolan's."""
    if stage.today < stage.working_day(0, "04-28"):
        return "savkulla", 0, 2
    return "hassel", *_hasselbrinks_coming(stage)


def _working_day(day: date) -> date:
    while not is_ordinary_working_day(day):
        day -= timedelta(days=1)
    return day
