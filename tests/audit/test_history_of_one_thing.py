"""The history that a page shows of the one thing it is about."""

from flask import g, get_template_attribute

from tests.start.story import decide, propose
from tracker.audit.history import history_of
from tracker.models import Permission


def texts(lines):
    return [line.text for line in lines]


def allowed(*permissions):
    """As after a loader that gave the person these permissions."""
    g.unit_permissions = frozenset(permissions)


def test_only_what_is_about_it_the_newest_first(app, cast):
    measure = decide(cast.cycle(cast.hassel), cast.ali, "Mattestuga")
    decide(cast.cycle(cast.hassel), cast.ali, "En annan")
    allowed(Permission.READ, Permission.FOLLOW, Permission.WRITE)
    assert texts(history_of(measure)) == [
        "Ali Demir beslutade åtgärden ”Mattestuga”.",
        "Ali Demir föreslog åtgärden ”Mattestuga”.",
    ]
    assert len(history_of(measure, limit=1)) == 1


def test_drafts_are_left_out_for_those_who_do_not_write(app, cast):
    measure = decide(cast.cycle(cast.hassel), cast.ali, "Mattestuga")
    allowed(Permission.READ, Permission.FOLLOW)
    assert texts(history_of(measure)) == ["Ali Demir beslutade åtgärden ”Mattestuga”."]


def test_who_only_reads_gets_nothing(app, cast):
    measure = propose(cast.cycle(cast.hassel), cast.ali)
    allowed(Permission.READ)
    assert history_of(measure) == []


def test_it_is_folded_away_and_absent_when_empty(app, cast):
    measure = decide(cast.cycle(cast.hassel), cast.ali, "<b>Mattestuga</b>")
    allowed(Permission.READ, Permission.FOLLOW, Permission.WRITE)
    history = get_template_attribute("audit/_history.html", "history")
    shown = history(history_of(measure))
    assert "<details" in shown
    assert "&lt;b&gt;Mattestuga" in shown
    assert history([]).strip() == ""
