"""The huvudman's support: the catalogue, what units have asked for out of it, the levels of Klockvretsskolan
and Ringmuraskolan, and what the principals said of the central elevhälsa."""

from dataclasses import dataclass, field
from functools import partial

from tracker.demo.script import Day
from tracker.demo.stage import Stage
from tracker.demo.story_organizer import EXEMPELBY
from tracker.models import (
    SchoolForm,
    SupportDecision,
    SupportFeedback,
    SupportLevel,
    SupportOffer,
    SupportRequest,
    User,
)


@dataclass(frozen=True)
class Offer:
    title: str
    gives: str
    contact: str = ""
    owner: str = ""
    audience: str = ""
    forms: list[SchoolForm] = field(default_factory=list)


CATALOGUE = {
    "analysis": Offer(
        "Stöd i analysen",
        "En kvalitetsutvecklare arbetar med er i nulägesanalysen: samlar underlag, besöker lektioner och "
        "prövar orsakerna tillsammans med er.",
        owner="samira",
    ),
    "mentor": Offer(
        "Rektorsmentor",
        "En erfaren rektor som du träffar varannan vecka under ett år.",
        contact="Områdeschefen utser mentorn tillsammans med dig.",
        audience="Rektorer i sitt första år",
    ),
    "health": Offer(
        "Centrala elevhälsan",
        "Handledning till elevhälsoteamet, och kurator eller skolpsykolog när enhetens egen inte räcker.",
        contact="Elevhälsochefen.",
    ),
    "timetable": Offer(
        "Schemaläggare",
        "Hjälp att lägga schemat eller lägga om det, upp till två veckor.",
        contact="Förvaltningens schemagrupp.",
        forms=[
            SchoolForm.COMPULSORY,
            SchoolForm.ADAPTED_COMPULSORY,
            SchoolForm.UPPER_SECONDARY,
        ],
    ),
    "homework": Offer(
        "Läxhjälp med volontärer",
        "Volontärer två eftermiddagar i veckan.",
        contact="Fritidsförvaltningen.",
        forms=[SchoolForm.COMPULSORY],
    ),
}


@dataclass(frozen=True)
class Asked:
    """Out of the catalogue; each step when, by whom, what."""

    unit: str
    offer: str
    asked: tuple[Day, str, str]
    answer: tuple[Day, str, str]
    outcome: tuple[Day, str, str]


ASKED = (
    Asked(
        "klockvret",
        "mentor",
        ("08-19", "hanna", "Jag är ny rektor och saknar någon att bolla med om lärarbytena."),
        ("08-24", "erik", "Karin Holm blir din mentor. Hon hör av sig den här veckan."),
        (
            "10-05",
            "hanna",
            "Vi träffas varannan vecka. Det var hon som visade hur målen kunde skrivas.",
        ),
    ),
    Asked(
        "hassel",
        "analysis",
        (
            "10-12",
            "ali",
            "Hjälp att ta reda på varför skillnaden mellan pojkar och flickor inte minskar.",
        ),
        ("10-14", "samira", "Jag kommer två förmiddagar i november. Vi börjar med elevintervjuer."),
        (
            "02-01",
            "ali",
            "Tio intervjuer är gjorda. Pojkarna vet inte vad omplaneringen är till för.",
        ),
    ),
)


@dataclass(frozen=True)
class Level:
    """A decision on a day, and the day of its follow-up, which may lie in another läsår."""

    unit: str
    year: int
    on: Day
    by: str
    level: SupportLevel
    reason: str
    content: str = ""
    follow_up: Day = ""


LEVELS = (
    Level(
        "ost", -2, "09-16", "maria", SupportLevel.TARGETED,
        "58 % av eleverna i åk 9 blev behöriga till yrkesprogram.",
        "Samira deltar i den fördjupade analysen.", "+09-15",
    ),
    Level(
        "ost", -1, "09-15", "maria", SupportLevel.COORDINATED,
        "Utmaningarna kvarstår efter ett år.",
        "Biträdande rektor på heltid, Samira en dag i veckan och en fördjupad analys av extra "
        "anpassningar.", "06-10",
    ),
    Level(
        "ringmura", 0, "08-18", "maria", SupportLevel.COORDINATED,
        "Öst och Väst är en enhet. Insatserna som började på Öst ska hålla i hela skolan.",
        "Biträdande rektor på heltid och Samira en dag i veckan.", "12-15",
    ),
    Level(
        "ringmura", 0, "12-15", "maria", SupportLevel.COORDINATED,
        "Åk 7 följer gemensam lektionsstart, åk 9 gör det inte än.",
        "Biträdande rektor på heltid och Samira en dag i veckan.", "05-20",
    ),
    Level(
        "ringmura", 0, "05-20", "maria", SupportLevel.TARGETED,
        "Lektionerna har ändrats i alla årskurser. Nu gäller det särskilt stöd.",
        "Samira två dagar i månaden.", "+10-15",
    ),
    Level(
        "klockvret", 0, "09-01", "erik", SupportLevel.TARGETED,
        "Ny rektor och tre lärarbyten.",
        "Rektorsmentor från Sävkullaskolan.", "01-15",
    ),
    Level(
        "klockvret", 0, "01-15", "erik", SupportLevel.TARGETED,
        "Målet går att följa och fyra par lärare besöker varandra. Två av de nya lärarna är kvar till "
        "sommaren.",
        "Rektorsmentor från Sävkullaskolan.", "05-25",
    ),
    Level(
        "klockvret", 0, "05-25", "erik", SupportLevel.ORDINARY,
        "Alla tjänster är tillsatta och utvecklingsarbetet hålls ihop av rektor.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    about: str
    year: int
    given: tuple[Day, str, str]
    answer: tuple[Day, str]
    follow_up: Day
    outcome: str
    area: str = ""


SAID = (
    Said(
        "Centrala elevhälsan",
        -1,
        ("11-12", "karin", "Vi vet inte vem på centrala elevhälsan som svarar på vad, och samma fråga får två svar."),
        ("01-12", "En kontaktperson per område, svar inom tre arbetsdagar."),
        "05-20",
        "Sex av sju rektorer tycker att det fungerar bättre.",
    ),
    Said(
        "Schemaläggare",
        0,
        ("10-20", "nadia", "Vi får besked samma vecka som schemat ska vara klart. Två skolor har fått lägga om."),
        ("12-01", "Den som har bett om hjälp före 15 april får besked i april."),
        "04-28",
        "Alla som bad om hjälp fick besked i tid.",
        area="soder",
    ),
)  # fmt: skip


def tell(stage: Stage) -> None:
    offers: dict[str, SupportOffer] = {}
    stage.on(stage.working_day(-2, "08-25"), partial(_offer, stage, offers))
    stage.on(stage.working_day(-1, "06-12"), lambda: offers["homework"].retire(by=_lena(stage)))
    for asked in ASKED:
        _tell_request(stage, offers, asked)
    for level in LEVELS:
        stage.on(stage.working_day(level.year, level.on), partial(_decide, stage, level))
    for said in SAID:
        _tell_feedback(stage, said)
    # What the principals said of the elevhälsa stands in the catalogue from the day it was clarified.
    stage.on(stage.working_day(-1, "01-12"), lambda: _write_contact(stage, offers["health"]))


def _lena(stage: Stage) -> User:
    return stage.people["lena"]


def _offer(stage: Stage, offers: dict[str, SupportOffer]) -> None:
    for key, offer in CATALOGUE.items():
        offers[key] = SupportOffer.add(
            stage.organizers[EXEMPELBY],
            by=_lena(stage),
            title=offer.title,
            gives=offer.gives,
            forms=offer.forms,
            audience=offer.audience,
            contact=offer.contact,
            owner_id=stage.people[offer.owner].id if offer.owner else None,
        )


def _write_contact(stage: Stage, offer: SupportOffer) -> None:
    offer.change(
        by=_lena(stage),
        title=offer.title,
        gives=offer.gives,
        forms=offer.forms,
        audience=offer.audience,
        contact="En kontaktperson per område. Svar inom tre arbetsdagar.",
        owner_id=None,
    )


def _tell_request(stage: Stage, offers: dict[str, SupportOffer], asked: Asked) -> None:
    made: list[SupportRequest] = []

    def ask() -> None:
        _, by, text = asked.asked
        made.append(
            SupportRequest.ask(
                stage.units[asked.unit], text, by=stage.people[by], offer=offers[asked.offer]
            )
        )

    def answer() -> None:
        made[0].respond(asked.answer[2], by=stage.people[asked.answer[1]])

    def settle() -> None:
        made[0].settle(asked.outcome[2], by=stage.people[asked.outcome[1]])

    for (day, *_), what in ((asked.asked, ask), (asked.answer, answer), (asked.outcome, settle)):
        stage.on(stage.working_day(0, day), what)


def _decide(stage: Stage, level: Level) -> None:
    SupportDecision.make(
        stage.units[level.unit],
        level.level,
        by=stage.people[level.by],
        reason=level.reason,
        content=level.content,
        since_on=stage.working_day(level.year, level.on),
        follow_up_on=stage.working_day(level.year, level.follow_up) if level.follow_up else None,
    )


def _tell_feedback(stage: Stage, said: Said) -> None:
    made: list[SupportFeedback] = []

    def give() -> None:
        _, by, text = said.given
        made.append(
            SupportFeedback.give(
                stage.organizers[EXEMPELBY],
                said.about,
                text,
                by=stage.people[by],
                area=stage.areas.get(said.area),
            )
        )

    def clarify() -> None:
        follow_up_on = stage.working_day(said.year, said.follow_up)
        made[0].clarify(said.answer[1], follow_up_on, by=_lena(stage))

    def follow_up() -> None:
        made[0].follow_up(said.outcome, by=_lena(stage))

    for day, what in (
        (said.given[0], give),
        (said.answer[0], clarify),
        (said.follow_up, follow_up),
    ):
        stage.on(stage.working_day(said.year, day), what)
