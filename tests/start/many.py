"""Many units at once, each with a leader and something going on, for counting statements and pages."""

from datetime import timedelta
from typing import Any

from tests.start.story import due, propose, write_analysis
from tracker.clock import today
from tracker.dialogues.models import QualityDialogue
from tracker.extensions import db
from tracker.models import Role, RoleAssignment, SchoolForm, SchoolUnit, SchoolYear, UnitKind, User
from tracker.organisation.staffing import Staffing
from tracker.web.swedish import sort_key


def add_units(cast: Any, number: int, *, busy: int = 0) -> list[SchoolUnit]:
    """So many units more in Norr; the first `busy` of them have an analysis, a due effect and a proposal."""
    organizer, area = cast.exempelby, cast.norr
    made = []
    for n in range(number):
        name = f"Extraskolan {n}"
        unit = SchoolUnit.create(
            organizer,
            name,
            UnitKind.SCHOOL,
            forms=[SchoolForm.COMPULSORY],
            by=None,
            area=area,
            opened_on=today() - timedelta(days=400),
        )
        person = User(email=f"r{n}@exempelby.example", name=f"Rektor {n}", sort_key=sort_key(name))
        db.session.add(person)
        RoleAssignment.give(person, Role.PRINCIPAL, organizer, by=None, unit=unit)
        made.append(unit)
    SchoolYear.open(organizer, cast.year.start_year, by=None)
    QualityDialogue.prepare(cast.year, Staffing.load(organizer.id), by=None)
    for unit in made[:busy]:
        write_analysis(cast.cycle(unit), cast.tove, share=True)
        due(cast.cycle(unit), cast.tove)
        propose(cast.cycle(unit), cast.tove)
    db.session.commit()
    return made
