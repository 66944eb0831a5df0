"""A large organizer for the search: a hundred thousand assessed measures, written straight into the tables
(the verbs would take an hour), in words as people use them: a few in nearly every text, most in few."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import sqlalchemy as sa

from bench.content import sign_in
from tracker.clock import now
from tracker.extensions import db
from tracker.models import (
    Area,
    CarriedOut,
    Decision,
    EffectAssessment,
    GoodExample,
    Judgement,
    Measure,
    MeasureBasis,
    MeasureState,
    MeasureUnit,
    Organizer,
    QualityCycle,
    Role,
    RoleAssignment,
    SchoolForm,
    SchoolUnit,
    SchoolYear,
    Term,
    UnitKind,
    User,
)
from tracker.web.swedish import sort_key

UNITS, AREAS, YEARS = 200, 4, 5
FIRST_YEAR = 2021
EXAMPLE_EVERY = 100
SEED = 20261120
STARTS = ["läs", "skriv", "räkn", "tal", "mat", "språk", "elev", "lär", "klass", "rast", "fritids", "mobil", "närvar", "frånvar", "trygg", "stöd", "plan", "sam", "elevhäls", "bedöm", "digital", "grupp", "hem", "föräldr", "syv", "praktik", "film", "bild", "musik", "idrott", "nat", "samhäll"]  # fmt: skip
ENDS = ["ning", "ande", "are", "arna", "rutin", "strategi", "strategier", "grupp", "grupper", "tid", "tider", "samtal", "arbete", "arbetet", "plan", "planering", "planeringen", "hjälp", "vägg", "vägen", "bok", "böcker", "prov", "proven", "enkät", "kurs", "kursen", "ledare", "lag", "laget"]  # fmt: skip
FREQUENT = ["eleverna", "lärarna", "undervisningen", "arbetslaget", "läsning", "läsningens", "matematik", "klassrummet", "resultat"]  # fmt: skip


@dataclass(frozen=True)
class SearchContent:
    """Who to be, as the cookie that signs them in."""

    cookies: dict[str, str]


class _Words:
    """Sentences out of a vocabulary of which the n-th word is used about 1/n as often as the first."""

    def __init__(self) -> None:
        self.random = random.Random(SEED)
        made = {f"{a}{b}" for a in STARTS for b in ENDS} | {
            f"{a}{b}s{c}" for a in STARTS[:12] for b in ENDS[:10] for c in ENDS
        }
        rare = sorted(made)
        self.random.shuffle(rare)
        self.vocabulary = [*FREQUENT, *rare]
        self.weights = list(accumulate(1 / (n + 3) for n in range(len(self.vocabulary))))

    def sentence(self, length: int) -> str:
        words = self.random.choices(self.vocabulary, cum_weights=self.weights, k=length)
        return f"{' '.join(words).capitalize()}."


def build(measures: int) -> SearchContent:
    """Fill an empty, migrated database, the index left out; commits."""
    organizer = Organizer(name="Mätköpings kommun")
    other = Organizer(name="Grannköpings kommun")
    db.session.add_all([organizer, other])
    db.session.flush()
    since = date(FIRST_YEAR, 8, 1)
    areas = [Area.create(organizer, f"Område {n}", by=None) for n in range(AREAS)]
    units = [
        SchoolUnit.create(
            organizer, f"Skola {number}", UnitKind.SCHOOL, forms=[SchoolForm.COMPULSORY], by=None,
            area=areas[number % AREAS], opened_on=since,
        )
        for number in range(UNITS)
    ]  # fmt: skip
    elsewhere = SchoolUnit.create(
        other, "Grannskolan", UnitKind.SCHOOL, forms=[SchoolForm.COMPULSORY], by=None,
        opened_on=since,
    )  # fmt: skip
    people: dict[str, User] = {}
    for name, role, place in (
        ("rektor", Role.PRINCIPAL, {"unit": units[0]}),
        ("områdeschef", Role.DIALOGUE_LEAD, {"area": areas[0]}),
        ("skolchef", Role.ORGANIZER_LEAD, {}),
    ):
        user = User(email=f"{len(people)}@bench.example", name=name, sort_key=sort_key(name))
        db.session.add(user)
        RoleAssignment.give(user, role, organizer, by=None, starts_on=since, **place)
        people[name] = user
    for start in range(FIRST_YEAR, FIRST_YEAR + YEARS + 1):
        for owner in (organizer, other):
            SchoolYear.open(owner, start, by=None)
    db.session.commit()
    words = _Words()
    for each, count in (([*units], measures), ([elsewhere], measures // 50)):
        _measures(each, count, words)
    db.session.commit()
    return SearchContent({name: sign_in(user) for name, user in people.items()})


def _measures(units: list[SchoolUnit], count: int, words: _Words) -> None:
    organizer_id = units[0].organizer_id
    laps = {
        (lap.unit_id, start): lap.id
        for lap, start in db.session.execute(
            sa.select(QualityCycle, SchoolYear.start_year)
            .join(SchoolYear, SchoolYear.id == QualityCycle.school_year_id)
            .where(QualityCycle.organizer_id == organizer_id, QualityCycle.unit_id.is_not(None))
        )
    }
    years = dict(
        db.session.execute(
            sa.select(SchoolYear.start_year, SchoolYear.id).where(
                SchoolYear.organizer_id == organizer_id
            )
        ).all()
    )
    first = (db.session.scalar(sa.select(sa.func.max(Measure.id))) or 0) + 1
    rows: dict[type, list[dict[str, Any]]] = {
        Measure: [], MeasureUnit: [], EffectAssessment: [], GoodExample: [],
    }  # fmt: skip
    judgements = [j for j in Judgement if j.is_final]
    for number in range(count):
        key, unit = first + number, units[number % len(units)]
        start = FIRST_YEAR + number % YEARS
        decided = now().replace(year=start, month=10, day=1) + timedelta(minutes=number % 40_000)
        expected = words.sentence(24)
        rows[Measure].append({
            "id": key, "organizer_id": organizer_id, "cycle_id": laps[unit.id, start],
            "state": MeasureState.COMPLETED, "title": words.sentence(5), "description": "",
            "basis": MeasureBasis.ORGANIZER, "decided_cause": words.sentence(14),
            "basis_note": "", "expected_effect": expected, "follow_up": "", "baseline": "",
            "target": "", "assessable_from": date(start + 1, 5, 1), "assess_revision": 1,
            "responsible": "Arbetslaget", "created_at": decided, "decided_at": decided,
            "decided_by_name": "Rektor", "completed_at": decided, "cancel_reason": "", "version": 1,
        })  # fmt: skip
        rows[MeasureUnit].append(
            {"organizer_id": organizer_id, "measure_id": key, "unit_id": unit.id}
        )
        rows[EffectAssessment].append({
            "organizer_id": organizer_id, "measure_id": key, "school_year_id": years[start],
            "term": Term.YEAR, "number": 1, "expected_effect": expected,
            "carried_out": CarriedOut.YES, "carried_out_why": "", "outcome": words.sentence(20),
            "judgement": judgements[number % len(judgements)], "evidence": words.sentence(8),
            "decision": Decision.END, "lesson": words.sentence(16), "tip": False,
            "at": decided + timedelta(days=240), "by_name": "Rektor",
        })  # fmt: skip
        if number % EXAMPLE_EVERY == 0:
            rows[GoodExample].append({
                "organizer_id": organizer_id, "measure_id": key, "how": words.sentence(20),
                "why": words.sentence(16), "transferable": words.sentence(12),
                "published_at": decided + timedelta(days=250), "published_by_name": "Rektor",
                "version": 1,
            })  # fmt: skip
        if len(rows[Measure]) == 2_000 or number == count - 1:
            for model, found in rows.items():
                if found:
                    db.session.execute(sa.insert(model), found)
                found.clear()
            db.session.commit()
