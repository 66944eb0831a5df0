"""Writing the analysis's own texts: underlag och resultat, delaktighet."""

import pytest

from tests.analyses.conftest import URL
from tests.checked_client import errors
from tracker.extensions import db
from tracker.models import AuditEvent, SituationAnalysis

WRITE = URL + "/skriv"
PARTICIPATION = URL + "/delaktighet"


def texts(analysis, **changes):
    return {
        "version": analysis.version,
        "basis": analysis.basis,
        "results": analysis.results,
        **changes,
    }


def test_it_is_saved_and_leads_back_to_the_analysis(cast, as_, analysis):
    karin = as_(cast.karin)
    response = karin.submit(WRITE, texts(analysis, results="74 % i maj.\r\nPojkar 70 %."))
    assert response.location.endswith(URL)
    assert analysis.results == "74 % i maj.\nPojkar 70 %."
    assert analysis.staff_participation == "Arbetslagen skrev var sin orsak."
    event = db.session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
    assert event.sentence == "Karin Holm skrev i nulägesanalysen för Sävkullaskolan 2026/27."
    assert event.private
    assert "Texten är sparad." in karin.page(URL)


def test_nothing_changed_is_said_to_be_nothing(cast, as_, analysis):
    karin = as_(cast.karin)
    karin.submit(WRITE, texts(analysis))
    page = karin.page(URL)
    assert "Inget var ändrat, så det fanns inget att spara." in page
    assert "Texten är sparad." not in page


def test_half_done_is_fine(cast, as_, analysis):
    as_(cast.jonas).submit(WRITE, texts(analysis, basis="", results="Bara det här än."))
    assert (analysis.basis, analysis.results) == ("", "Bara det här än.")


def test_each_field_has_help_with_a_good_and_a_weak_example(cast, as_, analysis):
    page = as_(cast.karin).page(WRITE)
    assert page.count("Bra exempel:") == page.count("Svagt exempel:") == 2
    assert "Vad bygger analysen på?" in page


def test_examples_and_words_follow_the_kind_of_unit(cast, as_):
    SituationAnalysis.start(cast.cycle(cast.lyktvret), by=cast.karin)
    karin = as_(cast.karin)
    url = URL.replace("savkullaskolan", "lyktvretens-forskola")
    assert "Åtta filmade samlingar" in karin.page(url + "/skriv")
    page = karin.page(url + "/delaktighet")
    assert ">Barn</label>" in page
    assert ">Elever</label>" not in page


def test_participation(cast, as_, analysis):
    data = {
        "version": analysis.version,
        "staff_participation": "Alla arbetslag.",
        "learner_participation": "Elevrådet.",
        "guardian_participation": "",
    }
    as_(cast.karin).submit(PARTICIPATION, data)
    assert analysis.learner_participation == "Elevrådet."
    assert analysis.basis.startswith("12 lektionsbesök")


def test_an_old_form_shows_both_texts_and_overwrites_nothing(cast, as_, analysis):
    old = texts(analysis, results="Karins text")
    as_(cast.jonas).submit(WRITE, texts(analysis, results="Jonas text"))
    karin = as_(cast.karin)
    response = karin.submit(WRITE, old, status=409)
    page = response.get_data(as_text=True)
    assert "Det här har sparats på nytt sedan du öppnade sidan" in page
    assert "Karins text</textarea>" in page
    assert "<p>Jonas text</p>" in page
    assert analysis.results == "Jonas text"
    karin.submit(WRITE, texts(analysis, results="Karins text, och Jonas"))
    assert analysis.results == "Karins text, och Jonas"


def test_who_writes_here_is_not_disturbed_by_who_writes_causes(cast, as_, analysis):
    form = texts(analysis, results="Karins text")
    analysis.problems[0].write("Ett annat problem", None, by=cast.jonas)
    db.session.commit()
    as_(cast.karin).submit(WRITE, form)
    assert analysis.results == "Karins text"


@pytest.mark.parametrize("name", ["erik", "sofia", "samira", "tove", "lena", "perolov"])
def test_readers_may_not_write(cast, as_, analysis, name):
    analysis.share(by=cast.karin)
    person = as_(getattr(cast, name))
    for path in ("/skriv", "/delaktighet", "/problem/nytt"):
        person.page(URL + path, 403)
        person.submit(URL + path, {"version": 1, "text": "x"}, status=403)


def test_a_personal_identity_number_is_stopped_at_the_field(cast, as_, analysis):
    typed = "Eleven 20100412-2386 klarar inte kravnivån."
    response = as_(cast.karin).submit(WRITE, texts(analysis, results=typed), status=422)
    assert "personnummer (20100412-2386)" in errors(response)[0]
    assert typed in response.get_data(as_text=True)
    assert analysis.results.startswith("69 %")


def test_a_hundred_thousand_characters_are_too_many_and_kept(cast, as_, analysis):
    typed = "ord " * 25_000
    response = as_(cast.karin).submit(WRITE, texts(analysis, results=typed), status=422)
    assert errors(response) == [
        "Texten är för lång: 99\u00a0999 tecken, högst 20\u00a0000 får plats."
    ]
    assert typed.strip() in response.get_data(as_text=True)


def test_emoji_and_markup_are_text(cast, as_, analysis):
    typed = "<script>alert('å')</script> 😀"
    karin = as_(cast.karin)
    karin.submit(WRITE, texts(analysis, results=typed))
    assert analysis.results == typed
    assert "&lt;script&gt;" in karin.page(WRITE)


def test_an_adopted_analysis_is_locked_and_what_was_typed_is_shown(cast, as_, analysis):
    form = texts(analysis, results="Det här skrev jag medan den fastställdes.")
    analysis.adopt(by=cast.karin)
    db.session.commit()
    jonas = as_(cast.jonas)
    response = jonas.submit(WRITE, form, status=409)
    page = response.get_data(as_text=True)
    assert "Analysen är fastställd" in page
    assert "Det här skrev jag medan den fastställdes." in page
    assert analysis.results.startswith("69 %")
    for path in ("/skriv", "/delaktighet", "/problem/nytt"):
        jonas.page(URL + path, 409)


def test_an_analysis_that_is_not_begun_has_nothing_to_write_in(cast, as_):
    as_(cast.karin).page(WRITE, 404)
