"""Alla påminnelser, and those of one dialogue: what went to whom, why not, and once more by hand."""

import re
from collections.abc import Callable

import pytest

from tests.cast import Cast
from tests.checked_client import CheckedClient
from tests.notifications.scenes import (
    FakeServer,
    agree,
    all_prepared,
    decided_measure,
    hold,
    ledger,
    mails,
    moment,
    place,
    tick_at,
)
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    AuditEvent,
    MailKind,
    MailState,
    QualityDialogue,
    Reminder,
    ReminderState,
    User,
)

AsPerson = Callable[[User], CheckedClient]
PAGE = "/utskick/paminnelser"
TOKEN = re.compile(r'action="([^"]+/skicka-igen)".*?name="form_token" value="([^"]+)"', re.DOTALL)


def buttons(page: str) -> list[tuple[str, str]]:
    """(address, token) of every button that sends one again."""
    return TOKEN.findall(page)


@pytest.fixture
def sent(cast: Cast, server: FakeServer) -> QualityDialogue:
    """Karin and Erik have been reminded of a dialogue; two older ones gave place to a later."""
    dialogue = place(cast, "2026-12-08")
    tick_at("2026-11-17")
    server.refuses = [cast.erik.email]
    tick_at("2026-12-07")
    server.refuses = []
    return dialogue


def test_every_reminder_and_how_it_went(cast: Cast, as_: AsPerson, sent: QualityDialogue) -> None:
    page = as_(cast.tove).page(PAGE)
    assert "4 påminnelser." in page
    assert "Dialog 1 läsåret 2026/27: Lyktvretens förskola och Sävkullaskolan, dagen före" in page
    assert "7 dec 2026 07.00" in page
    assert "karin@exempelby.example" in page
    for mail in mails(to=cast.karin):
        assert f"&lt;varvet-{mail.id}@127.0.0.1&gt;" in page
    assert "Kunde inte skickas" in page
    assert "550 No such user" in page
    assert "En senare påminnelse gick i stället" in page


def test_when_it_is_tried_again(cast: Cast, as_: AsPerson, server: FakeServer) -> None:
    place(cast, "2026-12-08")
    server.not_now = [cast.karin.email]
    tick_at("2026-11-17")
    page = as_(cast.tove).page(PAGE)
    assert "nytt försök 17 nov 2026 07.01" in page
    assert "451 Try later" in page


def test_by_state_and_person(cast: Cast, as_: AsPerson, sent: QualityDialogue) -> None:
    browser = as_(cast.tove)
    assert "2 påminnelser." in browser.page(f"{PAGE}?lage=sent")
    assert "En påminnelse." in browser.page(f"{PAGE}?person={cast.erik.id}")
    assert "En påminnelse." in browser.page(f"{PAGE}?lage=failed&person={cast.erik.id}")
    assert "Ingen påminnelse är sådan" in browser.page(f"{PAGE}?lage=planned")
    for nonsense in ("lage=kanske", "person=999999", "person=x", "lage=&person="):
        assert "4 påminnelser." in browser.page(f"{PAGE}?{nonsense}")


def test_what_was_cancelled(cast: Cast, as_: AsPerson, server: FakeServer) -> None:
    server.not_now = [cast.ali.email]
    measure = decided_measure(cast, "2026-11-02", "Mattestuga", cast.hassel)
    tick_at("2026-11-02")
    with clock.stopped_at(moment("2026-11-02", "09:00")):
        measure.cancel("Pengarna räckte inte", by=cast.ali)
    db.session.commit()
    tick_at("2026-11-02", "09:01")
    page = as_(cast.tove).page(f"{PAGE}?lage=cancelled")
    assert "Effekten av Mattestuga" in page
    assert "Åtgärden är avbruten" in page


def test_pages_and_statements(
    cast: Cast, as_: AsPerson, sent: QualityDialogue, statements: Callable[[], object]
) -> None:
    kinds = list(Reminder.kind.type.enum_class)
    for number in range(160):
        db.session.add(
            Reminder(
                organizer_id=cast.exempelby.id, kind=kinds[number % len(kinds)],
                subject_id=sent.id if number % 2 else 1000 + number, recipient_id=cast.ali.id,
                offset_days=number, date_revision=7, due_on=clock.today(),
                state=ReminderState.SKIPPED, reason="Inget kvar att göra", settled_at=clock.now(),
            )
        )  # fmt: skip
    browser = as_(cast.tove)
    with statements() as asked:
        page = browser.page(PAGE)
    assert len(asked) <= 15
    assert "164 påminnelser." in page
    assert "7 dec 2026 07.00" in browser.page(f"{PAGE}?sida=2")


@pytest.mark.parametrize("person", ["karin", "erik", "lena", "samira", "sofia", "perolov"])
def test_the_whole_is_the_administrators(
    cast: Cast, as_: AsPerson, sent: QualityDialogue, person: str
) -> None:
    browser = as_(getattr(cast, person))
    browser.page(PAGE, 403)
    reminder = db.session.query(Reminder).filter_by(state=ReminderState.SENT).first()
    browser.submit(f"{PAGE}/{reminder.id}/skicka-igen", {"form_token": "x"}, 403)


# One dialogue's


def test_the_dialogues_own(cast: Cast, as_: AsPerson, sent: QualityDialogue) -> None:
    decided_measure(cast, "2026-12-07", "Mattestuga", cast.hassel)
    held = place(cast, "2026-12-01", unit=cast.hassel)
    hold(cast, held, "2026-12-01")
    agree(cast, held, "Besök på Kvistfors", "2026-12-11", responsible=cast.ali)
    tick_at("2026-12-08")
    browser = as_(cast.erik)
    assert f"/dialoger/{sent.id}/paminnelser" in browser.page(f"/dialoger/{sent.id}")
    page = browser.page(f"/dialoger/{sent.id}/paminnelser")
    assert "Karin Holm" in page
    assert "Kunde inte skickas" in page
    assert "Mattestuga" not in page
    assert "Besök" not in page
    page = browser.page(f"/dialoger/{held.id}/paminnelser")
    assert "Överenskommelsen ”Besök på Kvistfors”" in page
    everybodys = as_(cast.tove).page(PAGE)
    assert "En överenskommelse från Dialog 1 läsåret 2026/27: Hasselbrinksskolan" in everybodys
    assert "Besök" not in everybodys, "what they agreed is not hers to read"
    assert "Minnesanteckningarna från Dialog 1" in page
    assert "Karin Holm" not in page


def test_none_yet(cast: Cast, as_: AsPerson) -> None:
    dialogue = place(cast, "2026-12-08")
    page = as_(cast.erik).page(f"/dialoger/{dialogue.id}/paminnelser")
    assert "Inget mejl om dialogen har gått ut." in page


def test_is_for_who_leads_the_dialogue(cast: Cast, as_: AsPerson, sent: QualityDialogue) -> None:
    url = f"/dialoger/{sent.id}/paminnelser"
    reminder = db.session.query(Reminder).filter_by(state=ReminderState.SENT).first()
    for person, status in (("karin", 403), ("lena", 403), ("maria", 404), ("tove", 404),
                           ("mats", 404), ("ali", 404)):  # fmt: skip
        browser = as_(getattr(cast, person))
        browser.page(url, status)
        browser.submit(f"{url}/{reminder.id}/skicka-igen", {"form_token": "x"}, status)
    assert as_(cast.karin).page(f"/dialoger/{sent.id}").count("/paminnelser") == 0
    assert as_(cast.erik).get(f"{url}/{reminder.id}/skicka-igen").status_code == 405


# Skicka igen


def test_once_more(cast: Cast, as_: AsPerson, sent: QualityDialogue, server: FakeServer) -> None:
    browser = as_(cast.erik)
    url = f"/dialoger/{sent.id}/paminnelser"
    place_before = len(server.taken)
    failed = buttons(browser.page(url))[0]
    for _ in range(2):  # pressed twice
        browser.submit(failed[0], {"form_token": failed[1]})
    assert db.session.query(Reminder).filter(Reminder.again > 0).count() == 1
    assert tick_at("2026-11-20", "09:01").sent == 1
    assert tick_at("2026-11-20", "09:02").sent == 0
    assert len(server.taken) == place_before + 1
    row = db.session.query(Reminder).filter(Reminder.again > 0).one()
    assert (row.state, row.again, row.asked_by_name) == (ReminderState.SENT, 1, "Erik Lund")
    assert row.mail.kind is MailKind.AGAIN
    assert row.mail.digest_on is None
    assert "Hej" in row.mail.text
    assert "Skickad igen: Erik Lund bad om det" in browser.page(url)
    assert any(
        event.sentence.startswith(
            "Erik Lund lät skicka påminnelsen om Dialog 1 läsåret 2026/27: "
            "Lyktvretens förskola och Sävkullaskolan till "
        )
        and event.subject_id == sent.id
        for event in db.session.query(AuditEvent)
    )
    assert "lät skicka påminnelsen" in browser.page(f"/dialoger/{sent.id}")
    # Another press is another mail.
    again = buttons(browser.page(url))[-1]
    browser.submit(again[0], {"form_token": again[1]})
    assert db.session.query(Reminder).filter(Reminder.again > 0).count() == 2


def test_the_administrator_may_too(
    cast: Cast, as_: AsPerson, sent: QualityDialogue, server: FakeServer
) -> None:
    browser = as_(cast.tove)
    address, token = buttons(browser.page(PAGE))[0]
    browser.submit(address, {"form_token": token})
    assert tick_at("2026-11-20", "09:01").sent == 1
    mail = mails()[-1]
    assert "Påminnelse, skickad igen" not in mail.subject
    page = browser.page("/utskick")
    assert mail.subject in page
    assert "Hej" in browser.page(f"/utskick/{mail.id}")


@pytest.mark.parametrize(
    ("wall", "goes"),
    [
        ("06:59", "07:00"),
        ("07:00", "07:00"),
        ("19:59", "19:59"),
        ("20:00", "07:00"),
        ("23:30", "07:00"),
    ],
)
def test_not_in_the_night(
    cast: Cast, as_: AsPerson, sent: QualityDialogue, the_day: object, wall: str, goes: str
) -> None:
    the_day.move_to(moment("2026-11-21", wall))  # type: ignore[attr-defined]  # a Saturday
    browser = as_(cast.erik)
    address, token = buttons(browser.page(f"/dialoger/{sent.id}/paminnelser"))[0]
    browser.submit(address, {"form_token": token})
    day = "2026-11-22" if wall >= "20:00" else "2026-11-21"
    assert mails()[-1].next_try_at == moment(day, goes)
    assert mails()[-1].state is MailState.QUEUED
    assert tick_at(day, goes).sent == 1


def test_beside_the_one_mail_a_day(
    cast: Cast, as_: AsPerson, sent: QualityDialogue, server: FakeServer
) -> None:
    decided_measure(cast, "2026-11-20", "Läsning")
    tick_at("2026-11-20", "07:00")
    browser = as_(cast.tove)
    address, token = buttons(browser.page(f"{PAGE}?person={cast.karin.id}"))[-1]
    browser.submit(address, {"form_token": token})
    assert tick_at("2026-11-20", "09:01").sent == 1
    days = [day for day, _ in server.subjects(cast.karin)]
    assert days.count("2026-11-20") == 2


def test_what_is_done_is_not_sent_again(cast: Cast, as_: AsPerson, sent: QualityDialogue) -> None:
    browser = as_(cast.erik)
    url = f"/dialoger/{sent.id}/paminnelser"
    address, token = buttons(browser.page(url))[0]
    all_prepared(cast, sent)
    browser.submit(address, {"form_token": token})
    assert "Påminnelsen behövs inte längre: Inget kvar att göra." in browser.page(url)
    assert db.session.query(Reminder).filter(Reminder.again > 0).count() == 0


def test_done_between_the_press_and_the_mail(
    cast: Cast, as_: AsPerson, sent: QualityDialogue
) -> None:
    browser = as_(cast.erik)
    address, token = buttons(browser.page(f"/dialoger/{sent.id}/paminnelser"))[0]
    browser.submit(address, {"form_token": token})
    all_prepared(cast, sent)
    assert tick_at("2026-11-20", "09:01").sent == 0
    assert ledger()[-1][3:] == ("skipped", "Inget kvar att göra")
    assert mails()[-1].state is MailState.DROPPED


@pytest.mark.parametrize("token", [None, "", "9" * 100_000])
def test_a_form_that_is_none(
    cast: Cast, as_: AsPerson, sent: QualityDialogue, token: str | None
) -> None:
    browser = as_(cast.erik)
    address, _ = buttons(browser.page(f"/dialoger/{sent.id}/paminnelser"))[0]
    browser.submit(address, {} if token is None else {"form_token": token})
    made = db.session.query(Reminder).filter(Reminder.again > 0).count()
    assert made == (1 if token else 0)


def test_what_has_not_gone_or_is_another_dialogues(
    cast: Cast, as_: AsPerson, sent: QualityDialogue
) -> None:
    browser = as_(cast.erik)
    skipped = db.session.query(Reminder).filter_by(state=ReminderState.SKIPPED).first()
    went = db.session.query(Reminder).filter_by(state=ReminderState.SENT).first()
    url = f"/dialoger/{sent.id}/paminnelser"
    browser.submit(f"{url}/{skipped.id}/skicka-igen", {"form_token": "abc"})
    assert "Bara en påminnelse som har gått" in browser.page(url)
    other = cast.dialogue(cast.hassel).id
    browser.submit(
        f"/dialoger/{other}/paminnelser/{went.id}/skicka-igen", {"form_token": "abc"}, 404
    )
    as_(cast.greta).submit(f"{PAGE}/{went.id}/skicka-igen", {"form_token": "abc"}, 404)
    browser.submit(f"{url}/99999999/skicka-igen", {"form_token": "abc"}, 404)
    cast.karin.closed_at = moment("2026-11-20")
    db.session.commit()
    browser.submit(f"{url}/{went.id}/skicka-igen", {"form_token": "abc"})
    assert "Karin Holm har inget konto längre." in browser.page(url)
    assert db.session.query(Reminder).filter(Reminder.again > 0).count() == 0


def test_a_mailbox_is_not_filled_by_hand(
    cast: Cast, as_: AsPerson, sent: QualityDialogue, server: FakeServer
) -> None:
    erik, url = as_(cast.erik), f"/dialoger/{sent.id}/paminnelser"
    action, _ = buttons(erik.page(url))[0]
    for number in range(10):
        erik.submit(action, {"form_token": f"egen-{number}"})
    again = db.session.query(Reminder).filter(Reminder.again > 0)
    assert again.count() == 1
    assert "redan på väg en gång till" in erik.page(url)
    day = clock.today()
    for number in range(10, 20):
        tick_at(day, f"09:{number}")
        erik.submit(action, {"form_token": f"egen-{number}"})
    assert again.count() == 3
    assert "tre gånger i dag" in erik.page(url)
