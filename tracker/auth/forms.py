"""Sign-in, forgotten password and choosing one."""

from typing import Any

from wtforms.validators import EqualTo, ValidationError

from tracker.auth.passwords import DEMO_PASSWORD, MIN_LENGTH
from tracker.models import MailRhythm
from tracker.web.fields import EmailAddress, OneOf, Password, required
from tracker.web.forms import Form

_ASK_EMAIL = "Skriv din e-postadress."


class SignInForm(Form):
    errors_title = "Det gick inte att logga in"

    email = EmailAddress("E-post", validators=[required(_ASK_EMAIL)])
    password = Password("Lösenord", validators=[required("Skriv ditt lösenord.")])


class ForgotPasswordForm(Form):
    errors_title = "Rätta till det här för att få en länk"

    email = EmailAddress("E-post", validators=[required(_ASK_EMAIL)])


class ChoosePasswordForm(Form):
    password = Password(
        "Nytt lösenord",
        description="Minst 12 tecken. Gärna några ord som du minns, men som ingen annan gissar.",
        validators=[required("Skriv ett lösenord.")],
    )
    repeat = Password(
        "Samma lösenord igen",
        validators=[
            required("Skriv lösenordet en gång till."),
            EqualTo("password", "Lösenorden är inte lika."),
        ],
    )

    def validate_password(self, field: Any) -> None:
        if len(field.data) < MIN_LENGTH or field.data == DEMO_PASSWORD:
            raise ValidationError(f"Lösenordet är för kort: minst {MIN_LENGTH} tecken.")
        if len(set(field.data)) < 5:
            raise ValidationError("Välj ett lösenord med fler olika tecken.")


class ChangePasswordForm(ChoosePasswordForm):
    current_password = Password(
        "Nuvarande lösenord", validators=[required("Skriv ditt nuvarande lösenord.")]
    )


class RhythmForm(Form):
    rhythm = OneOf("Hur ofta vill du ha mejl?", MailRhythm, validators=[required("Välj hur ofta.")])
