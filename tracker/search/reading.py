"""What "Vad har gett effekt?" answers: which measures, in which order, and what is shown of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import joinedload, selectinload

from tracker.auth.grants import Access
from tracker.clock import today
from tracker.cycle import calendar
from tracker.extensions import db
from tracker.models import (
    EffectAssessment,
    GoodExample,
    Measure,
    MeasureState,
    MeasureUnit,
    Permission,
    SchoolUnit,
    SchoolYear,
)
from tracker.search.forms import SearchForm
from tracker.search.indexing import measure_at
from tracker.search.matching import MOST_FOUND, AnyOf, either, find
from tracker.search.words import around, asked, has_hit, marked
from tracker.web.paging import Page

PAGE_SIZE = 20
SHOWN_OF_A_TEXT = 320


@dataclass(frozen=True, slots=True)
class Hit:
    """A measure that was found, as it is shown: texts are cut around what was asked for, which is
    marked."""

    measure: Measure
    assessed: EffectAssessment
    url: str
    title: Markup
    expected: Markup
    outcome: Markup
    lesson: Markup
    elsewhere: list[tuple[str, Markup]]
    """Texts that are not shown otherwise and have what was asked for, by their names."""
    example_url: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """`some`: no measure has all the words, these have some of them. `beginnings`: too few had the very
    words, so those with words that begin with them are here too. `more`: there are more than can be
    shown."""

    hits: list[Hit]
    page: Page[int]
    words: list[str]
    some: bool
    beginnings: bool
    more: bool


def years_to_choose(access: Access) -> list[tuple[int, str]]:
    """The läsår in which an effect can have been assessed, the latest first."""
    years = db.session.scalars(
        sa.select(SchoolYear.start_year)
        .where(
            SchoolYear.organizer_id == access.organizer_id,
            SchoolYear.start_year <= calendar.school_year_start(today()),
        )
        .order_by(SchoolYear.start_year.desc())
    )
    return [(year, calendar.label(year)) for year in years]


def answer(form: SearchForm, access: Access) -> Answer:
    """The measures with all the words: first those that have them in their title, then the others, each
    with the latest assessed first. About ten statements, however much there is."""
    words = asked(form.words.data or "")
    facts = [_readable(access), *_filters(form, access)]
    places, beginnings, some = _places(words, facts)
    page = Page.of(places[:MOST_FOUND], PAGE_SIZE)
    return Answer(
        hits=_hits(page.items, words, access),
        page=page,
        words=words,
        some=some,
        beginnings=beginnings,
        more=len(places) > MOST_FOUND,
    )


def _readable(access: Access) -> AnyOf:
    """What the person may read (Permission.READ), the organizer's own, and what is published as good
    examples."""
    if Permission.READ in access.on_organizer():
        return AnyOf((f"o:{access.organizer_id}",))
    units = {grant.unit_id for grant in access.grants if grant.unit_id is not None}
    if any(grant.area_id is not None for grant in access.grants):
        units |= set(
            db.session.scalars(sa.select(SchoolUnit.id).where(access.units_where(Permission.READ)))
        )
    everybodys = (f"e:{access.organizer_id}", f"h:{access.organizer_id}")
    return AnyOf((*(f"u:{unit}" for unit in sorted(units)), *everybodys))


def _filters(form: SearchForm, access: Access) -> list[AnyOf]:
    wanted = [
        (form.judgement.data, "j"), (form.school_form.data, "s"), (form.factor.data, "f"),
        (form.start_year.data, "y"), (form.only_examples.data and access.organizer_id, "e"),
    ]  # fmt: skip
    return [AnyOf((f"{kind}:{value}",)) for value, kind in wanted if value]


def _places(words: Sequence[str], facts: Sequence[AnyOf]) -> tuple[list[int], bool, bool]:
    """Where the measures stand in the index, in the order in which they are shown; whether beginnings
    of words helped; and whether only some of the words were found."""
    if not words:
        return find(facts), False, False
    in_title = [AnyOf((f"t:{word}",)) for word in words]
    anywhere = [AnyOf((word,)) for word in words]
    found = find([*facts, *in_title])
    if len(found) <= MOST_FOUND:
        found += find([*facts, *anywhere], but_not=in_title)
    if len(found) < PAGE_SIZE:
        begun = find([*facts, *map(AnyOf.stem, words)], but_not=anywhere)
        if found or begun:
            return [*found, *begun], bool(begun), False
        if len(words) > 1:
            return find([*facts, either(map(AnyOf.stem, words))]), False, True
    return found, False, False


def _hits(places: Iterable[int], words: Sequence[str], access: Access) -> list[Hit]:
    """What is shown of these measures. The index has said which they are; that the person may read them
    is asked of the tables again."""
    order = {measure_at(place): number for number, place in enumerate(places)}
    if not order:
        return []
    read = sa.or_(
        Measure.of_organizer(access.organizer_id),
        Measure.id.in_(
            sa.select(MeasureUnit.measure_id)
            .join(SchoolUnit, SchoolUnit.id == MeasureUnit.unit_id)
            .where(access.units_where(Permission.READ), MeasureUnit.measure_id.in_(order))
        ),
        Measure.id.in_(
            sa.select(GoodExample.measure_id).where(
                GoodExample.organizer_id == access.organizer_id,
                GoodExample.withdrawn_at.is_(None),
                GoodExample.measure_id.in_(order),
            )
        ),
    )
    measures = db.session.scalars(
        sa.select(Measure)
        .where(
            Measure.id.in_(order),
            Measure.organizer_id == access.organizer_id,
            Measure.state != MeasureState.PROPOSED,
            read,
        )
        .options(
            joinedload(Measure.example),
            joinedload(Measure.cycle),
            selectinload(Measure.unit_links).joinedload(MeasureUnit.unit),
            selectinload(Measure.assessments).joinedload(EffectAssessment.school_year),
        )
    ).all()
    return [
        _hit(measure, measure.final_assessment, words, access)
        for measure in sorted(measures, key=lambda row: order[row.id])
        if measure.final_assessment is not None
    ]


def _hit(measure: Measure, assessed: EffectAssessment, words: Sequence[str], access: Access) -> Hit:
    def shown(text: str) -> Markup:
        return marked(around(text, words, SHOWN_OF_A_TEXT), words)

    example = measure.example if measure.example and measure.example.is_published else None
    example_url = url_for("examples.show", example_id=example.id) if example else None
    own = measure.is_organizers or any(
        Permission.READ in access.on_unit(unit.id, unit.area_id) for unit in measure.units
    )
    others = [("Orsak", measure.decided_cause), ("Hur vet ni det?", assessed.evidence)]
    if example:
        others += [
            ("Så gjorde vi", example.how),
            ("Därför fungerade det", example.why),
            ("Kan överföras om …", example.transferable),
        ]
    return Hit(
        measure=measure,
        assessed=assessed,
        url=url_for("measures.show", measure_id=measure.id) if own else example_url or "",
        title=marked(measure.title, words),
        expected=shown(assessed.expected_effect),
        outcome=shown(assessed.outcome),
        lesson=shown(assessed.lesson),
        elsewhere=[(name, shown(text)) for name, text in others if has_hit(text, words)],
        example_url=example_url,
    )
