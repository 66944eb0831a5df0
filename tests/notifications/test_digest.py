"""What a mail says to those who could wonder: which unit an effect is about, why it comes to them,
and no more of a draft than they may know."""

from datetime import date

import pytest

from tests.cast import Cast
from tests.notifications.scenes import (
    FakeServer,
    all_prepared,
    decided_measure,
    mails,
    moment,
    place,
    tick_at,
)
from tracker import clock
from tracker.extensions import db
from tracker.models import (
    CarriedOut,
    Decision,
    EffectAssessment,
    Judgement,
    OutgoingMail,
    Role,
    RoleAssignment,
    SituationAnalysis,
    User,
)

VACANCY = "Klockvretsskolan saknar rektor just nu. Därför går det här till dig."


def the_mail(to: User) -> OutgoingMail:
    [mail] = mails(to=to)
    return mail


def test_an_effect_names_its_unit_to_who_leads_several(cast: Cast, server: FakeServer) -> None:
    decided_measure(cast, "2026-09-14", "Språkgrupper")
    tick_at("2026-09-14")
    mail = the_mail(cast.karin)
    assert "- Språkgrupper (Sävkullaskolan)\n" in mail.text
    assert "Språkgrupper</a> (Sävkullaskolan)</li>" in mail.html
    assert "saknar rektor" not in mail.text


def test_an_effect_names_no_unit_to_who_leads_one(cast: Cast, server: FakeServer) -> None:
    decided_measure(cast, "2026-09-14", "Mattestuga", cast.hassel)
    tick_at("2026-09-14")
    mail = the_mail(cast.ali)
    assert "- Mattestuga\n" in mail.text
    assert "Hasselbrinksskolan" not in mail.text + mail.html


def test_the_effect_of_a_vacant_unit_says_why_it_comes(cast: Cast, server: FakeServer) -> None:
    decided_measure(cast, "2026-09-14", "Lugn start", cast.klockvret)
    tick_at("2026-09-14")
    mail = the_mail(cast.erik)
    for body in (mail.text, mail.html):
        assert body.index(VACANCY) < body.index("Effekten kan bedömas nu")
    assert "- Lugn start (Klockvretsskolan)\n" in mail.text


def test_her_own_effects_and_those_of_a_vacant_unit(cast: Cast, server: FakeServer) -> None:
    RoleAssignment.give(
        cast.erik,
        Role.PRINCIPAL,
        cast.exempelby,
        by=None,
        unit=cast.hassel,
        starts_on=date(2026, 9, 1),
    )
    decided_measure(cast, "2026-09-14", "Mattestuga", cast.hassel)
    decided_measure(cast, "2026-09-14", "Lugn start", cast.klockvret)
    tick_at("2026-09-14")
    text = the_mail(cast.erik).text
    assert VACANCY in text
    assert "- Lugn start (Klockvretsskolan)\n" in text
    assert "- Mattestuga\n" in text


@pytest.mark.parametrize("begun", [False, True])
def test_the_dialogansvarig_is_not_told_of_a_draft(
    cast: Cast, server: FakeServer, begun: bool
) -> None:
    place(cast, "2026-10-06", unit=cast.hassel)
    if begun:
        with clock.stopped_at(moment("2026-09-01")):
            SituationAnalysis.start(cast.cycle(cast.hassel), by=cast.ali)
        db.session.commit()
    tick_at("2026-10-05")
    mail = the_mail(cast.erik)
    assert "- Dela nulägesanalysen, " in mail.text
    assert "Skriv och dela" not in mail.text + mail.html


def test_an_effect_with_a_new_date_is_not_said_to_be_assessed(
    cast: Cast, server: FakeServer
) -> None:
    place(cast, "2026-10-06")
    measure = decided_measure(cast, "2026-09-01")
    with clock.stopped_at(moment("2026-09-02")):
        EffectAssessment.make(
            measure, cast.year, by=cast.karin, judgement=Judgement.NOT_YET,
            next_date=clock.today().replace(month=12),
        )  # fmt: skip
    db.session.commit()
    tick_at("2026-09-15")
    mail = the_mail(cast.karin)
    assert "- Bedömningen av Språkgrupper har fått ett nytt datum\n" in mail.text
    assert "är bedömd" not in mail.text


def test_a_mail_that_waits_is_left_alone_until_something_has_changed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a mail server a pass a minute would else write in every mail that waits."""
    dialogue = place(cast, "2026-10-06")
    measure = decided_measure(cast, "2026-09-14", "Mattestuga", cast.hassel)
    tick_at("2026-09-15")
    locked: list[int] = []
    real = OutgoingMail.locked.__func__
    monkeypatch.setattr(
        OutgoingMail,
        "locked",
        classmethod(lambda cls, mail_id: locked.append(mail_id) or real(cls, mail_id)),
    )
    tick_at("2026-09-15", "07:01")
    assert locked == []
    all_prepared(cast, dialogue)
    tick_at("2026-09-15", "07:02")
    assert locked == [the_mail(cast.karin).id]
    with clock.stopped_at(moment("2026-09-15", "08:00")):
        EffectAssessment.make(
            measure, cast.year, by=cast.ali, judgement=Judgement.NO_EVIDENCE,
            carried_out=CarriedOut.YES, decision=Decision.END,
        )  # fmt: skip
    db.session.commit()
    tick_at("2026-09-15", "08:01")
    tick_at("2026-09-15", "08:02")
    assert locked == [the_mail(cast.karin).id, the_mail(cast.ali).id]


def test_a_proposed_time_is_for_the_dialogansvarig_to_answer(
    cast: Cast, server: FakeServer
) -> None:
    dialogue = place(cast, "2026-10-06")
    all_prepared(cast, dialogue)
    with clock.stopped_at(moment("2026-10-02", "10:00")):
        dialogue.propose_time(moment("2026-10-07", "10:00"), "", by=cast.karin)
    db.session.commit()
    tick_at("2026-10-05")
    mail = the_mail(cast.erik)
    assert mail.subject == "Kvalitetsdialog 6 oktober: en sak kvar för dig"
    assert "- Svara på förslaget om ny tid: onsdag 7 oktober kl. 10.00\n" in mail.text
    assert f"/dialoger/{dialogue.id}\n" in mail.text
    assert mails(to=cast.karin) == []
