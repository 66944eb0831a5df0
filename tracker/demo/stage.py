"""The stage of the demo's story: its people and units, and what happens on which day.

Stories add happenings with `Stage.on`; `Stage.play` then lets those happen, in the order of their days, that
lie before the moment of loading. The clock stands at each one's own moment meanwhile, so that every date and
every line of Historik is what it would have been had the people done it then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

import sqlalchemy as sa

from tracker import clock
from tracker.cycle import calendar
from tracker.cycle.workdays import is_ordinary_working_day
from tracker.demo.script import Day
from tracker.extensions import db
from tracker.models import (
    Area,
    Cause,
    DevelopmentArea,
    DialogueKind,
    DialogueUnit,
    Measure,
    Organizer,
    QualityCycle,
    QualityDialogue,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    SituationAnalysis,
    Team,
    UnitKind,
    User,
)

WORK_BEGINS, WORK_LASTS = time(8, 5), timedelta(hours=9)
LONGEST_PAUSE = timedelta(minutes=11)


@dataclass(frozen=True)
class Happening:
    day: date
    what: Callable[[], object]


class Stage:
    """`moment`: when the demo is loaded. `password_hash`: shared by everybody who signs in."""

    def __init__(self, moment: datetime, password_hash: str) -> None:
        self.moment = moment
        self.today = clock.local(moment).date()
        self.start_year = calendar.school_year_start(self.today)
        self.password_hash = password_hash
        self.people: dict[str, User] = {}
        self.organizers: dict[str, Organizer] = {}
        self.areas: dict[str, Area] = {}
        self.units: dict[str, SchoolUnit] = {}
        self.causes: dict[str, Cause] = {}
        self.development_areas: dict[str, DevelopmentArea] = {}
        self.measures: dict[str, Measure] = {}
        self.teams: dict[str, Team] = {}
        self._years: dict[tuple[int, int], SchoolYear] = {}
        self._laps: dict[tuple[str, int], QualityCycle] = {}
        self._happenings: list[Happening] = []

    # When

    def day(self, year: int, text: Day) -> date:
        """The date that the text means in a läsår; see tracker.demo.script."""
        shift = text.count("+") - text.startswith("-")
        month, day = map(int, text.lstrip("+-").split("-"))
        start = self.start_year + year + shift
        return date(start if month >= 7 else start + 1, month, day)

    def working_day(self, year: int, text: Day) -> date:
        """The same, or the first day after it on which people work."""
        day = self.day(year, text)
        while not is_ordinary_working_day(day):
            day += timedelta(days=1)
        return day

    def hour(self, year: int, text: str) -> datetime:
        """The moment of ``"10-06 13:00"``, on a working day."""
        day, wall = text.split()
        return clock.at(self.working_day(year, day), time.fromisoformat(wall))

    def on(self, day: date, what: Callable[[], object]) -> None:
        """Let something happen that day. What is added first comes first among a day's happenings."""
        self._happenings.append(Happening(day, what))

    def play(self) -> None:
        """Let everything up to the moment of loading happen. The caller commits."""
        in_order = sorted(self._happenings, key=lambda happening: happening.day)
        for day, group in groupby(in_order, key=lambda happening: happening.day):
            happenings = list(group)
            pause = min(LONGEST_PAUSE, WORK_LASTS / len(happenings))
            for number, happening in enumerate(happenings):
                moment = clock.at(day, WORK_BEGINS) + number * pause
                if moment > self.moment:
                    return
                with clock.stopped_at(moment):
                    happening.what()
                    db.session.flush()  # while the clock stands there: columns ask it for their defaults

    # Who and where

    def person(self, key: str, name: str, email: str, organizer: str, *, signs_in: bool) -> None:
        admin = self.people.get(f"admin of {organizer}")
        user = User.invite(self.organizers[organizer], email, name, by=admin)
        if signs_in:
            user.set_password(self.password_hash)
        self.people[key] = user

    def unit(
        self,
        key: str,
        name: str,
        kind: UnitKind,
        forms: list[SchoolForm],
        organizer: str,
        area: str = "",
        opened_on: date | None = None,
    ) -> None:
        self.units[key] = SchoolUnit.create(
            self.organizers[organizer],
            name,
            kind,
            forms=forms,
            by=self.people[f"admin of {organizer}"],
            area=self.areas.get(area),
            opened_on=opened_on,
        )

    def role(
        self,
        person: str,
        role: Role,
        organizer: str,
        since: date,
        until: date | None = None,
        *,
        unit: str = "",
        area: str = "",
        acting: bool = False,
    ) -> RoleAssignment:
        return RoleAssignment.give(
            self.people[person],
            role,
            self.organizers[organizer],
            by=self.people.get(f"admin of {organizer}"),
            unit=self.units.get(unit),
            area=self.areas.get(area),
            starts_on=since,
            ends_on=until,
            acting=acting,
        )

    def year(self, unit: str, year: int) -> SchoolYear:
        key = (self.units[unit].organizer_id, self.start_year + year)
        if key not in self._years:
            found = SchoolYear.of(*key)
            if found is None:
                raise LookupError(f"the läsår {key[1]} is not open yet")
            self._years[key] = found
        return self._years[key]

    def lap(self, unit: str, year: int) -> QualityCycle:
        if (unit, year) not in self._laps:
            self._laps[unit, year] = db.session.scalars(
                sa.select(QualityCycle).where(
                    QualityCycle.unit_id == self.units[unit].id,
                    QualityCycle.school_year_id == self.year(unit, year).id,
                )
            ).one()
        return self._laps[unit, year]

    def analysis(self, unit: str, year: int) -> SituationAnalysis:
        return db.session.scalars(
            sa.select(SituationAnalysis).where(
                SituationAnalysis.cycle_id == self.lap(unit, year).id
            )
        ).one()

    def dialogue(self, unit: str, year: int, number: int) -> QualityDialogue:
        return db.session.scalars(
            sa.select(QualityDialogue)
            .join(DialogueUnit, DialogueUnit.dialogue_id == QualityDialogue.id)
            .where(
                DialogueUnit.unit_id == self.units[unit].id,
                DialogueUnit.school_year_id == self.year(unit, year).id,
                DialogueUnit.kind
                == (DialogueKind.DIALOGUE_1 if number == 1 else DialogueKind.DIALOGUE_2),
            )
        ).one()
