"""What was removed comes back as it was: from the button beside the message, and from the list; once, for those
who may remove it, as long as it still has its place."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.dialogues.scenes import held, placed
from tests.measures.scenes import FINAL, a_cause
from tests.support.scenes import asked
from tracker.drafts import routes
from tracker.extensions import db
from tracker.models import (
    Agreement,
    AuditEvent,
    CalendarPeriod,
    Cause,
    DevelopmentArea,
    DialogueTopic,
    EffectAssessment,
    HandoverNote,
    Measure,
    MeasureBasis,
    MeasureLogEntry,
    MeasureUnit,
    PreparationQuestion,
    Problem,
    Removal,
    Side,
    SupportRequest,
)
from tracker.removals.models import clear_old

LAP = "/enheter/savkullaskolan/2026-27"


@dataclass
class Scene:
    """Something that can be removed: by whom, where one presses, and what is then sent."""

    person: str
    url: str
    form: dict[str, Any]
    rows: Callable[[], list[Any]]
    outsider: str
    reader: str
    """Sees that it is there, and may not remove it: 403. What outsiders get is 404."""


def all_of(model: Any) -> list[dict[str, Any]]:
    """Every row with every column: as it was is as it was. The version may have moved on."""
    db.session.expire_all()
    table = model.__table__
    order = table.c.id if "id" in table.c else table.c[1]
    return [dict(row) for row in db.session.execute(sa.select(table).order_by(order)).mappings()]


def a_problem(cast):
    cause = a_cause(cast)
    problem = cause.problem
    problem.add_cause("Orsak två", cause.location, "belägg", by=cast.karin)
    area = DevelopmentArea.create(cast.cycle(cast.savkulla), "Läsning", "", "Mål", by=cast.karin)
    area.problems = [problem]
    db.session.commit()
    return Scene(
        "karin", f"{LAP}/nulagesanalys/problem/{problem.id}/ta-bort", {},
        lambda: [all_of(Problem), all_of(Cause), joined()], "mats", "erik",
    )  # fmt: skip


def joined():
    return db.session.execute(sa.text("SELECT * FROM development_area_problem")).all()


def an_area(cast):
    problem = a_cause(cast).problem
    area = DevelopmentArea.create(
        cast.cycle(cast.savkulla), "Läsning", "Därför", "Minst 80 %", by=cast.karin
    )
    area.problems = [problem]
    db.session.commit()
    return Scene(
        "karin", f"{LAP}/utvecklingsomraden/{area.id}/ta-bort", {},
        lambda: [all_of(DevelopmentArea), joined()], "ali", "erik",
    )  # fmt: skip


def a_proposal(cast):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    agreement = dialogue.agree("Karin prövar läsgrupper", by=cast.karin)
    agreement.become(cast.cycle(cast.savkulla), by=cast.karin)
    measure = agreement.measure
    measure.description = "Två lärare, tre grupper.\n\n- måndag\n- torsdag"
    db.session.commit()
    return Scene(
        "karin", f"/atgarder/{measure.id}/ta-bort", {},
        lambda: [all_of(Measure), all_of(MeasureUnit), [row["measure_id"] for row in all_of(Agreement)]],
        "ali", "erik",
    )  # fmt: skip


def a_log_entry(cast):
    measure = a_running_measure(cast)
    entry = measure.add_log(date(2026, 11, 3), "Första planeringen gjord.", by=cast.karin)
    db.session.commit()
    return Scene(
        "karin", f"/atgarder/{measure.id}/logg/{entry.id}/ta-bort", {"version": entry.stamp},
        lambda: [all_of(MeasureLogEntry)], "ali", "erik",
    )  # fmt: skip


def a_running_measure(cast):
    measure = Measure.propose(
        cast.cycle(cast.savkulla), by=cast.karin, title="Läsgrupper", basis=MeasureBasis.ORGANIZER,
        basis_note="Beslut", expected_effect="Fler läser", assessable_from=date(2027, 5, 1),
    )  # fmt: skip
    measure.decide(by=cast.karin)
    measure.start(by=cast.karin)
    return measure


def a_topic(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    topic = dialogue.add_topic("Fritidshemmet", "Vi ser det i tre åtgärder.", by=cast.erik)
    db.session.commit()
    return Scene(
        "erik", f"/dialoger/{dialogue.id}/vi-ser/{topic.id}/ta-bort", {},
        lambda: [all_of(DialogueTopic)], "maria", "karin",
    )  # fmt: skip


def a_question(cast):
    dialogue = placed(cast.dialogue(cast.savkulla), cast)
    question = dialogue.ask(Side.PRINCIPAL, "Vilka beslut kan vi fatta på plats?", by=cast.karin)
    db.session.commit()
    return Scene(
        "karin", f"/dialoger/{dialogue.id}/rektors-fragor/{question.id}/ta-tillbaka", {},
        lambda: [all_of(PreparationQuestion)], "ali", "lena",
    )  # fmt: skip


def a_period(cast):
    period = cast.year.periods[0]
    return Scene(
        "tove", f"/organisation/lasar/2026-27/perioder/{period.id}/ta-bort", {},
        lambda: [all_of(CalendarPeriod)], "greta", "lena",
    )  # fmt: skip


def an_agreement(cast):
    dialogue = held(cast.dialogue(cast.savkulla), cast)
    row = dialogue.agree(
        "Erik ordnar ett besök", "Erik Lund", cast.erik.id, date(2026, 12, 1), by=cast.karin
    )
    db.session.commit()
    return Scene(
        "karin", f"/dialoger/{dialogue.id}/samtal", {"do": f"remove-{row.id}"},
        lambda: [all_of(Agreement)], "ali", "lena",
    )  # fmt: skip


def a_request(cast):
    row = asked(cast.savkulla, cast.karin, "En mentor.\n\nHelst en dag i veckan.")
    return Scene(
        "karin", f"/stod/{row.id}/ta-tillbaka", {"version": row.version},
        lambda: [all_of(SupportRequest)], "ali", "erik",
    )  # fmt: skip


def a_greeting(cast):
    HandoverNote.leave(cast.savkulla, "Lita på arbetslag B.\n\n- måndagar", by=cast.karin)
    db.session.commit()
    return Scene(
        "karin", "/enheter/savkullaskolan/overlamning/halsning", {"version": 1, "text": ""},
        lambda: [all_of(HandoverNote)], "ali", "jonas",
    )  # fmt: skip


THINGS = [
    a_problem, an_area, a_proposal, a_log_entry, a_topic, a_question, a_period, an_agreement,
    a_request, a_greeting,
]  # fmt: skip
every_thing = pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.__name__)


def remove(scene, browser):
    response = browser.post(scene.url, data=scene.form)
    assert response.status_code == 302, response.text
    page = browser.page(response.location)
    (address,) = set(re.findall(r'action="(/angra/\d+)"', page))
    return address


def removal_of(address):
    return db.session.get_one(Removal, int(address.rpartition("/")[2]))


@every_thing
def test_it_comes_back_as_it_was(cast, as_, thing):
    scene = thing(cast)
    browser = as_(getattr(cast, scene.person))
    before = scene.rows()
    address = remove(scene, browser)
    assert scene.rows() != before
    response = browser.submit(address)
    assert "tillbaka" in browser.page(response.location)
    assert without_versions(scene.rows()) == without_versions(before)
    sentence = (
        db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id.desc())).first().sentence
    )
    assert sentence.startswith(getattr(cast, scene.person).name)
    assert re.search("ångrade att|ångrade en borttagning|tog tillbaka|ställde på nytt", sentence)


def without_versions(rows):
    return [
        [
            {k: v for k, v in row.items() if k != "version"} if isinstance(row, dict) else row
            for row in kind
        ]
        for kind in rows
    ]


@every_thing
def test_twice_is_once(cast, as_, thing):
    scene = thing(cast)
    browser = as_(getattr(cast, scene.person))
    address = remove(scene, browser)
    browser.submit(address)
    after = scene.rows()
    response = browser.submit(address)
    assert "redan ångrat" in browser.page(response.location)
    assert scene.rows() == after


@every_thing
def test_for_those_who_may_remove_it_only(cast, as_, thing):
    scene = thing(cast)
    address = remove(scene, as_(getattr(cast, scene.person)))
    gone = scene.rows()
    assert as_(getattr(cast, scene.outsider)).post(address).status_code == 404
    assert as_(getattr(cast, scene.reader)).post(address).status_code in (403, 404)
    assert as_(cast.mats).post(address).status_code == 404
    assert scene.rows() == gone


@every_thing
def test_listed_for_whoever_removed_it(cast, as_, thing):
    scene = thing(cast)
    browser = as_(getattr(cast, scene.person))
    address = remove(scene, browser)
    removal = removal_of(address)
    page = browser.page("/utkast")
    assert removal.what in page.replace("&#34;", '"')
    assert f'action="{address}"' in page
    assert f'action="{address}"' not in as_(getattr(cast, scene.reader)).page("/utkast")
    browser.submit(address)
    assert f'action="{address}"' not in browser.page("/utkast")


@every_thing
def test_for_thirty_days(cast, as_, thing, the_day):
    scene = thing(cast)
    address = remove(scene, as_(getattr(cast, scene.person)))
    the_day.shift(timedelta(days=30))
    assert clear_old() == 0
    the_day.shift(timedelta(minutes=1))
    assert clear_old() == 1
    assert as_(getattr(cast, scene.person)).post(address).status_code == 404


def test_a_colleague_who_writes_there_may_undo_it(cast, as_):
    scene = a_problem(cast)
    before = scene.rows()
    address = remove(scene, as_(cast.karin))
    as_(cast.jonas).submit(address)
    assert without_versions(scene.rows()) == without_versions(before)


def test_another_has_got_its_number(cast, as_):
    """The database gives no number twice; what it was restored from by hand may."""
    scene = a_log_entry(cast)
    karin = as_(cast.karin)
    (taken,) = all_of(MeasureLogEntry)
    address = remove(scene, karin)
    other = taken | {"text": "Skrivet efteråt"}
    db.session.execute(sa.insert(MeasureLogEntry.__table__).values(**other))
    db.session.commit()
    karin.submit(address)
    assert sorted(row["text"] for row in scene.rows()[0]) == [
        "Första planeringen gjord.",
        "Skrivet efteråt",
    ]


def test_not_in_an_adopted_analysis(cast, as_):
    scene = a_problem(cast)
    karin = as_(cast.karin)
    address = remove(scene, karin)
    cause = a_cause(cast)
    analysis = cause.problem.analysis
    analysis.write({"basis": "Prov", "results": "69 %"}, by=cast.karin)
    analysis.adopt(by=cast.karin)
    db.session.commit()
    rows = scene.rows()
    response = karin.submit(address)
    assert "Öppna den igen först" in karin.page(response.location)
    assert scene.rows() == rows
    assert removal_of(address).undone_at is None


def test_not_into_a_log_that_has_been_assessed(cast, as_):
    scene = a_log_entry(cast)
    karin = as_(cast.karin)
    address = remove(scene, karin)
    measure = db.session.scalar(sa.select(Measure))
    measure.assess_on = date(2026, 11, 1)
    EffectAssessment.make(measure, cast.year, by=cast.karin, revises=0, **FINAL)
    db.session.commit()
    response = karin.submit(address)
    assert "Effekten är bedömd" in karin.page(response.location)
    assert scene.rows() == [[]]


def test_not_when_rektor_has_chosen_another_area(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla, 2), cast)
    dialogue.choose_topic("Läsning", "Hur håller vi i?", None, by=cast.karin)
    db.session.commit()
    karin = as_(cast.karin)
    scene = Scene("karin", f"/dialoger/{dialogue.id}/omrade/ta-bort", {}, list, "ali", "erik")
    address = remove(scene, karin)
    dialogue.choose_topic("Matematik", "Vad gör vi?", None, by=cast.karin)
    db.session.commit()
    response = karin.submit(address)
    assert "Något annat har kommit i dess ställe" in karin.page(response.location)
    assert [row["title"] for row in all_of(DialogueTopic)] == ["Matematik"]


def test_not_when_the_dialogue_has_begun(cast, as_, the_day):
    scene = a_topic(cast)
    address = remove(scene, as_(cast.erik))
    the_day.shift(timedelta(days=20))
    erik = as_(cast.erik)
    response = erik.submit(address)
    assert "Det gick inte att ångra. Dialogen har varit" in erik.page(response.location)
    assert scene.rows() == [[]]


def test_not_over_other_days(cast, as_):
    period = cast.year.periods[0]
    kind, first, last = period.kind, period.starts_on, period.ends_on
    scene = a_period(cast)
    tove = as_(cast.tove)
    address = remove(scene, tove)
    cast.year.add_period(kind, "Ny termin", first, last, by=cast.tove)
    db.session.commit()
    rows = scene.rows()
    response = tove.submit(address)
    assert "överlappar Ny termin" in tove.page(response.location)
    assert scene.rows() == rows


def test_a_question_is_asked_again_by_its_asker_only(cast, as_):
    scene = a_question(cast)
    address = remove(scene, as_(cast.karin))
    jonas = as_(cast.jonas)
    response = jonas.submit(address)
    assert "Bara den som har ställt frågan" in jonas.page(response.location)
    assert scene.rows() == [[]]


def test_not_over_a_greeting_that_was_written_since(cast, as_):
    scene = a_greeting(cast)
    karin = as_(cast.karin)
    address = remove(scene, karin)
    karin.submit(scene.url, {"version": 0, "text": "Nya ord."})
    response = karin.submit(address)
    assert "Du har skrivit en ny hälsning sedan dess." in karin.page(response.location)
    assert [row["text"] for row in all_of(HandoverNote)] == ["Nya ord."]


def test_an_area_without_the_problem_that_is_gone(cast, as_):
    scene = an_area(cast)
    karin = as_(cast.karin)
    address = remove(scene, karin)
    problem = db.session.scalar(sa.select(Problem))
    problem.remove(by=cast.karin)
    db.session.commit()
    karin.submit(address)
    areas, joins = scene.rows()
    assert len(areas) == 1
    assert joins == []


def test_in_the_room_without_leaving_it(cast, as_):
    """With a script the answer is a piece of the page, with the button in it."""
    scene = an_agreement(cast)
    karin = as_(cast.karin)
    before = scene.rows()
    url = scene.url.replace("/samtal", "/samtal/overenskommelser")
    karin.checks_pages = False
    answer = karin.post(url, data=scene.form, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    assert "Överenskommelsen är borttagen" in answer.text
    (undo,) = re.findall(r'value="(undo-\d+)"', answer.text)
    answer = karin.post(url, data={"do": undo}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert without_versions(scene.rows()) == without_versions(before)
    other = remove(a_problem(cast), as_(cast.karin)).rpartition("/")[2]
    for wrong in (f"undo-{other}", "undo-999999", "undo-x"):
        assert (
            karin.post(url, data={"do": wrong}, headers={"HX-Request": "true"}).status_code == 404
        )


def test_listed_on_several_pages_without_the_texts_themselves(cast, as_, monkeypatch, statements):
    monkeypatch.setattr(routes, "REMOVALS_ON_A_PAGE", 2)
    measure = a_running_measure(cast)
    for number in range(3):
        entry = measure.add_log(date(2026, 11, 3), f"Rad {number}.", by=cast.karin)
        measure.remove_log(entry, by=cast.karin, seen=entry.stamp)
    db.session.commit()
    karin = as_(cast.karin)
    with statements() as sent:
        page = karin.page("/utkast")
    assert not [one for one in sent if "removal.content" in one.split("WHERE")[0]]
    assert page.count('action="/angra/') == 2
    assert karin.page("/utkast?sida=2").count('action="/angra/') == 1


def test_a_form_that_could_not_be_saved_has_no_undo(cast, as_):
    page = as_(cast.karin).page("/")
    assert "/angra/" not in page


def test_what_was_agreed_anew_meanwhile_is_said_and_no_bug(cast, as_):
    dialogue = placed(cast.dialogue(cast.savkulla), cast, date(2026, 10, 6))
    row = dialogue.agree("Vi gör det", by=cast.karin, form_token="en-gang")
    db.session.commit()
    removal = dialogue.drop_agreement(row, by=cast.karin)
    db.session.commit()
    dialogue.agree("Vi gör det", by=cast.karin, form_token="en-gang")
    db.session.commit()
    karin, room = as_(cast.karin), f"/dialoger/{dialogue.id}/samtal"
    answer = karin.submit(room, {"do": f"undo-{removal.id}"}, 409)
    assert "Något annat har kommit i dess ställe." in answer.text
    karin.submit(room, {"do": "undo-" + "9" * 5000}, 404)
    assert [row.what for row in dialogue.agreements] == ["Vi gör det"]
