"""Goda exempel: two measures with effect that their units tell others of, and one begun from them."""

from functools import partial

from tracker.demo.script import Day
from tracker.demo.stage import Stage
from tracker.models import GoodExample, Measure

EXAMPLES: list[tuple[str, str, Day, dict[str, str]]] = [
    (
        "lasstrategier2", "karin", "06-09",
        {
            "how": "Två lärare i samma årskurs planerar en text i veckan ihop: vilken strategi den passar "
            "för, och hur läraren visar den högt innan eleverna prövar själva. Varannan vecka är det "
            "40 minuter gemensam planering i schemat, och en gång i månaden besöker vi varandra. "
            "Vikarier får en timmes introduktion första dagen.",
            "why": "Tiden låg i schemat, så den blev av. Rektor satt med varannan gång. Det första året "
            "ändrades undervisningen, det andra resultaten: vi höll i.",
            "transferable": "minst två lärare undervisar i samma årskurs, och planeringstiden kan ligga fast "
            "hela läsåret.",
        },
    ),
    (
        "filma", "lars", "06-11",
        {
            "how": "Varje arbetslag filmar tio minuter i månaden, tittar tillsammans i en halvtimme och "
            "väljer en sak att ändra till nästa gång. Vi räknar elevernas egna initiativ, inte våra.",
            "why": "Vi såg hur ofta vi fyllde i innan eleven hann. Att laget valde en enda sak gjorde att "
            "den blev av.",
            "transferable": "någon i laget får leda samtalet, och filmerna raderas samma vecka.",
        },
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for key, person, day, texts in EXAMPLES:
        stage.on(stage.working_day(-1, day), partial(_publish, stage, key, person, texts))
    stage.on(stage.working_day(0, "11-12"), partial(_begin_from, stage))


def _publish(stage: Stage, measure: str, person: str, texts: dict[str, str]) -> None:
    GoodExample.publish(stage.measures[measure], by=stage.people[person], **texts)


def _begin_from(stage: Stage) -> None:
    """Ali has read how Sävkulla did; his own cause and expected effect are still to be written."""
    model = stage.measures["lasstrategier2"]
    if model.example is None:
        raise LookupError("Sävkulla has not told of its measure yet")
    Measure.propose(
        stage.lap("hassel", 0),
        by=stage.people["ali"],
        title="Lässtrategier i SO och NO, åk 7",
        description=model.example.how,
        follow_up=model.follow_up,
        modelled_on_id=model.id,
    )
