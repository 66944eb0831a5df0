"""Signing in and out, choosing a password, one's own account, and which organizer to work in."""

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from tracker.audit.actions import Action
from tracker.audit.models import record
from tracker.auth.access import ORGANIZER_KEY, current_access
from tracker.auth.forms import (
    ChangePasswordForm,
    ChoosePasswordForm,
    ForgotPasswordForm,
    RhythmForm,
    SignInForm,
)
from tracker.auth.grants import Access
from tracker.auth.passwords import DEMO_PASSWORD, check_password, hash_password, needs_rehash
from tracker.auth.sessions import renew
from tracker.database import reading_only
from tracker.extensions import db
from tracker.models import AuditEvent, FailedSignIn, LinkPurpose, OneTimeLink, Role, User
from tracker.notifications.account_mails import send_reset
from tracker.web.errors import error_page
from tracker.web.notices import notify
from tracker.web.security import client_address, safe_next, settings

bp = Blueprint("auth", __name__)

WRONG = "E-postadressen och lösenordet hör inte ihop. Försök igen."


@bp.route("/logga-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")) or url_for("start.home"))
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("auth/sign_in.html", form=form), 422 if form.is_submitted() else 200
    email, client = form.email.data, client_address()
    if not FailedSignIn.attempt(email, client):
        return error_page(429)
    with reading_only():
        user = User.with_email(email)
        password_hash = user.password_hash if user and user.is_active else None
        db.session.rollback()  # argon2 takes its time: no transaction stands open meanwhile
        known = _accepts(form.password.data, password_hash)
    if not known:
        form.refuse("password", WRONG)
        return render_template("auth/sign_in.html", form=form), 422
    newer_hash = hash_password(form.password.data) if needs_rehash(password_hash or "") else None
    user = db.session.get_one(User, user.id, populate_existing=True)
    if not user.is_active or user.password_hash != password_hash:
        db.session.rollback()  # the password was changed, or the account closed, while we verified
        form.refuse("password", WRONG)
        return render_template("auth/sign_in.html", form=form), 422
    FailedSignIn.forget(email, client)
    user.password_hash = newer_hash or password_hash
    _open_session(user)
    return redirect(safe_next(request.args.get("next")) or url_for("start.home"))


def _accepts(password: str, password_hash: str | None) -> bool:
    fits = check_password(password, password_hash)
    return fits and (password != DEMO_PASSWORD or settings().is_demo or current_app.testing)


def _open_session(user: User) -> None:
    """Sign the person in under a new session secret, to work in one organizer from now on."""
    session.clear()
    _work_in(Access.load(user, None).organizer_id)
    renew(session)
    login_user(user)
    db.session.commit()


def _work_in(organizer_id: int) -> None:
    """Keep the organizer in the session, with a new CSRF token: a form that was opened in another
    organizer is then refused, with its text shown, and never saved in this one. The token is made
    now, so that showing a form later changes nothing in the session."""
    session[ORGANIZER_KEY] = organizer_id
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    generate_csrf()


@bp.post("/logga-ut")
def sign_out() -> Response:
    logout_user()
    session.clear()
    response = redirect(url_for("auth.sign_in"))
    # What a page kept in this browser until it could be saved is nothing for the next person.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@bp.route("/glomt-losenord", methods=["GET", "POST"])
def forgot_password() -> Response | str | tuple[str, int]:
    form = ForgotPasswordForm()
    if not form.validate_on_submit():
        return render_template("auth/forgot_password.html", form=form), (
            422 if form.is_submitted() else 200
        )
    email, client = form.email.data, client_address()
    if not FailedSignIn.attempt(email, client):  # asking for links is limited the same way
        return error_page(429)
    user = User.with_email(email)
    if user is not None and user.is_active:
        send_reset(user, OneTimeLink.issue(user, LinkPurpose.RESET))
    db.session.commit()
    return redirect(url_for("auth.link_sent"))


@bp.get("/glomt-losenord/skickat")
def link_sent() -> str:
    return render_template("auth/link_sent.html")


@bp.route("/valj-losenord/<secret>", methods=["GET", "POST"])
def choose_password(secret: str) -> Response | str | tuple[str, int]:
    with reading_only():
        link = OneTimeLink.find(secret)
        if link is None:
            return render_template("auth/link_used.html"), 410
        form = ChoosePasswordForm()
        person, organizer = link.user.name, link.organizer.name if link.organizer else None
        valid = form.validate_on_submit()
        db.session.rollback()
    if not valid:
        return render_template(
            "auth/choose_password.html", form=form, person=person, organizer=organizer
        ), 422 if form.is_submitted() else 200
    password_hash = hash_password(form.password.data)
    taken = OneTimeLink.use(secret)
    if taken is None or not taken.user.is_active:
        db.session.rollback()
        return render_template("auth/link_used.html"), 410
    user = taken.user
    user.set_password(password_hash)
    FailedSignIn.forget(user.email, client_address())
    record(Action.PASSWORD_CHOSEN, user, by=user)
    _open_session(user)
    notify("Lösenordet är valt och du är inloggad.")
    return redirect(url_for("start.home"))


@bp.route("/konto", methods=["GET", "POST"])
def account() -> Response | str | tuple[str, int]:
    """One's own account: name, address, roles, a new password."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _account_page(form)
    user_id, email, client = current_user.id, current_user.email, client_address()
    password_hash = current_user.password_hash
    if not FailedSignIn.attempt(email, client):
        return error_page(429)
    if not check_password(form.current_password.data, password_hash):
        form.refuse("current_password", "Det nuvarande lösenordet stämmer inte.")
        return _account_page(form)
    new_hash = hash_password(form.password.data)
    user = db.session.get_one(User, user_id, populate_existing=True)
    if user.password_hash != password_hash:
        db.session.rollback()
        form.refuse("current_password", "Lösenordet byttes nyss någon annanstans. Försök igen.")
        return _account_page(form)
    FailedSignIn.forget(email, client)
    user.set_password(new_hash)
    record(Action.PASSWORD_CHOSEN, user, by=user)
    _open_session(user)
    notify("Lösenordet är bytt. Du är utloggad överallt utom här.")
    return redirect(url_for("auth.account"))


@bp.post("/konto/mejl")
def mail_rhythm() -> Response | tuple[str, int]:
    """How often one wants to be sent reminders."""
    form = RhythmForm()
    if not form.validate_on_submit():
        return _account_page(ChangePasswordForm(formdata=None), form)
    current_user.choose_rhythm(form.rhythm.data)
    db.session.commit()
    notify("Sparat. Det gäller från nästa mejl.")
    return redirect(url_for("auth.account"))


def _account_page(form: ChangePasswordForm, rhythm: RhythmForm | None = None) -> tuple[str, int]:
    from tracker.organisation.people import roles_of

    return render_template(
        "auth/account.html",
        form=form,
        rhythm=rhythm or RhythmForm(formdata=None, data={"rhythm": current_user.mail_rhythm}),
        leads=current_access().has_role(Role.DIALOGUE_LEAD),
        roles=roles_of(current_user, current_access().organizer_id),
        events=AuditEvent.about_account(current_user),
    ), 422 if form.is_submitted() else 200


@bp.post("/byt-huvudman")
def switch_organizer() -> Response:
    """Work in another of the organizers where one holds a role."""
    wanted = request.form.get("organizer", type=int)
    if wanted not in {choice.id for choice in current_access().others}:
        abort(404)
    _work_in(wanted)
    return redirect(url_for("start.home"))
