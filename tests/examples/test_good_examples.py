"""Goda exempel: told by those who decide, read by all of the organizer, begun from by others."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tests.cast import Cast
from tests.checked_client import CheckedClient, errors
from tests.measures.scenes import FINAL, a_measure
from tests.own_lap.scenes import own_measure
from tests.search.scenes import TOLD, assessed, revise, told
from tracker.clock import today
from tracker.examples.models import AlreadyPublished, NoEffectToShow
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    Decision,
    EffectAssessment,
    GoodExample,
    Judgement,
    Measure,
    MeasureState,
    RoleAssignment,
    User,
)

As = Callable[[User], CheckedClient]
LIST = "/goda-exempel"


def publish_url(measure: Measure) -> str:
    return f"/atgarder/{measure.id}/gott-exempel"


def new_url(example: GoodExample, unit: str = "hasselbrinksskolan") -> str:
    return f"/enheter/{unit}/2026-27/atgarder/ny?exempel={example.id}"


def sentences() -> list[str]:
    return [row.sentence for row in db.session.query(AuditEvent).order_by(AuditEvent.id)]


@pytest.fixture
def measure(cast: Cast) -> Measure:
    return assessed(
        cast, "Läsgrupper", lesson="Tiden låg i schemat.",
        fields={"description": "Vi läser ihop.", "follow_up": "Elevintervjuer i maj."},
    )  # fmt: skip


@pytest.fixture
def example(cast: Cast, measure: Measure) -> GoodExample:
    return told(measure, cast.karin)


# Publish


def test_what_is_known_already_stands_in_the_form(as_: As, cast: Cast, measure: Measure) -> None:
    page = as_(cast.karin).page(publish_url(measure))
    assert re.search(r'name="how"[^>]*>\s*Vi läser ihop.', page)
    assert re.search(r'name="why"[^>]*>\s*Tiden låg i schemat.', page)
    assert "Alla med en roll hos Exempelby kommun kan läsa" in page


def test_is_published_and_stands_in_the_history(as_: As, cast: Cast, measure: Measure) -> None:
    karin = as_(cast.karin)
    answer = karin.submit(publish_url(measure), TOLD)
    row = db.session.query(GoodExample).one()
    assert answer.location == f"{LIST}/{row.id}"
    page = karin.page(answer.location)
    for text in TOLD.values():
        assert text in page
    assert sentences()[-1] == "Karin Holm publicerade åtgärden ”Läsgrupper” som gott exempel."
    assert "Läsgrupper" in karin.page(LIST)
    assert f'href="{LIST}/{row.id}"' in karin.page(f"/atgarder/{measure.id}")


@pytest.mark.parametrize("lacking", TOLD)
def test_every_text_is_asked_for(as_: As, cast: Cast, measure: Measure, lacking: str) -> None:
    response = as_(cast.karin).submit(publish_url(measure), TOLD | {lacking: " "}, 422)
    assert len(errors(response)) == 1
    kept = next(text for name, text in TOLD.items() if name != lacking)
    assert kept in response.get_data(as_text=True)
    assert db.session.query(GoodExample).count() == 0


def test_pressed_twice_is_one_example(as_: As, cast: Cast, measure: Measure) -> None:
    karin = as_(cast.karin)
    first = karin.submit(publish_url(measure), TOLD)
    assert karin.submit(publish_url(measure), TOLD).location == first.location
    assert db.session.query(GoodExample).count() == 1


def test_of_two_who_tell_at_once_the_second_sees_both_texts(
    as_: As, cast: Cast, measure: Measure
) -> None:
    karin = as_(cast.karin)
    karin.submit(publish_url(measure), TOLD)
    mine = TOLD | {"how": "Mitt sätt att berätta."}
    response = karin.submit(publish_url(measure), mine, 409)
    page = response.get_data(as_text=True)
    assert "Mitt sätt att berätta." in page
    assert "En text i veckan planeras ihop." in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    row = db.session.query(GoodExample).one()
    assert row.how == TOLD["how"]
    karin.submit(f"{LIST}/{row.id}/andra", mine | {"version": version})
    assert db.session.query(GoodExample).one().how == "Mitt sätt att berätta."


@pytest.mark.parametrize("judgement", [Judgement.NOT_ACHIEVED, Judgement.NO_EVIDENCE])
def test_only_an_effect_is_told_of(as_: As, cast: Cast, judgement: Judgement) -> None:
    measure = assessed(cast, "Läsgrupper", judgement=judgement)
    with pytest.raises(NoEffectToShow):
        GoodExample.publish(measure, by=cast.karin, **TOLD)
    karin = as_(cast.karin)
    assert karin.get(publish_url(measure)).location == f"/atgarder/{measure.id}"
    refused = karin.submit(publish_url(measure), TOLD, 409)
    assert "Ett gott exempel visar en effekt." in refused.text
    for typed in TOLD.values():
        assert f"{typed}</textarea>" in refused.text
    assert db.session.query(GoodExample).count() == 0
    assert "Gör till gott exempel" not in karin.page(f"/atgarder/{measure.id}")


def test_a_measure_that_waits_has_nothing_to_tell(as_: As, cast: Cast) -> None:
    measure = a_measure(cast)
    refused = as_(cast.karin).submit(publish_url(measure), TOLD, 409)
    assert f"{TOLD['how']}</textarea>" in refused.text


@pytest.mark.parametrize(
    ("person", "status"),
    [("jonas", 403), ("sofia", 403), ("erik", 403), ("lena", 403), ("ali", 404), ("mats", 404)],
)
def test_only_who_decides_publishes(
    as_: As, cast: Cast, measure: Measure, person: str, status: int
) -> None:
    as_(getattr(cast, person)).submit(publish_url(measure), TOLD, status)
    assert db.session.query(GoodExample).count() == 0


def test_a_unit_that_reads_along_does_not_publish(as_: As, cast: Cast) -> None:
    measure = assessed(cast, "Gemensam", units=[cast.savkulla, cast.hassel])
    as_(cast.ali).submit(publish_url(measure), TOLD, 403)


def test_a_tip_in_the_assessment_leads_to_it(as_: As, cast: Cast) -> None:
    filled = {
        "version": "0", "carried_out": "yes", "outcome": "74 %", "judgement": "partly",
        "evidence": "Prov", "decision": "end", "tip": "y",
    }  # fmt: skip
    for person, leads_to in (("karin", "gott-exempel"), ("jonas", "effekter")):
        measure = a_measure(cast, f"Åtgärd {person}", year=cast.last_year, due=today())
        answer = as_(getattr(cast, person)).submit(f"/atgarder/{measure.id}/effekt", filled)
        assert answer.location.endswith(leads_to)
    lower = filled | {"judgement": "not_achieved"}
    measure = a_measure(cast, "Utan effekt", year=cast.last_year, due=today())
    answer = as_(cast.karin).submit(f"/atgarder/{measure.id}/effekt", lower)
    assert answer.location.endswith("effekter")


# Read


@pytest.mark.parametrize(
    "person",
    ["karin", "jonas", "sofia", "ali", "nadia", "maria", "erik", "lena", "perolov", "tove"],
)
def test_everybody_of_the_organizer_reads_it(
    as_: As, cast: Cast, example: GoodExample, person: str
) -> None:
    browser = as_(getattr(cast, person))
    page = browser.page(f"{LIST}/{example.id}")
    assert "En text i veckan planeras ihop." in page
    assert "Läsgrupper" in browser.page(LIST)
    # The whole measure is for those who read the unit.
    reads = person not in ("ali", "nadia", "maria")
    assert ("Hela åtgärden" in page) == reads
    browser.page(f"/atgarder/{example.measure_id}", 200 if reads else 404)


def test_the_cause_is_theirs_for_others_alone(as_: As, cast: Cast, example: GoodExample) -> None:
    example.measure.decided_cause = "Vi läser var för sig."
    db.session.commit()
    for person, theirs in ((cast.karin, False), (cast.ali, True)):
        page = as_(person).page(f"{LIST}/{example.id}")
        assert "Vi läser var för sig." in page
        assert ("Orsaken hos dem" in page) is theirs


def test_nobody_else_does(as_: As, cast: Cast, example: GoodExample) -> None:
    mats = as_(cast.mats)
    mats.page(f"{LIST}/{example.id}", 404)
    assert "Läsgrupper" not in mats.page(LIST)
    for role in db.session.query(RoleAssignment).filter_by(user_id=cast.ali.id):
        role.ends_on = today() - timedelta(days=1)
    ali = as_(cast.ali)
    ali.page(f"{LIST}/{example.id}", 404)
    ali.page(LIST, 403)


def test_drafts_and_the_log_are_not_shown(as_: As, cast: Cast, example: GoodExample) -> None:
    db.session.get_one(Measure, example.measure_id).add_log(
        today(), "Det bråkades om rummen.", by=cast.karin
    )
    page = as_(cast.nadia).page(f"{LIST}/{example.id}")
    assert "bråkades" not in page


# Change, withdraw, publish again


def test_a_change_keeps_what_it_was(as_: As, cast: Cast, example: GoodExample) -> None:
    url = f"{LIST}/{example.id}/andra"
    as_(cast.karin).submit(url, TOLD | {"how": "Två texter.", "version": example.version})
    assert db.session.query(GoodExample).one().how == "Två texter."
    assert sentences()[-1] == (
        "Karin Holm ändrade det goda exemplet ”Läsgrupper”. Före ändringen: "
        "”En text i veckan planeras ihop.”."
    )


def test_an_old_form_overwrites_nothing(as_: As, cast: Cast, example: GoodExample) -> None:
    url, version = f"{LIST}/{example.id}/andra", example.version
    karin = as_(cast.karin)
    karin.submit(url, TOLD | {"how": "Två texter.", "version": version})
    page = karin.submit(url, TOLD | {"how": "Tre texter.", "version": version}, 409)
    assert "Två texter." in page.text
    assert "Tre texter." in page.text
    assert db.session.query(GoodExample).one().how == "Två texter."


def test_withdrawn_it_is_the_units_own(as_: As, cast: Cast, example: GoodExample) -> None:
    karin, ali = as_(cast.karin), as_(cast.ali)
    karin.submit(f"{LIST}/{example.id}/dra-tillbaka")
    assert "Tillbakadraget" in karin.page(f"{LIST}/{example.id}")
    ali.page(f"{LIST}/{example.id}", 404)
    assert "Läsgrupper" not in ali.page(LIST)
    assert "Läsgrupper" not in ali.page("/vad-har-gett-effekt")
    assert "Läsgrupper" in karin.page(LIST), "one's own to look over"
    as_(cast.jonas).page(f"{LIST}/{example.id}")
    as_(cast.sofia).page(f"{LIST}/{example.id}", 404)
    assert sentences()[-1] == "Karin Holm drog tillbaka det goda exemplet ”Läsgrupper”."
    again = db.session.get_one(GoodExample, example.id)
    karin.submit(f"{LIST}/{example.id}/andra", TOLD | {"version": again.version - 1}, 409)
    as_(cast.sofia).page(f"{LIST}/{example.id}", 404)  # nor published unawares
    karin.submit(f"{LIST}/{example.id}/andra", TOLD | {"version": again.version})
    ali.page(f"{LIST}/{example.id}")


@pytest.mark.parametrize("person", ["jonas", "ali", "erik", "lena", "sofia"])
@pytest.mark.parametrize("what", ["andra", "dra-tillbaka"])
def test_only_who_decides_changes_it(
    as_: As, cast: Cast, example: GoodExample, person: str, what: str
) -> None:
    as_(getattr(cast, person)).submit(f"{LIST}/{example.id}/{what}", TOLD, 403)
    assert db.session.get_one(GoodExample, example.id).is_published


# When the assessment is changed


def test_says_so_when_the_effect_was_none_after_all(
    as_: As, cast: Cast, measure: Measure, example: GoodExample
) -> None:
    karin = as_(cast.karin)
    answer = karin.submit(
        f"/atgarder/{measure.id}/effekt",
        {"version": "1", "carried_out": "yes", "outcome": "69 %", "judgement": "not_achieved",
         "evidence": "Prov", "decision": "end"},
    )  # fmt: skip
    assert answer.location == f"{LIST}/{example.id}"
    assert "Ändra texten så att den säger vad ni vet nu" in karin.page(answer.location)
    assert "Era egna att se över" in karin.page(LIST)
    assert "bedömningen har ändrats" in karin.page(f"/atgarder/{measure.id}")
    read = as_(cast.ali).page(f"{LIST}/{example.id}")
    assert "Bedömningen har ändrats sedan exemplet publicerades: inte uppnådd" in read
    assert "Ändra texten" not in read
    assert "Era egna att se över" not in as_(cast.ali).page(LIST)


def test_the_assessments_of_later_years_count(cast: Cast, example: GoodExample) -> None:
    measure = db.session.get_one(Measure, example.measure_id)
    assert not example.is_outdated
    revise(cast, measure, Judgement.NOT_YET, next_date=today() + timedelta(days=60))
    db.session.refresh(measure)
    assert example.is_outdated
    assert example.assessed is None


def test_one_without_effect_is_not_published_again(
    as_: As, cast: Cast, measure: Measure, example: GoodExample
) -> None:
    example.withdraw(by=cast.karin)
    revise(cast, measure, Judgement.NOT_ACHIEVED)
    db.session.refresh(example)
    typed = TOLD | {"version": example.version, "how": "Så här i stället."}
    refused = as_(cast.karin).submit(f"{LIST}/{example.id}/andra", typed, 409)
    assert "Så här i stället.</textarea>" in refused.text
    assert not db.session.get_one(GoodExample, example.id).is_published


def test_the_organizers_own_is_looked_over_by_who_decides_in_its_lap(as_: As, cast: Cast) -> None:
    measure = own_measure(cast, [cast.savkulla], year=cast.last_year)
    EffectAssessment.make(measure, cast.year, by=cast.lena, **FINAL)
    example = told(measure, cast.lena)
    example.withdraw(by=cast.lena)
    db.session.commit()
    lena = as_(cast.lena)
    assert "Era egna att se över" in lena.page(LIST)
    page = lena.page(f"{LIST}/{example.id}")
    assert "Det syns bara för er som skriver i huvudmannens varv." in page
    assert "<dt>Varv</dt><dd>Huvudmannens</dd>" in page
    assert "<dt>Enhet</dt>" not in page
    for person in (cast.karin, cast.erik):
        assert "Era egna att se över" not in as_(person).page(LIST)


# Begin from it


def test_a_new_measure_begins_with_how_and_without_what_is_ones_own(
    as_: As, cast: Cast, example: GoodExample
) -> None:
    ali = as_(cast.ali)
    page = ali.page(f"{LIST}/{example.id}")
    assert new_url(example) in unescape(page)
    page = ali.page(new_url(example))
    assert 'value="Läsgrupper"' in page
    assert re.search(r'name="description"[^>]*>\s*En text i veckan planeras ihop.', page)
    assert re.search(r'name="follow_up"[^>]*>\s*Elevintervjuer i maj.', page)
    assert re.search(r'name="expected_effect"[^>]*>\s*</textarea>', page)
    refused = ali.submit(new_url(example), {"title": "Läsgrupper", "description": "Så."}, 422)
    assert len(errors(refused)) == 3
    assert "Med förebild i ”Läsgrupper”, Sävkullaskolan" in unescape(refused.text)
    ali.submit(new_url(example), {"title": "Läsgrupper i åk 7", "draft": "1"})
    made = db.session.query(Measure).order_by(Measure.id.desc()).first()
    assert made.modelled_on_id == example.measure_id
    assert made.state is MeasureState.PROPOSED
    shown = ali.page(f"/atgarder/{made.id}")
    assert f'Med förebild i <a href="{LIST}/{example.id}">Läsgrupper</a>' in shown


def test_the_origin_stays_when_the_example_is_withdrawn_and_in_new_versions(
    as_: As, cast: Cast, example: GoodExample
) -> None:
    made = assessed(
        cast, "Tagen efter", unit=cast.hassel, by=cast.ali, decision=Decision.ADJUST,
        fields={"modelled_on_id": example.measure_id},
    )  # fmt: skip
    assert made.continued_by.modelled_on_id == example.measure_id
    example.withdraw(by=cast.karin)
    page = as_(cast.ali).page(f"/atgarder/{made.id}")
    assert "Det goda exemplet är tillbakadraget" in page
    assert f'href="{LIST}/{example.id}"' not in page


@pytest.mark.parametrize("odd", ["0", "-1", "9" * 30, "x", "%00", "999999"])
def test_an_example_that_is_none_is_no_bug(as_: As, cast: Cast, odd: str) -> None:
    page = as_(cast.karin).page(f"/enheter/savkullaskolan/2026-27/atgarder/ny?exempel={odd}")
    assert "Med förebild" not in page


def test_another_organizers_example_is_none(as_: As, cast: Cast) -> None:
    theirs = told(assessed(cast, "I Granby", unit=cast.granbyskolan, by=cast.mats), cast.mats)
    karin = as_(cast.karin)
    url = f"/enheter/savkullaskolan/2026-27/atgarder/ny?exempel={theirs.id}"
    assert "I Granby" not in karin.page(url)
    karin.submit(url, {"title": "Min egen", "draft": "1"})
    made = db.session.query(Measure).order_by(Measure.id.desc()).first()
    assert (made.title, made.modelled_on_id) == ("Min egen", None)


def test_who_writes_nowhere_is_not_asked_to_begin(
    as_: As, cast: Cast, example: GoodExample
) -> None:
    for person in ("sofia", "lena", "perolov"):
        assert "Vill ni pröva?" not in as_(getattr(cast, person)).page(f"{LIST}/{example.id}")


# The database


def test_the_database_refuses_what_may_not_be(cast: Cast, example: GoodExample) -> None:
    for values in ({"how": ""}, {"withdrawn_by_name": "Karin"}, {"organizer_id": cast.granby.id}):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(
                sa.update(GoodExample).where(GoodExample.id == example.id).values(**values)
            )
    with pytest.raises(AlreadyPublished):
        GoodExample.publish(example.measure, by=cast.karin, **TOLD)
    granby = assessed(cast, "I Granby", unit=cast.granbyskolan, by=cast.mats)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            sa.update(Measure)
            .where(Measure.id == example.measure_id)
            .values(modelled_on_id=granby.id)
        )


@pytest.mark.parametrize("person", ["karin", "ali", "erik", "lena"])
def test_the_pages_ask_as_often_for_30_examples_as_for_2(
    as_: As, cast: Cast, statements: Callable[[], Any], person: str
) -> None:
    browser = as_(getattr(cast, person))
    counts = []
    for number in (2, 28):
        for n in range(number):
            last = told(assessed(cast, f"Film {number} {n}"), cast.karin)
        with statements() as sent:
            browser.page(LIST)
        with statements() as sent_one:
            browser.page(f"{LIST}/{last.id}")
        counts.append((len(sent), len(sent_one)))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15
