"""What was said, agreed and approved in the dialogues: some notes are locked, one waits, and of what was
agreed some is done and some is not."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from tracker.cycle.workdays import is_ordinary_working_day
from tracker.demo.script import Day, Person
from tracker.demo.stage import Stage
from tracker.dialogues.room import slot_of
from tracker.models import Agreement, AgreementState, QualityDialogue, Side, User


@dataclass(frozen=True)
class Agreed:
    """Överenskommelse: a person's key or free text; `outcome`: the day it was done, and what it became."""

    what: str
    who: str
    due: Day = ""
    outcome: tuple[Day, str] | None = None


@dataclass(frozen=True)
class Said:
    """The notes of a dialogue that was held on a day. They are written the working day after; `notes`
    are by point of the agenda: rektors, organizers, last-time, effects, other."""

    unit: str
    year: int
    number: int
    on: Day
    by: Person
    lead: Person
    notes: dict[str, str]
    agreed: list[Agreed] = field(default_factory=list)
    approved: Day = ""
    """When rektor did, and `approved_by_lead` the dialogansvarig; "" when they have not."""
    approved_by_lead: Day = ""


CONVERSATIONS = [
    Said(
        "tornroda", -2, 2, "05-15", "lars", "maria",
        {"organizers": "31 av 33 har gått utbildningen. Maria: Vad märkte eleverna? Det vet vi inte.",
         "other": "Bedömningen av utbildningen ändras tills vi har sett på eleverna."},
        [Agreed("Lars tar reda på vad eleverna har märkt av bildstödet.", "lars", "+09-10",
                ("+09-11", "Det går inte att säga: vi saknar ett utgångsläge för vad eleverna gör."))],
        "05-20", "05-21",
    ),
    Said(
        "savkulla", -1, 2, "05-05", "karin", "erik",
        {"effects": "Lässtrategierna nådde målet. Rasterna vet vi inte: fler anmäler, men vi vet inte varför.",
         "rektors": "En text i veckan planeras ihop. Tiden ligger i schemat även nästa läsår.",
         "other": "Övergången till förskoleklass tas upp gemensamt med Lyktvreten i höst."},
        [Agreed("Karin skriver om rastproblemet tillsammans med elevrådet före höstens analys.", "karin",
                "+08-31", ("+08-28", "Elevrådet och fritidshemmet gick kartvandring. Två platser pekades ut.")),
         Agreed("Erik frågar förskolorna hur överlämningen till förskoleklass fungerar.", "erik",
                "+09-15", ("+09-14", "Fem lärare svarade. Två av fem kan ge ett exempel."))],
        "05-11", "05-12",
    ),
    Said(
        "hassel", -1, 2, "05-20", "ali", "erik",
        {"effects": "Omplaneringen blev av i 10 av 11 grupper. Mattestugan läggs ned.",
         "other": "Skillnaden mellan pojkar och flickor har vi inte frågat om."},
        [Agreed("Ali frågar eleverna i åk 9 varför pojkarna hamnar efter i matematik.", "ali", "+11-27")],
        "05-26", "05-28",
    ),
    Said(
        "tornroda", 0, 1, "09-24", "lars", "maria",
        {"rektors": "5 av 16 elever har provat två program. Besöken behöver ligga i kalendern från början.",
         "organizers": "Filmsamtalen fortsätter en gång i månaden. Arbetslagen leder dem själva."},
        [Agreed("Lars bjuder in de anpassade gymnasieskolorna till arbetslaget i åk 7–9.", "lars", "10-30",
                ("10-28", "Två skolor kom. Första besöket i grupp är bokat."))],
        "09-29", "09-30",
    ),
    Said(
        "ringmura", 0, 1, "10-01", "nadia", "maria",
        {"rektors": "Två scheman gör två kulturer. Gemensam lektionsstart prövas i åk 7 först.",
         "organizers": "Tiden från signal till beslut om särskilt stöd mäts från och med oktober."},
        [Agreed("Maria ordnar en schemaläggare i två veckor.", "maria", "12-04"),
         Agreed("Nadia visar i november hur lång tid det tar från signal till beslut.", "nadia", "11-30")],
        "10-06", "10-08",
    ),
    Said(
        "savkulla", 0, 1, "10-06", "karin", "erik",
        {"last-time": "Elevrådet och fritidshemmet pekade ut samma två platser. Det står nu i analysen.",
         "rektors": "Samma planeringsstruktur som i läsning: en uppgift i veckan planeras ihop. Jonas provar "
         "i åk 4 före jul.",
         "organizers": "Fritidshemmet finns i tre åtgärder men saknar egna mål. Det behövs ett."},
        [Agreed("Erik ordnar ett besök på Kvistforsgymnasiets samplanering.", "erik", "11-13",
                ("11-12", "Karin och Jonas var med vid ett planeringsmöte. De tar med sig den fasta timmen.")),
         Agreed("Karin lägger fritidshemmets mål i analysen.", "karin", "11-27")],
        "10-12", "10-14",
    ),
    Said(
        "almhammar", 0, 1, "10-07", "petra", "maria",
        {"rektors": "Glappet är störst veckan efter att sfi-kursen är slut. Ingen äger den veckan."},
        [Agreed("Petra utser en mentor som följer eleven in i yrkeskursen.", "petra", "12-11")],
        "10-13", "10-15",
    ),
    Said(
        "kvistfors", 0, 1, "10-08", "johan", "maria",
        {"rektors": "Närvaron på introduktionsprogrammen är lägst på måndagar. Mentorerna ringer samma dag.",
         "organizers": "El- och energiprogrammet har fått samplanering. Vård och omsorg börjar i januari."},
        [Agreed("Johan tar fram närvaron per veckodag för introduktionsprogrammen.", "johan", "11-30")],
        "10-15", "",
    ),
    Said(
        "klockvret", 0, 1, "10-08", "hanna", "erik",
        {"rektors": "”Alla trivs och lyckas” går inte att följa. Målet skrivs om till vad eleverna kan säga.",
         "organizers": "Hanna behöver en erfaren rektor att ringa."},
        [Agreed("Hanna skriver om målet så att det går att följa.", "hanna", "10-30",
                ("10-22", "I maj kan varje elev i åk 4–9 säga vad hen ska utveckla i svenska.")),
         Agreed("Erik frågar Karin om hon kan vara mentor.", "erik", "10-16",
                ("10-15", "Karin är rektorsmentor från november."))],
        "10-13", "10-14",
    ),
]  # fmt: skip


def tell(stage: Stage) -> None:
    for said in CONVERSATIONS:
        _tell(stage, said)


def _tell(stage: Stage, said: Said) -> None:
    day = stage.working_day(said.year, said.on) + timedelta(days=1)
    while not is_ordinary_working_day(day):
        day += timedelta(days=1)

    def dialogue() -> QualityDialogue:
        return stage.dialogue(said.unit, said.year, said.number)

    def write() -> None:
        row, by = dialogue(), stage.people[said.by]
        for point, text in said.notes.items():
            row.write_note(_slot(row, point), text, seen=0, by=by)
        for agreed in said.agreed:
            who = stage.people.get(agreed.who)
            row.agree(
                agreed.what,
                who.name if who else agreed.who,
                who.id if who else None,
                stage.day(said.year, agreed.due) if agreed.due else None,
                by=stage.people[said.lead],
            )

    def hold() -> None:
        dialogue().hold(by=stage.people[said.lead])

    def approve(side: Side, person: Person) -> None:
        row = dialogue()
        row.approve({side}, seen=row.digest(), by=stage.people[person])

    def settle(agreed: Agreed, outcome: str) -> None:
        row = next(row for row in dialogue().agreements if row.what == agreed.what)
        row.settle(AgreementState.DONE, outcome, by=_settler(stage, said, row))

    stage.on(day, write)
    stage.on(day, hold)
    for side, person, on in (
        (Side.PRINCIPAL, said.by, said.approved),
        (Side.ORGANIZER, said.lead, said.approved_by_lead),
    ):
        if on:
            stage.on(stage.working_day(said.year, on), partial(approve, side, person))
    for agreed in said.agreed:
        if agreed.outcome:
            on, outcome = agreed.outcome
            stage.on(stage.working_day(said.year, on), partial(settle, agreed, outcome))


def _settler(stage: Stage, said: Said, row: Agreement) -> User:
    """Who was to do it says what became of it."""
    people = (stage.people[said.by], stage.people[said.lead])
    return next((person for person in people if person.id == row.responsible_id), people[0])


def _slot(dialogue: QualityDialogue, point: str) -> str:
    if point == "rektors" and dialogue.principals_topic:
        return slot_of(dialogue.principals_topic)
    if point == "organizers" and dialogue.organizers_topics:
        return slot_of(dialogue.organizers_topics[0])
    return "other" if point in ("rektors", "organizers") else point
