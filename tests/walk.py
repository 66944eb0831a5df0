"""Every route at every place, and what each person of the furnished house must get there.

`tests/access_table.py` says what each route demands, `HOLDS` who holds what where; from those two
follows what every answer must be.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import Flask
from werkzeug.routing import Rule

from tests.access_table import ROUTES, Demand, Subject
from tests.furnished import NOTHING, House, Place
from tracker.models import Permission

LETTERS = {
    "R": Permission.READ,
    "F": Permission.FOLLOW,
    "W": Permission.WRITE,
    "A": Permission.ADOPT,
    "L": Permission.LEAD,
    "C": Permission.CONVERSE,
    "M": Permission.MANAGE,
    "O": Permission.OVERSEE,
    "S": Permission.SUPPORT,
    "K": Permission.CATALOGUE,
    "T": Permission.TEAMS,
    "Q": Permission.ASK,
}

# Who may do what, written out by hand on purpose: not read from the code that is tested.
#            Sävkulla  Hassel-   Klockvret   Ringmura  Granby-   Exempelby Granby
#            (Norr)    brink     (vacant)    (Söder)   skolan    kommun    kommun
HOLDS = {
    "karin":   ("RFWACT", "",       "",         "",       "",       "",       ""),  # rektor
    "jonas":   ("RFWCT",  "",       "",         "",       "",       "",       ""),  # bitr. rektor
    "dag":     ("RFWACT", "",       "",         "",       "",       "",       ""),  # with delegation
    "erik":    ("RFLCST", "RFLCST", "RFLWACST", "",       "",       "",       ""),  # områdeschef Norr
    "maria":   ("",       "",       "",         "RFLCST", "",       "",       ""),  # områdeschef Söder
    "lena":    ("RFST",   "RFST",   "RFST",     "RFST",   "",       "RFOSKT", ""),  # skolchef
    "samira":  ("RFT",    "RFT",    "RFT",      "RFT",    "",       "RFT",    ""),  # utvecklare
    "sofia":   ("RT",     "",       "",         "",       "",       "",       ""),  # lärare
    "perolov": ("R",      "R",      "R",        "R",      "",       "RQ",     ""),  # nämnd
    "tove":    ("R",      "R",      "R",        "R",      "",       "RMK",    ""),  # systemförvaltare
    "nils":    ("",       "",       "",         "",       "",       "",       ""),  # has left
    "mats":    ("",       "",       "",         "",       "RFWACT", "",       ""),  # rektor in Granby
    "greta":   ("",       "",       "",         "",       "R",      "",       "RMK"),
}  # fmt: skip
# With the own lap of the municipality one works in.
HOLDS_ON_OWN_LAP = {
    "karin": "RF", "jonas": "RF", "dag": "RF", "erik": "RF", "maria": "RF", "lena": "RFWA",
    "samira": "RF", "sofia": "R", "perolov": "R", "tove": "R", "nils": "", "mats": "RF", "greta": "R",
}  # fmt: skip
PLACES = ("savkulla", "hassel", "klockvret", "ringmura", "granbyskolan", "exempelby", "granby")


def holds(person: str, place: str) -> frozenset[Permission]:
    return frozenset(LETTERS[letter] for letter in HOLDS[person][PLACES.index(place)])


def home_of(person: str) -> str:
    """The municipality in which the person works."""
    return "granby" if person in ("mats", "greta") else "exempelby"


def municipality_of(place: str) -> str:
    return "granby" if place.startswith("granby") else "exempelby"


# What an answer may be.
REACHED, SIGN_IN, FORBIDDEN, ABSENT = "reached", "sign in", "forbidden", "not there"


OWN = "one's own"
"""The place of an address that names no municipality's thing: a läsår, or nothing at all."""


@dataclass(frozen=True)
class Address:
    """A route at a place; None: at something that does not exist."""

    endpoint: str
    rule: str
    demand: Demand
    place: str | None
    url: str

    def __str__(self) -> str:
        return f"{self.endpoint} at {self.place or 'nothing'} ({self.url})"


def demanded(person: str | None, address: Address, method: str) -> str:
    """What the answer must be to a person (None: a visitor)."""
    demand, place = address.demand, address.place
    permission = demand.permission(method)
    if demand.public:
        return REACHED
    if person is None:
        return SIGN_IN
    if permission is None:
        # Nobody here works in two municipalities, so there is none to switch to.
        return ABSENT if address.endpoint == "auth.switch_organizer" else REACHED
    if demand.subject is Subject.ORGANIZER:
        if permission not in holds(person, home_of(person)):
            return FORBIDDEN
        return REACHED if place in (home_of(person), OWN) else ABSENT
    if demand.subject is Subject.OWN_LAP:
        if place is None:
            return ABSENT
        given = {LETTERS[letter] for letter in HOLDS_ON_OWN_LAP[person]}
        if permission not in given:
            return FORBIDDEN if Permission.READ in given else ABSENT
        return REACHED if place in (home_of(person), OWN) else ABSENT
    if demand.subject in (Subject.QUESTION, Subject.WAITING_QUESTION):
        given = holds(person, home_of(person)) if place == home_of(person) else frozenset()
        seen = given & {Permission.ASK, Permission.OVERSEE}
        if demand.subject is Subject.QUESTION and place == home_of(person):
            seen = given = frozenset(LETTERS[letter] for letter in HOLDS_ON_OWN_LAP[person])
        if not seen:
            return ABSENT
        return REACHED if permission in given else FORBIDDEN
    if demand.subject is Subject.ANYWHERE:
        return REACHED if any(permission in holds(person, each) for each in PLACES) else FORBIDDEN
    if demand.subject is Subject.FEEDBACK:
        given = frozenset().union(*(holds(person, each) for each in PLACES))
        given = given if place == home_of(person) else frozenset()
    else:
        given = holds(person, place) if place else frozenset()
    if demand.subject is Subject.REQUEST and place in PLACES and place != "granbyskolan":
        oversees = Permission.OVERSEE in holds(person, "exempelby")
        if oversees and permission not in given:
            return FORBIDDEN
        if oversees:
            return REACHED
    if demand.subject is Subject.EXAMPLE and place and municipality_of(place) == home_of(person):
        somewhere = any(Permission.READ in holds(person, each) for each in PLACES)
        given |= {Permission.READ} if somewhere else set()
    if demand.subject is Subject.TEAM and (person, place) == ("sofia", "savkulla"):
        given |= {Permission.WRITE}  # she is in the team
    if demand.subject.visible_with not in given:
        return ABSENT
    return REACHED if permission in given else FORBIDDEN


def rules(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ROUTES:
            yield rule


OF_AN_ORGANIZER = (
    Subject.ORGANIZER, Subject.FEEDBACK, Subject.QUESTION, Subject.WAITING_QUESTION,
)  # fmt: skip


def addresses(app: Flask, house: House) -> list[Address]:
    """Every route at every place that its address can name; one that names nothing, once."""
    found = []
    adapter = app.url_map.bind("127.0.0.1:8000")
    for rule in rules(app):
        demand = ROUTES[rule.endpoint]
        places: dict[str | None, Place] = {None: NOTHING}
        if rule.defaults:
            demand = replace(demand, subject=Subject.OWN_LAP)
        if demand.subject in OF_AN_ORGANIZER or demand.public:
            places |= house.organizers
        elif demand.subject is Subject.OWN_LAP:
            places |= house.own_laps
        else:
            places |= house.units
        if demand.subject is Subject.OWN_LAP:
            if not rule.arguments - {"slug", "year", "number", "user_id"}:
                places = {OWN: house.own_laps["exempelby"]}
                if "year" in rule.arguments:
                    places[None] = NOTHING
        elif not rule.arguments - {"year"} and demand.subject is not Subject.UNIT:
            places = {OWN: house.organizers["exempelby"]}
            if rule.arguments:
                places[None] = NOTHING
        if demand.public and rule.arguments:
            del places[None]  # a link that is none: its page says so, to anybody
        for name, place in places.items():
            values = place.values_for(rule.endpoint, rule.arguments, demand) | (rule.defaults or {})
            url = adapter.build(rule.endpoint, values, append_unknown=False)
            found.append(Address(rule.endpoint, rule.rule, demand, name, url))
    return found


def methods(app: Flask, address: Address) -> list[str]:
    (rule,) = [each for each in rules(app) if each.rule == address.rule]
    return sorted(rule.methods & {"GET", "POST"})
