"""Drafts on the server: kept, offered when the form is opened again, gone when it is saved."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.cast import SINCE
from tests.drafts.scenes import TEXT, WRITE, drafts, form_of, go_on, send, type_in
from tests.measures.scenes import FINAL
from tests.web.test_personnummer import BORN, LAST
from tracker.drafts.models import MOST_CHARACTERS, MOST_DRAFTS, Draft, clear_old
from tracker.extensions import db
from tracker.models import (
    EffectAssessment,
    Measure,
    MeasureBasis,
    Role,
    RoleAssignment,
    SituationAnalysis,
)


def test_typed_left_and_gone_on_with(karin, analysis):
    type_in(karin, WRITE, basis="Nationella prov", results=TEXT)
    page = karin.page(WRITE)
    assert "Du har ett utkast från kl. 09.00 som inte är sparat" in page
    assert f">{TEXT}</textarea>" not in page, "the choice is the person's"
    page = go_on(karin, WRITE)
    assert f"{TEXT}</textarea>" in page
    assert "Fälten visar ditt utkast från kl. 09.00" in page
    assert "Du har ett utkast" not in page
    assert db.session.get(SituationAnalysis, analysis.id).results == ""


def test_saved_the_draft_is_gone(karin, analysis):
    form = type_in(karin, WRITE, results=TEXT)
    karin.submit(WRITE, {"results": TEXT, "version": form["version"], "utkast": form["utkast"]})
    assert drafts() == []
    assert "utkast från" not in karin.page(WRITE)


def test_gone_on_with_and_saved_both_are_gone(karin):
    """The page that goes on has a draft of its own, which takes the place of the first."""
    type_in(karin, WRITE, results=TEXT)
    page = go_on(karin, WRITE)
    form = form_of(page)
    assert form["utkast_fran"] == drafts()[0].token != form["utkast"]
    send(karin, form, results=TEXT + " Mer.")
    assert [row.token for row in drafts()] == [form["utkast"]]
    karin.submit(WRITE, {"results": TEXT, **form})
    assert drafts() == []


def test_gone_on_with_and_saved_at_once(karin):
    """Without a script nothing is sent in between."""
    type_in(karin, WRITE, results=TEXT)
    form = form_of(go_on(karin, WRITE))
    karin.submit(WRITE, {"results": TEXT, **form})
    assert drafts() == []


def test_a_refused_form_keeps_its_draft(karin):
    form = type_in(karin, WRITE, results=TEXT)
    page = karin.submit(WRITE, {"results": "x" * 20_001, **form}, status=422).text
    assert form_of(page)["utkast"] == form["utkast"]
    assert "data-draft-unsent" in page
    assert len(drafts()) == 1


def test_what_was_refused_and_then_saved_from_a_page_opened_anew_leaves_no_draft(karin):
    url = "/enheter/savkullaskolan/2026-27/utvecklingsomraden/nytt"
    refused = type_in(karin, url, title="Läsning", why=TEXT, goal="")
    karin.submit(url, {"title": "Läsning", "why": TEXT, "goal": "", **refused}, status=422)
    another = type_in(karin, url, title="Matematik", why=TEXT, goal="")
    anew = form_of(karin.page(url))
    karin.submit(url, {"title": "Läsning", "why": TEXT, "goal": "Nio av tio", **anew})
    assert [row.token for row in drafts()] == [another["utkast"]], "its text is saved nowhere"


def test_what_was_not_possible_keeps_the_draft(cast, as_):
    """The text is shown back, and is saved nowhere else."""
    measure = Measure.propose(
        cast.cycle(cast.savkulla), by=cast.karin, title="Läsgrupper", basis=MeasureBasis.ORGANIZER,
        basis_note="Beslut", expected_effect="Fler läser", assessable_from=date(2027, 6, 1),
    )  # fmt: skip
    measure.decide(by=cast.karin)
    karin = as_(cast.karin)
    page = karin.page(f"/atgarder/{measure.id}")
    form = form_of(
        page, f'<form class="form" method="post" novalidate action="/atgarder/{measure.id}/avbryt"'
    )
    send(karin, form, reason="Det blev inte av.")
    measure.cancel("Jonas hann före.", by=cast.jonas)
    db.session.commit()
    karin.submit(f"/atgarder/{measure.id}/avbryt", {"reason": "Det blev inte av.", **form}, 409)
    assert len(drafts()) == 1


def test_a_log_that_was_closed_meanwhile_keeps_the_draft(cast, as_):
    """The text is shown back, and is saved nowhere else."""
    measure = Measure.propose(
        cast.cycle(cast.savkulla), by=cast.karin, title="Läsgrupper", basis=MeasureBasis.ORGANIZER,
        basis_note="Beslut", expected_effect="Fler läser", assessable_from=date(2026, 11, 20),
    )  # fmt: skip
    measure.decide(by=cast.karin)
    entry = measure.add_log(date(2026, 11, 2), "Börjat", by=cast.karin)
    karin = as_(cast.karin)
    url = f"/atgarder/{measure.id}/logg/{entry.id}"
    form = type_in(karin, url, on="2026-11-02", text="Börjat i två klasser, rättat")
    EffectAssessment.make(measure, cast.year, by=cast.karin, revises=0, **FINAL)
    db.session.commit()
    karin.submit(url, {"on": "2026-11-02", "text": "Börjat i två klasser, rättat", **form}, 409)
    assert len(drafts()) == 1


def test_newer_text_meanwhile_shows_both(karin, cast, analysis, as_):
    type_in(karin, WRITE, results="Karins utkast")
    analysis.write({"results": "Jonas sparade text"}, by=cast.jonas)
    db.session.commit()
    page = go_on(karin, WRITE)
    assert "har ändrats sedan du skrev utkastet" in page
    assert "Karins utkast</textarea>" in page
    assert "Jonas sparade text" in page
    assert db.session.get(SituationAnalysis, analysis.id).results == "Jonas sparade text"
    # Whoever saves now has seen both.
    form = form_of(page)
    karin.submit(WRITE, {"results": "Bådas text", **form})
    assert db.session.get(SituationAnalysis, analysis.id).results == "Bådas text"


def test_newer_text_after_it_was_gone_on_with(karin, cast, analysis):
    type_in(karin, WRITE, results="Karins utkast")
    form = form_of(go_on(karin, WRITE))
    analysis.write({"results": "Jonas sparade text"}, by=cast.jonas)
    db.session.commit()
    page = karin.submit(WRITE, {"results": "Karins utkast", **form}, status=409).text
    assert "Jonas sparade text" in page
    assert len(drafts()) == 1


def test_a_name_beside_the_list_comes_back(cast, as_):
    """Ansvarig is chosen in a list, or written; what was written in the draft is not taken for the name."""
    measure = Measure.propose(
        cast.cycle(cast.savkulla), by=cast.karin, title="Läsgrupper",
        responsible_id=cast.karin.id, responsible="Karin Holm",
    )  # fmt: skip
    karin = as_(cast.karin)
    url = f"/atgarder/{measure.id}/andra"
    type_in(karin, url, title="Läsgrupper", responsible_id="", responsible="Arbetslag 4–6")
    assert 'value="Arbetslag 4–6"' in go_on(karin, url)


def test_two_tabs_have_a_draft_each(karin):
    type_in(karin, WRITE, results="Första flikens text")
    type_in(karin, WRITE, results="Andra flikens text")
    page = karin.page(WRITE)
    assert page.count("Fortsätt med utkastet") == 2
    assert "Första flikens text" in page
    assert "Andra flikens text" in page


def test_what_comes_late_overwrites_nothing(karin):
    form = type_in(karin, WRITE, results="ett två tre", number=7)
    send(karin, form, 6, results="ett två")
    assert drafts()[0].fields["results"] == "ett två tre"
    send(karin, form, 8, results="ett två tre fyra")
    assert drafts()[0].fields["results"] == "ett två tre fyra"


def test_thrown_away(karin):
    form = type_in(karin, WRITE, results=TEXT)
    response = karin.submit(f"/utkast/{form['utkast']}/kasta", {"next": WRITE})
    assert response.location == WRITE
    assert "Utkastet är kastat." in karin.page(WRITE)
    karin.submit(f"/utkast/{form['utkast']}/kasta", {"next": "https://elsewhere.example/"})
    assert "finns inte längre" in karin.page("/utkast")


def test_thrown_away_with_what_was_typed_since(karin):
    type_in(karin, WRITE, results=TEXT)
    page = go_on(karin, WRITE)
    form = form_of(page)
    send(karin, form, results=TEXT + " Mer.")
    (address,) = set(re.findall(r'action="(/utkast/[^"]*/kasta)"', page))
    (too,) = re.findall(r'name="too" value="([^"]*)"', page)
    karin.submit(address, {"next": WRITE, "too": too})
    assert drafts() == []


def test_typed_and_taken_back(karin):
    form = type_in(karin, WRITE, results=TEXT)
    send(karin, form, 2, results="", **{"draft-nothing": "1"})
    assert drafts() == []


@pytest.mark.parametrize("other", ["jonas", "erik", "mats"])
def test_nobody_else_sees_it(karin, cast, as_, other):
    form = type_in(karin, WRITE, results=TEXT)
    somebody = as_(getattr(cast, other))
    assert TEXT not in somebody.page("/utkast")
    somebody.submit(f"/utkast/{form['utkast']}/kasta")
    if other == "jonas":
        assert TEXT not in somebody.page(WRITE)
        page = somebody.page(f"{WRITE}?utkast={form['utkast']}")
        assert TEXT not in page
        own = form_of(somebody.page(WRITE))["draft-who"]
        send(somebody, form | {"draft-who": own}, results="Jonas egen")
    (mine,) = (row for row in drafts() if row.user_id == cast.karin.id)
    assert mine.fields["results"] == TEXT


def test_of_one_organizer_only(cast, karin, as_):
    type_in(karin, WRITE, results=TEXT)
    RoleAssignment.give(cast.karin, Role.ORGANIZER_LEAD, cast.granby, by=None, starts_on=SINCE)
    db.session.commit()
    karin.submit("/byt-huvudman", {"organizer": str(cast.granby.id)})
    assert TEXT not in karin.page("/utkast")


def test_switched_in_another_tab_the_page_keeps_nothing_in_the_other_organizer(cast, karin):
    """Until she is back: the draft then comes where it was typed."""
    RoleAssignment.give(cast.karin, Role.ORGANIZER_LEAD, cast.granby, by=None, starts_on=SINCE)
    db.session.commit()
    form = form_of(karin.page(WRITE))
    karin.submit("/byt-huvudman", {"organizer": str(cast.granby.id)})
    karin.page("/utkast")
    assert "bytt till en annan huvudman" in send(karin, form, status=409, results=TEXT)
    assert drafts() == []
    key = karin.get(f"/utkast/nyckel?who={form['draft-who']}")
    assert key.status_code == 409
    assert "bytt till en annan huvudman" in key.json["said"]
    karin.submit("/byt-huvudman", {"organizer": str(cast.exempelby.id)})
    karin.page("/utkast")
    send(karin, form, 2, results=TEXT)
    assert [row.organizer_id for row in drafts()] == [cast.exempelby.id]


def test_a_page_that_was_made_for_somebody_else_keeps_nothing(karin, cast, as_):
    form = form_of(karin.page(WRITE))
    data = {"draft-number": "1", "draft-address": WRITE, "draft-who": form["draft-who"]}
    answer = as_(cast.jonas).post(f"/utkast/{form['utkast']}", data=data)
    assert answer.status_code == 409
    assert drafts() == []


def test_a_personnummer_is_not_kept_but_everything_else_is(karin):
    form = type_in(karin, WRITE, basis="Före", results="Före")
    said = send(karin, form, 2, 422, basis="Efter", results=f"Eleven {BORN}-{LAST} har")
    assert "personnummer" in said
    assert drafts()[0].fields["basis"] == "Efter"
    assert drafts()[0].fields["results"] == "Före"
    form = type_in(karin, WRITE, status=422, basis="Ny flik", results=f"20{BORN}{LAST}")
    assert drafts()[-1].fields["basis"] == "Ny flik"
    send(karin, form | {"utkast_sida": f"{WRITE}?om={BORN}-{LAST}"}, 3, 422, results="x")
    stored = db.session.scalars(sa.text("SELECT content FROM draft")).all()
    assert not any(LAST in str(content) for content in stored)


def test_too_much(karin):
    said = send(karin, form_of(karin.page(WRITE)), status=422, results="x" * (MOST_CHARACTERS + 1))
    assert "för långt" in said
    assert drafts() == []
    who = form_of(karin.page(WRITE))["draft-who"]
    short = {"draft-number": "1", "draft-who": who}
    assert karin.post("/utkast/kort", data=short).status_code == 422
    for bad in ("0", "-1", "99999999999", "ett"):
        form = form_of(karin.page(WRITE))
        send(karin, form, bad, 422, results="x")
    send(karin, form | {"utkast_sida": "https://elsewhere.example/"}, 1, 422, results="x")
    assert drafts() == []


def test_too_many(cast, karin):
    for number in range(MOST_DRAFTS):
        Draft.keep(
            cast.karin.id, cast.exempelby.id, f"utkast-{number}", 1, [("results", str(number))],
            form="ResultsForm", place="", address="/", title="",
        )  # fmt: skip
    db.session.commit()
    assert "100 utkast" in send(karin, form_of(karin.page(WRITE)), status=422, results="x")


def test_old_drafts_are_cleared(karin, the_day):
    type_in(karin, WRITE, results=TEXT)
    the_day.shift(timedelta(days=90))
    assert clear_old() == 0
    the_day.shift(timedelta(minutes=1))
    assert clear_old() == 1
    assert drafts() == []


def test_when_it_was(karin, cast, as_, the_day):
    type_in(karin, WRITE, results=TEXT)
    the_day.shift(timedelta(days=1))
    assert "från kl. 09.00 i går" in as_(cast.karin).page(WRITE)
    the_day.shift(timedelta(days=1))
    karin = as_(cast.karin)
    assert "från den 20 november 2026 kl. 09.00" in karin.page(WRITE)


def test_a_key_for_the_same_person_only(karin, cast, as_):
    who = form_of(karin.page(WRITE))["draft-who"]
    assert karin.get(f"/utkast/nyckel?who={who}").json["csrf_token"]
    assert as_(cast.jonas).get(f"/utkast/nyckel?who={who}").status_code == 409


def test_without_sign_in_nothing_is_kept(karin, client):
    form = form_of(karin.page(WRITE))
    send_to = f"/utkast/{form['utkast']}"
    assert client.post(send_to, data={"draft-number": "1", "results": TEXT}).status_code == 401


def test_one_statement_more(karin, statements):
    karin.page(WRITE)
    with statements() as sent:
        karin.page(WRITE)
    assert sum("FROM draft" in each for each in sent) == 1
