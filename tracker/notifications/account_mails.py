"""Mails about an account: invitation and new password. They carry a link and are shown to nobody else."""

from flask import render_template

from tracker.extensions import db
from tracker.models import MailKind, Organizer, OutgoingMail, User
from tracker.web.security import external_url


def send_reset(user: User, secret: str) -> OutgoingMail:
    """Queue the mail with the link by which `user` chooses a new password."""
    return _queue(user, MailKind.RESET, None, secret)


def send_invitation(user: User, secret: str, organizer: Organizer) -> OutgoingMail:
    """Queue the mail by which `organizer` invites `user`."""
    return _queue(user, MailKind.INVITATION, organizer, secret)


def _queue(user: User, kind: MailKind, organizer: Organizer | None, secret: str) -> OutgoingMail:
    context = {
        "user": user,
        "organizer": organizer,
        "url": external_url("auth.choose_password", secret=secret),
    }
    folder = f"email/{kind.value}"
    mail = OutgoingMail(
        organizer_id=organizer.id if organizer else None,
        recipient_id=user.id,
        kind=kind,
        to_address=user.email,
        to_name=user.name,
        subject=render_template(f"{folder}/subject.txt", **context).strip(),
        text=render_template(f"{folder}/body.txt", **context),
        html=render_template(f"{folder}/body.html", **context),
    )
    db.session.add(mail)
    return mail
