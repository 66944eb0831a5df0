"""Exempelby kommun: who works where from when to when, which units there are, and which läsår are open.

Sävkullaskolan tried the way of working first; the other units came two läsår later.
"""

from functools import partial

import sqlalchemy as sa

from tracker.cycle.opening import catch_up, open_year
from tracker.demo.stage import Stage
from tracker.extensions import db
from tracker.models import (
    Area,
    Organizer,
    Role,
    RoleAssignment,
    SchoolForm,
    UnitKind,
    UnitSuccession,
)
from tracker.organisation.succession import carry_over, take_over

EXEMPELBY = "exempelby"

SIGN_INS = {
    "karin": ("Karin Holm", "rektor@exempelby.example"),
    "ali": ("Ali Demir", "rektor2@exempelby.example"),
    "erik": ("Erik Lund", "omradeschef@exempelby.example"),
    "maria": ("Maria Öberg", "omradeschef2@exempelby.example"),
    "lena": ("Lena Forsgren", "skolchef@exempelby.example"),
    "samira": ("Samira Nilsson", "utvecklare@exempelby.example"),
    "sofia": ("Sofia Lindgren", "larare@exempelby.example"),
    "perolov": ("Per-Olov Wikström", "namnd@exempelby.example"),
    "tove": ("Tove Lindh", "admin@exempelby.example"),
}
OTHERS = {
    "jonas": ("Jonas Ek", "jonas.ek@exempelby.example"),
    "birgitta": ("Birgitta Sand", "birgitta.sand@exempelby.example"),
    "sara": ("Sara Lindqvist", "sara.lindqvist@exempelby.example"),
    "hanna": ("Hanna Widell", "hanna.widell@exempelby.example"),
    "nadia": ("Nadia Karlsson", "nadia.karlsson@exempelby.example"),
    "lars": ("Lars Hedman", "lars.hedman@exempelby.example"),
    "johan": ("Johan Berglund", "johan.berglund@exempelby.example"),
    "petra": ("Petra Åkesson", "petra.akesson@exempelby.example"),
}

COMPULSORY = [SchoolForm.COMPULSORY]
WITH_LEISURE = [SchoolForm.PRESCHOOL_CLASS, SchoolForm.COMPULSORY, SchoolForm.AFTER_SCHOOL]

UNITS = {
    "lyktvret": ("Lyktvretens förskola", UnitKind.PRESCHOOL, [SchoolForm.PRESCHOOL], "norr"),
    "hassel": ("Hasselbrinksskolan", UnitKind.SCHOOL, COMPULSORY, "norr"),
    "klockvret": ("Klockvretsskolan", UnitKind.SCHOOL, WITH_LEISURE, "norr"),
    "ost": ("Ringmuraskolan Öst", UnitKind.SCHOOL, COMPULSORY, "soder"),
    "vast": ("Ringmuraskolan Väst", UnitKind.SCHOOL, COMPULSORY, "soder"),
    "tornroda": ("Törnrodaskolan", UnitKind.SCHOOL, [SchoolForm.ADAPTED_COMPULSORY], "soder"),
    "kvistfors": ("Kvistforsgymnasiet", UnitKind.SCHOOL, [SchoolForm.UPPER_SECONDARY], "soder"),
    "almhammar": (
        "Almhammars vuxenutbildning",
        UnitKind.ADULT,
        [SchoolForm.ADULT, SchoolForm.SFI],
        "soder",
    ),
}
PRINCIPALS = {
    "lyktvret": "karin",
    "hassel": "ali",
    "klockvret": "birgitta",
    "ost": "nadia",
    "vast": "nadia",
    "tornroda": "lars",
    "kvistfors": "johan",
    "almhammar": "petra",
}
FIRST_YEAR, ALL_UNITS_YEAR = -4, -2


def tell(stage: Stage) -> None:
    stage.on(stage.working_day(FIRST_YEAR, "08-15"), partial(_begin, stage))
    stage.on(stage.working_day(ALL_UNITS_YEAR, "08-12"), partial(_bring_in_all_units, stage))
    for year in range(FIRST_YEAR + 1, 2):
        # The system opens a läsår by itself in the May before.
        stage.on(stage.working_day(year, "-05-04"), partial(_open, stage, year))
    _tell_vacancy(stage)
    stage.on(stage.working_day(-1, "04-16"), partial(_merge_ringmura, stage))
    stage.on(stage.day(0, "07-01"), _carry_over_ringmura)


def _open(stage: Stage, year: int) -> None:
    open_year(stage.organizers[EXEMPELBY], stage.start_year + year, by=None)


def _begin(stage: Stage) -> None:
    organizer = stage.organizers[EXEMPELBY] = Organizer.create("Exempelby kommun", by=None)
    since = stage.day(FIRST_YEAR, "08-01")
    _person(stage, "tove")
    stage.role("tove", Role.SYSTEM_ADMIN, EXEMPELBY, since)
    tove = stage.people["admin of exempelby"] = stage.people["tove"]
    stage.areas["norr"] = Area.create(organizer, "Norr", by=tove)
    stage.areas["soder"] = Area.create(organizer, "Söder", by=tove)
    stage.unit(
        "savkulla",
        "Sävkullaskolan",
        UnitKind.SCHOOL,
        WITH_LEISURE,
        EXEMPELBY,
        "norr",
        stage.day(FIRST_YEAR, "07-01"),
    )
    for key in ("karin", "jonas", "sofia", "erik", "maria", "lena", "samira", "perolov"):
        _person(stage, key)
    stage.role("karin", Role.PRINCIPAL, EXEMPELBY, since, unit="savkulla")
    stage.role("jonas", Role.DEPUTY, EXEMPELBY, since, unit="savkulla")
    stage.role("sofia", Role.STAFF, EXEMPELBY, since, unit="savkulla")
    stage.role("erik", Role.DIALOGUE_LEAD, EXEMPELBY, since, area="norr")
    stage.role("maria", Role.DIALOGUE_LEAD, EXEMPELBY, since, area="soder")
    stage.role("lena", Role.ORGANIZER_LEAD, EXEMPELBY, since)
    stage.role("samira", Role.QUALITY_DEVELOPER, EXEMPELBY, since)
    stage.role("perolov", Role.BOARD, EXEMPELBY, since)
    open_year(organizer, stage.start_year + FIRST_YEAR, by=tove)


def _bring_in_all_units(stage: Stage) -> None:
    for key in ("ali", "birgitta", "nadia", "lars", "johan", "petra"):
        _person(stage, key)
    opened = stage.day(ALL_UNITS_YEAR, "07-01")
    for key, (name, kind, forms, area) in UNITS.items():
        stage.unit(key, name, kind, forms, EXEMPELBY, area, opened)
    for unit, person in PRINCIPALS.items():
        since = stage.day(ALL_UNITS_YEAR, "08-01")
        stage.role(person, Role.PRINCIPAL, EXEMPELBY, since, unit=unit)
    catch_up(stage.organizers[EXEMPELBY], by=stage.people["tove"])


def _person(stage: Stage, key: str) -> None:
    name, email = (SIGN_INS | OTHERS)[key]
    stage.person(key, name, email, EXEMPELBY, signs_in=key in SIGN_INS)


def _tell_vacancy(stage: Stage) -> None:
    """Klockvretsskolan: vacant in February, tf. rektor from March through July, rektor from August."""

    def leaving() -> None:
        last = stage.day(-1, "01-31")
        for assignment in RoleAssignment.of_unit_after(stage.units["klockvret"], last):
            assignment.end(last, by=stage.people["tove"])

    def acting() -> None:
        _person(stage, "sara")
        first, last = stage.day(-1, "03-01"), stage.day(0, "07-31")
        stage.role("sara", Role.PRINCIPAL, EXEMPELBY, first, last, unit="klockvret", acting=True)

    def appointed() -> None:
        _person(stage, "hanna")
        stage.role("hanna", Role.PRINCIPAL, EXEMPELBY, stage.day(0, "08-01"), unit="klockvret")

    stage.on(stage.working_day(-1, "12-15"), leaving)
    stage.on(stage.working_day(-1, "02-24"), acting)
    stage.on(stage.working_day(-1, "06-08"), appointed)


def _merge_ringmura(stage: Stage) -> None:
    """Öst and Väst become one unit on the first day of this läsår; what is open follows."""
    tove, day = stage.people["tove"], stage.day(0, "07-01")
    stage.unit("ringmura", "Ringmuraskolan", UnitKind.SCHOOL, COMPULSORY, EXEMPELBY, "soder", day)
    stage.role("nadia", Role.PRINCIPAL, EXEMPELBY, day, unit="ringmura")
    for key in ("ost", "vast"):
        take_over(stage.units["ringmura"], stage.units[key], day, by=tove, closes=True)


def _carry_over_ringmura() -> None:
    for succession in db.session.scalars(sa.select(UnitSuccession).order_by(UnitSuccession.id)):
        carry_over(succession, None)
