"""In the room nothing typed is lost: one form with what can be saved and what cannot, and words in what
somebody else has removed."""

import pytest

from tests.dialogues.scenes import placed
from tests.dialogues.test_room import agreed, note, texts, typing, url
from tests.dialogues.test_show import words
from tracker.clock import today
from tracker.extensions import db

__all__ = ["typing"]  # the fixture

PERSONAL_NUMBER = "Elev 850715-2380"


@pytest.fixture
def dialogue(cast):
    """Of today, this afternoon: its areas may still be changed."""
    row = placed(cast.dialogue(cast.savkulla), cast, today(), hour=15)
    row.add_topic("Fritidshemmets plats", "Vi ser det.", by=cast.erik)
    db.session.commit()
    return row


@pytest.fixture
def row(cast, dialogue):
    made = dialogue.agree("Erik ordnar ett besök", "Erik", by=cast.erik)
    db.session.commit()
    return made


def test_a_new_agreement_beside_a_refused_note(cast, as_, dialogue):
    browser = as_(cast.erik)
    form = texts("other", PERSONAL_NUMBER) | agreed("NY", token="ett-formulär")
    for _ in range(2):
        page = browser.submit(url(dialogue), form | {"do": "hold"}, 422).text
        assert PERSONAL_NUMBER in page
        assert "Inte sparat än: ”Övrigt”. Allt annat du skrev är sparat." in words(page)
        assert "Dialogen är inte markerad som genomförd än." in page
        assert [made.what for made in dialogue.agreements] == ["NY"]
        # As it reads, and in its own field: none waits to be sent.
        assert page.count("NY</") == 1 + 1
    assert note(dialogue, "other") is None


@pytest.mark.parametrize(
    ("what", "version", "status"), [(PERSONAL_NUMBER, 1, 422), ("Min ändring", 0, 409)]
)
def test_by_script_a_new_agreement_beside_one_that_is_not_saved(
    cast, typing, dialogue, row, what, version, status
):
    form = agreed(what, f"agreement-{row.id}", version=version) | agreed("NY") | {"do": "add"}
    answer = typing(cast.karin).submit(url(dialogue, "/overenskommelser"), form, status).text
    assert what in answer
    assert "Inte sparat än: överenskommelse 1. Allt annat" in words(answer)
    assert [each.what for each in dialogue.agreements] == ["Erik ordnar ett besök", "NY"]


def test_other_words_from_a_form_that_has_made_its_agreement(cast, as_, dialogue):
    browser = as_(cast.karin)
    browser.submit(url(dialogue), agreed("Först", token="ett-formulär"))
    page = browser.submit(url(dialogue), agreed("Sedan", token="ett-formulär"), 409).text
    assert "är redan tillagt: ”Först”" in page
    assert "Sedan</textarea>" in page
    assert 'value="ett-formulär"' not in page


def test_what_was_not_sent_is_shown_as_it_stands(cast, as_, dialogue, row):
    """Shown as empty, the next save would empty it."""
    dialogue.write_note("effects", "Eriks ord", seen=0, by=cast.erik)
    db.session.commit()
    page = as_(cast.karin).submit(url(dialogue), texts("other", PERSONAL_NUMBER), 422).text
    assert "Eriks ord" in page
    assert page.count("Erik ordnar ett besök") == 1 + 1


def test_words_in_an_agreement_that_was_removed(cast, as_, typing, dialogue, row):
    number, prefix = row.id, f"agreement-{row.id}"
    stood, changed = (
        agreed(what, prefix, version=1, other="Erik")
        for what in ("Erik ordnar ett besök", "Erik ordnar två besök")
    )
    as_(cast.erik).submit(url(dialogue), {"do": f"remove-{number}"})
    karin, script = as_(cast.karin), typing(cast.karin)
    page = karin.submit(url(dialogue), changed | texts("other", "Sparat ändå"), 409).text
    piece = script.submit(
        url(dialogue, "/overenskommelser"), changed | {"do": f"change-{number}"}, 409
    ).text
    for answer in (page, piece):
        assert "Överenskommelsen ”Erik ordnar ett besök” är borttagen." in words(answer)
        assert "Erik ordnar två besök" in answer
    assert note(dialogue, "other").text == "Sparat ändå"
    karin.submit(url(dialogue), stood | texts("other", "Ingen har ändrat den", 1))


def test_words_about_an_area_that_was_removed(cast, as_, typing, dialogue):
    [topic] = dialogue.organizers_topics
    slot = f"topic-{topic.id}"
    dialogue.remove_topic(topic, by=cast.erik)
    db.session.commit()
    page = as_(cast.karin).submit(url(dialogue), texts(slot, "Mina ord"), 409).text
    assert "Området ”Fritidshemmets plats” är borttaget ur dialogen." in words(page)
    assert "Mina ord" in page
    piece = typing(cast.karin).submit(url(dialogue, f"/{slot}"), texts(slot, "Mina ord"), 422).text
    assert "är borttaget ur dialogen" in piece
    as_(cast.karin).submit(url(dialogue), texts(slot, ""))


def test_what_was_typed_is_saved_though_the_button_cannot_do_its_work(cast, as_, dialogue):
    """The dialogue has not been yet."""
    form = texts("other", "Sparat") | {"do": "hold"}
    answer = as_(cast.karin).submit(url(dialogue), form, 409)
    assert note(dialogue, "other").text == "Sparat"
    assert "Det du skrev är sparat." in answer.text
