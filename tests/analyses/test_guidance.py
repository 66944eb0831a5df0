"""Help beside every field that is written in: what is looked for, a good and a weak example."""

import dataclasses

import pytest

from tests.analyses.conftest import URL
from tests.analyses.test_rollover import an_earlier
from tracker.analyses.guidance import guides
from tracker.extensions import db
from tracker.models import AnalysisDeepening, UnitKind

PARTS = {
    "basis", "results", "problem", "cause", "location", "evidence", "factor", "rollover", "deepening",
    "support", "participation",
}  # fmt: skip


@pytest.mark.parametrize("kind", UnitKind)
def test_every_part_has_all_of_it_for_every_kind_of_unit(kind):
    found = guides(kind)
    assert found.keys() == PARTS
    for guide in found.values():
        assert all(dataclasses.astuple(guide)), guide.title
        assert guide.good != guide.weak


def test_the_huvudmans_own_analysis_has_help_of_its_own():
    found = guides(None)
    assert found.keys() == PARTS - {"deepening", "support"}  # those are about units
    for part, guide in found.items():
        assert all(dataclasses.astuple(guide)), guide.title
        assert guide.good != guide.weak
        assert guide.good not in {other[part].good for other in map(guides, UnitKind)}


def test_it_stands_beside_each_field(cast, as_, analysis):
    earlier = an_earlier(cast)
    AnalysisDeepening.decide(cast.cycle(cast.savkulla), cast.year.first_day, "Låga.", by=cast.erik)
    db.session.commit()
    shown = {
        "/skriv": ("basis", "results"),
        "/delaktighet": ("participation",),
        "/problem/nytt": ("problem",),
        f"/problem/{analysis.problems[0].id}/orsaker/ny": (
            "cause",
            "location",
            "evidence",
            "factor",
        ),
        f"/fran-tidigare/{earlier.problems[0].id}": ("rollover",),
        "/stod": ("support",),
    }
    guide = guides(UnitKind.SCHOOL)
    for path, parts in shown.items():
        page = as_(cast.karin).page(URL + path)
        for part in parts:
            assert guide[part].title in page
            assert guide[part].looks_for in page
    assert guide["deepening"].looks_for in as_(cast.erik).page(URL + "/fordjupa")
