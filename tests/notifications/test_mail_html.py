"""The mails as programs show them: Outlook, which lays out with Word; phones; dark mode; screen readers."""

import re
from collections.abc import Iterator

import html5lib
import pytest

from tests.cast import Cast
from tests.notifications.scenes import decided_measure, mails, place, tick_at
from tracker.extensions import db
from tracker.models import LinkPurpose, OneTimeLink, OutgoingMail
from tracker.notifications.account_mails import send_invitation, send_reset


@pytest.fixture(params=["reminders", "effects", "invitation", "reset"])
def mail(request: pytest.FixtureRequest, cast: Cast) -> Iterator[OutgoingMail]:
    cast.exempelby.name = "Exempelby & grannars <kommun>"
    db.session.commit()
    if request.param == "reminders":
        place(cast, "2026-10-06")
        tick_at("2026-09-15")
        yield mails()[0]
    elif request.param == "effects":
        decided_measure(cast, "2026-09-15", "Läsning <b>& skrivning</b>")
        tick_at("2026-09-15")
        yield mails()[0]
    elif request.param == "invitation":
        secret = OneTimeLink.issue(cast.ali, LinkPurpose.INVITATION, cast.exempelby.id)
        yield send_invitation(cast.ali, secret, cast.exempelby)
    else:
        yield send_reset(cast.ali, OneTimeLink.issue(cast.ali, LinkPurpose.RESET))


def test_nothing_but_tables_and_styles_in_place(mail: OutgoingMail) -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parse(mail.html)
    names = {node.tag for node in page.iter() if isinstance(node.tag, str)}
    assert names <= {
        "html", "head", "meta", "title", "body", "div", "table", "tbody", "tr", "td", "p", "br", "a",
        "strong", "ul", "li",
    }  # fmt: skip
    assert {table.get("role") for table in page.iter("table")} == {"presentation"}
    assert not [node for node in page.iter() if node.get("class") or node.get("id")]


def test_its_title_and_language(mail: OutgoingMail) -> None:
    page = html5lib.parse(mail.html, namespaceHTMLElements=False)
    assert page.get("lang") == "sv"
    assert page.find("head/title").text == mail.subject
    [article] = [node for node in page.iter("div") if node.get("role") == "article"]
    assert article.get("aria-label") == mail.subject
    assert article.get("lang") == "sv"


def test_light_and_dark(mail: OutgoingMail) -> None:
    """Every program has its own way of turning colours round: there are none to turn."""
    assert '<meta name="color-scheme" content="light dark">' in mail.html
    styles = " ".join(re.findall(r'style="([^"]*)"', mail.html))
    assert not re.search(r"(?<!-)color:|background", styles)
    assert "bgcolor" not in mail.html


def test_as_wide_as_the_phone(mail: OutgoingMail) -> None:
    without_outlook = re.sub(r"<!--\[if mso\]>.*?<!\[endif\]-->", "", mail.html)
    assert set(re.findall(r'width="([^"]*)"', without_outlook)) == {"100%"}
    assert "max-width:600px" in without_outlook
    assert mail.html.count("<!--[if mso]>") == mail.html.count("<![endif]-->") == 2


def test_the_same_words_as_text(mail: OutgoingMail) -> None:
    links = re.findall(r'href="([^"]*)"', mail.html)
    assert links
    assert all(link.startswith("http://127.0.0.1:8000/") for link in links)
    assert all(link in mail.text for link in links)
    assert "<" not in mail.text.replace("<kommun>", "").replace("<b>", "").replace("</b>", "")
    assert "&amp;" not in mail.text


def test_a_list_of_mails_shows_something_after_the_subject(mail: OutgoingMail) -> None:
    shown = html5lib.parse(mail.html, namespaceHTMLElements=False).find("body")
    first = " ".join("".join(shown.itertext()).replace("\u2007\u034f", "").split())
    assert not first.startswith(mail.subject)
    assert len(first) > 40
