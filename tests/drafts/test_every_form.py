"""Every form with a text area, wherever one meets it: it is kept while it is typed, and filled out of its draft
when the person goes on with that."""

from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
import pytest
import time_machine
from flask import Flask
from lxml.html import FormElement

from tests.cast import THE_DAY, build
from tests.checked_client import CheckedClient
from tests.conftest import make_settings, new_migrated_database, rolled_back
from tests.furnished import House, furnish
from tests.walk import REACHED, addresses, demanded, methods
from tracker import create_app
from tracker.extensions import db
from tracker.models import Draft

PEOPLE = ("karin", "erik", "lena", "tove")
OTHERWISE = {
    "dialogues.room": "saves each text by itself",
    "dialogues.plan": "many rows, one line of reason each",
}
"""Pages with forms of their own making."""
TYPED = "Det här skrev jag och sparade inte."


@dataclass
class Found:
    person: str
    endpoint: str
    url: str
    form: FormElement

    def __str__(self) -> str:
        return f"{self.form.get('data-draft-form')} at {self.url} for {self.person}"


def forms_with_text(html: str) -> Iterator[FormElement]:
    for form in lxml.html.fromstring(html).iter("form"):
        if form.xpath(".//textarea"):
            yield form


@dataclass
class Met:
    """Each form once, with the first person who may open it, in a database of its own."""

    app: Flask
    browsers: dict[str, CheckedClient]
    forms: list[Found]


@pytest.fixture(scope="module")
def _met(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, one_file_of_each_kind: None
) -> Iterator[Met]:
    folder = tmp_path_factory.mktemp(f"forms_{database_kind}")
    with new_migrated_database(database_kind, folder) as url:
        app = create_app(make_settings(url))
        with app.app_context(), time_machine.travel(THE_DAY, tick=False):
            house = furnish(build())
            db.session.commit()
            browsers = {person: CheckedClient(app) for person in PEOPLE}
            for person, browser in browsers.items():
                browser.become(getattr(house.cast, person))
            forms = list(meet(app, house, browsers))
            db.session.remove()
        yield Met(app, browsers, forms)
        with app.app_context():
            db.engine.dispose()


def meet(app: Flask, house: House, browsers: dict[str, CheckedClient]) -> Iterator[Found]:
    seen = set()
    for person, browser in browsers.items():
        for address in addresses(app, house):
            reached = demanded(person, address, "GET") == REACHED
            if "GET" not in methods(app, address) or not reached:
                continue
            response = browser.get(address.url)
            if response.mimetype != "text/html" or response.status_code != 200:
                continue
            for form in forms_with_text(response.text):
                key = (address.endpoint, form.get("data-draft-form") or "")
                if key not in seen:
                    seen.add(key)
                    yield Found(person, address.endpoint, address.url, form)


@pytest.fixture
def met(_met: Met, the_day: time_machine.Traveller) -> Iterator[list[Found]]:
    with rolled_back(_met.app):
        yield _met.forms


@pytest.fixture
def browsers(_met: Met) -> dict[str, CheckedClient]:
    return _met.browsers


def test_every_text_area_is_kept_and_comes_back(met, browsers):
    kinds = {each.form.get("data-draft-form") for each in met}
    assert len(kinds) > 20, kinds
    wrong: list[str] = []
    for each in met:
        if each.endpoint in OTHERWISE:
            continue
        if not each.form.get("data-draft"):
            wrong.append(f"{each.endpoint}: a form that keeps nothing")
            continue
        wrong += comes_back(each, browsers[each.person])
    assert not wrong, "\n".join(wrong)


def comes_back(each: Found, browser: CheckedClient) -> list[str]:
    form = each.form
    fields = [
        (field.get("name"), field.value if isinstance(field.value, str) else "")
        for field in form.inputs
        if field.get("type") == "hidden"
        and field.get("name") not in ("csrf_token", "utkast", "utkast_fran", "utkast_sida")
    ]
    names = [field.get("name") for field in form.xpath(".//textarea | .//input[@type='text']")]
    about = {
        "draft-who": form.get("data-draft-who"),
        "draft-form": form.get("data-draft-form"),
        "draft-place": form.get("data-draft-place"),
        "draft-address": form.xpath(".//input[@name='utkast_sida']")[0].value,
        "draft-number": "1",
        "draft-title": "En sida",
    }
    typed = {name: f"{TYPED} {name}"[:100] for name in names}
    answer = browser.post(form.get("data-draft"), data={**dict(fields), **about, **typed})
    if answer.status_code != 200:
        return [f"{each}: {answer.status_code} {answer.text}"]
    token = form.get("data-draft").rpartition("/")[2]
    wrong = []
    offered = lxml.html.fromstring(browser.get(about["draft-address"]).text)
    links = offered.xpath(f"//a[contains(@href, 'utkast={token}')]")
    if not links or links[0].xpath("ancestor::details[not(@open)]"):
        wrong.append(f"{each}: not offered")
    joint = "&" if "?" in about["draft-address"] else "?"
    page = browser.page(f"{about['draft-address']}{joint}utkast={token}")
    if "Fälten visar ditt utkast" not in page:
        wrong.append(f"{each}: the page does not say that it is a draft")
    (again,) = [
        other
        for other in forms_with_text(page)
        if other.get("data-draft-form") == form.get("data-draft-form")
    ]
    for name, text in typed.items():
        value = again.fields[name]
        if (value or "").strip() != text.strip():
            wrong.append(f"{each}: {name} is {value!r}")
    if again.xpath("ancestor::details[not(@open)]"):
        wrong.append(f"{each}: hidden in a closed <details>")
    Draft.forget(db.session.query(Draft.user_id).filter_by(token=token).scalar(), [token])
    db.session.commit()
    return wrong


def test_a_form_over_something_newer_shows_both_wherever_it_is(met, browsers):
    """With a version that has moved on since: what is stored stands beside what differs."""
    shown = 0
    for each in met:
        version = each.form.xpath(".//input[@name='version']")
        areas = each.form.xpath(".//textarea[normalize-space()]")
        if each.endpoint in OTHERWISE or not version or not areas:
            continue
        browser, area = browsers[each.person], areas[0]
        data = {
            **{name: value for name, value in each.form.form_values() if name != "csrf_token"},
            area.get("name"): TYPED,
            "version": "999999",
            "draft-who": each.form.get("data-draft-who"),
            "draft-form": each.form.get("data-draft-form"),
            "draft-place": each.form.get("data-draft-place"),
            "draft-address": each.form.xpath(".//input[@name='utkast_sida']")[0].value,
            "draft-number": "1",
            "draft-title": "En sida",
        }
        assert browser.post(each.form.get("data-draft"), data=data).status_code == 200
        token = each.form.get("data-draft").rpartition("/")[2]
        page = browser.page(f"{each.url}?utkast={token}")
        assert "har ändrats sedan du skrev utkastet" in page, str(each)
        stored = lxml.html.fromstring(page).text_content()
        assert area.text.strip().splitlines()[0][:40] in stored, str(each)
        assert TYPED in stored, str(each)
        shown += 1
    assert shown > 8
