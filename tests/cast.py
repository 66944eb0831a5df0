"""The named cast of the tests: two municipalities, a handful of people with known roles.

The day is Friday 20 November 2026. Exempelby has two areas. In Norr: Sävkullaskolan and Lyktvretens
förskola (Karin, with Jonas as deputy at Sävkulla), Hasselbrinksskolan (Ali) and Klockvretsskolan,
which is vacant. In Söder: Ringmuraskolan (Nadia). Granby is the other municipality.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tracker.clock import STOCKHOLM
from tracker.cycle.calendar import school_year_start
from tracker.dialogues.models import QualityDialogue
from tracker.extensions import db
from tracker.models import (
    Area,
    Organizer,
    QualityCycle,
    ReminderKind,
    ReminderRule,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    UnitKind,
    User,
)
from tracker.notifications.rules import usual_rules
from tracker.organisation.staffing import Staffing
from tracker.web.swedish import sort_key

THE_DAY = datetime(2026, 11, 20, 9, 0, tzinfo=STOCKHOLM)
SINCE = date(2023, 8, 1)


@dataclass
class Cast:
    """Ids of everybody and everything; attributes give the rows in the current session."""

    ids: dict[str, tuple[type, int]] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            model, key = self.__dict__["ids"][name]
        except KeyError:
            raise AttributeError(name) from None
        return db.session.get_one(model, key)

    def remember(self, **rows: Any) -> None:
        db.session.flush()
        for name, row in rows.items():
            self.ids[name] = (type(row), row.id)

    def cycle(self, unit: SchoolUnit, year: SchoolYear | None = None) -> QualityCycle:
        """The unit's lap, of the current läsår unless another is given."""
        return (
            db.session.query(QualityCycle)
            .filter_by(unit_id=unit.id, school_year_id=(year or self.year).id)
            .one()
        )

    def dialogue(self, unit: SchoolUnit, number: int = 1) -> QualityDialogue:
        """The unit's Dialog 1 or 2 of the current läsår."""
        return next(
            row
            for row in db.session.query(QualityDialogue).filter_by(school_year_id=self.year.id)
            if row.kind.number == number and unit.id in {link.unit_id for link in row.unit_links}
        )


PEOPLE = {
    "karin": "Karin Holm",
    "jonas": "Jonas Ek",
    "ali": "Ali Demir",
    "nadia": "Nadia Karlsson",
    "erik": "Erik Lund",
    "maria": "Maria Öberg",
    "lena": "Lena Forsgren",
    "samira": "Samira Nilsson",
    "sofia": "Sofia Lindgren",
    "perolov": "Per-Olov Wikström",
    "tove": "Tove Lindh",
}
GRANBY_PEOPLE = {"mats": "Mats Oskarsson", "ingela": "Ingela Dahl", "greta": "Greta Ask"}


def build() -> Cast:
    """Make the cast in an empty database; the caller commits."""
    cast = Cast()
    _exempelby(cast)
    _granby(cast)
    return cast


def _rules() -> list[ReminderRule]:
    """The usual ones but Din vecka, which its own tests turn on: most are about one mail each."""
    return [rule for rule in usual_rules() if rule.kind is not ReminderKind.WEEK]


def _person(name: str, domain: str) -> User:
    user = User(
        email=f"{name.split()[0].lower().encode('ascii', 'ignore').decode()}@{domain}",
        name=name,
        sort_key=sort_key(name),
        password_hash=None,
    )
    db.session.add(user)
    return user


def _exempelby(cast: Cast) -> None:
    organizer = Organizer(name="Exempelby kommun", rules=_rules())
    db.session.add(organizer)
    db.session.flush()
    people = {key: _person(name, "exempelby.example") for key, name in PEOPLE.items()}
    norr = Area.create(organizer, "Norr", by=None)
    soder = Area.create(organizer, "Söder", by=None)
    school = [SchoolForm.PRESCHOOL_CLASS, SchoolForm.COMPULSORY, SchoolForm.AFTER_SCHOOL]

    def unit(name: str, area: Area, kind: UnitKind, forms: list[SchoolForm]) -> SchoolUnit:
        return SchoolUnit.create(
            organizer, name, kind, forms=forms, by=None, area=area, opened_on=SINCE
        )

    units = {
        "savkulla": unit("Sävkullaskolan", norr, UnitKind.SCHOOL, school),
        "lyktvret": unit("Lyktvretens förskola", norr, UnitKind.PRESCHOOL, [SchoolForm.PRESCHOOL]),
        "hassel": unit("Hasselbrinksskolan", norr, UnitKind.SCHOOL, [SchoolForm.COMPULSORY]),
        "klockvret": unit("Klockvretsskolan", norr, UnitKind.SCHOOL, school),
        "ringmura": unit("Ringmuraskolan", soder, UnitKind.SCHOOL, [SchoolForm.COMPULSORY]),
    }

    def give(person: str, role: Role, **where: Any) -> None:
        RoleAssignment.give(people[person], role, organizer, by=None, starts_on=SINCE, **where)

    give("karin", Role.PRINCIPAL, unit=units["savkulla"])
    give("karin", Role.PRINCIPAL, unit=units["lyktvret"])
    give("jonas", Role.DEPUTY, unit=units["savkulla"])
    give("ali", Role.PRINCIPAL, unit=units["hassel"])
    give("nadia", Role.PRINCIPAL, unit=units["ringmura"])
    give("erik", Role.DIALOGUE_LEAD, area=norr)
    give("maria", Role.DIALOGUE_LEAD, area=soder)
    give("lena", Role.ORGANIZER_LEAD)
    give("samira", Role.QUALITY_DEVELOPER)
    give("sofia", Role.STAFF, unit=units["savkulla"])
    give("perolov", Role.BOARD)
    give("tove", Role.SYSTEM_ADMIN)
    years = _years(organizer)
    cast.remember(exempelby=organizer, norr=norr, soder=soder, **years, **people, **units)


def _granby(cast: Cast) -> None:
    organizer = Organizer(name="Granby kommun", rules=_rules())
    db.session.add(organizer)
    db.session.flush()
    people = {key: _person(name, "granby.example") for key, name in GRANBY_PEOPLE.items()}
    unit = SchoolUnit.create(
        organizer,
        "Granbyskolan",
        UnitKind.SCHOOL,
        forms=[SchoolForm.COMPULSORY],
        by=None,
        opened_on=SINCE,
    )
    for person, role, where in (
        ("mats", Role.PRINCIPAL, unit),
        ("ingela", Role.ORGANIZER_LEAD, None),
        ("ingela", Role.DIALOGUE_LEAD, None),
        ("greta", Role.SYSTEM_ADMIN, None),
    ):
        RoleAssignment.give(people[person], role, organizer, by=None, unit=where, starts_on=SINCE)
    years = {f"granby_{name}": year for name, year in _years(organizer).items()}
    cast.remember(granby=organizer, granbyskolan=unit, **years, **people)


def _years(organizer: Organizer) -> dict[str, SchoolYear]:
    this = school_year_start(THE_DAY.date())
    years = {
        "last_year": SchoolYear.open(organizer, this - 1, by=None),
        "year": SchoolYear.open(organizer, this, by=None),
    }
    staffing = Staffing.load(organizer.id)
    for year in years.values():
        QualityDialogue.prepare(year, staffing, by=None)
    return years
