"""Units, areas, people and their roles."""

import re
from typing import Any

from wtforms.validators import ValidationError

from tracker.checkins.forms import IntervalField
from tracker.models import Role, SchoolForm, Scope, UnitKind
from tracker.web.fields import (
    BooleanField,
    Day,
    EmailAddress,
    FileField,
    FreeLine,
    MaybeRow,
    OneOf,
    Optional,
    Rows,
    SomeOf,
    required,
)
from tracker.web.forms import Form, VersionedForm


class AreaForm(Form):
    name = FreeLine("Områdets namn", validators=[required("Skriv vad området heter.")])


class _UnitFields:
    name = FreeLine("Enhetens namn", validators=[required("Skriv vad enheten heter.")])
    kind = OneOf(
        "Typ av enhet", UnitKind, validators=[required("Välj vilken typ av enhet det är.")]
    )
    forms = SomeOf(
        "Verksamheter",
        SchoolForm,
        description="En enhet kan ha flera, till exempel förskoleklass, grundskola och fritidshem.",
        validators=[required("Välj minst en verksamhet.")],
    )
    area = MaybeRow("Område", validators=[Optional()], empty="Inget område")
    code = FreeLine(
        "Skolenhetskod",
        description="Åtta siffror, ur Skolenhetsregistret. Förskolor har ingen.",
        validators=[Optional()],
    )

    def validate_code(self, field: Any) -> None:
        field.data = field.data.replace(" ", "")
        if not re.fullmatch(r"[0-9]{8}", field.data):
            raise ValidationError("Skolenhetskoden ska vara åtta siffror.")


class UnitForm(_UnitFields, VersionedForm):
    """A unit that is there already."""

    assessed_per_term = BooleanField(
        "Effekter bedöms per termin",
        description="För komvux och sfi, där kurserna är korta. Annars bedöms de per läsår.",
    )
    check_in_days = IntervalField(
        "Dagar mellan avstämningarna",
        description="Mellan den som leder enheten och dialogansvarig. 14 är det vanliga; 0 betyder inga.",
    )


class NewUnitForm(_UnitFields, Form):
    opened_on = Day(
        "Första dag",
        description="Fyll i för en enhet som startar. Lämna tomt om den har funnits en tid.",
        validators=[Optional()],
    )


class MoveUnitsForm(Form):
    """Several units, ticked in the list, into one area."""

    errors_title = "Rätta till det här för att kunna flytta enheterna"

    unit_ids = Rows("Enheter")
    area = MaybeRow("Flytta de ikryssade till område", empty="Välj område")

    def validate_unit_ids(self, field: Any) -> None:
        if not field.data:
            raise ValidationError("Kryssa för minst en enhet i listan.")

    def validate_area(self, field: Any) -> None:
        if field.data is None:
            raise ValidationError("Välj vilket område enheterna ska höra till.")


class CloseUnitForm(Form):
    on = Day("Enhetens sista dag", validators=[required("Ange enhetens sista dag.")])


class SuccessionForm(Form):
    predecessor = MaybeRow(
        "Vilken enhet tar den över efter?",
        empty="Välj enhet",
        validators=[required("Välj vilken enhet den tar över efter.")],
    )
    on = Day("Från och med", validators=[required("Ange från vilken dag.")])
    closes = BooleanField(
        "Avsluta den tidigare enheten dagen före",
        description="Låt bli om den finns kvar, till exempel när bara en del av den flyttas.",
    )

    def validate_predecessor(self, field: Any) -> None:
        if field.data is None:
            raise ValidationError("Välj vilken enhet den tar över efter.")


class ImportForm(Form):
    errors_title = "Rätta till det här för att kunna läsa in enheterna"

    file = FileField("Fil", validators=[required("Välj en fil.")])

    def validate_file(self, field: Any) -> None:
        if not getattr(field.data, "filename", None):
            raise ValidationError("Välj en fil.")


class PersonForm(Form):
    name = FreeLine("Namn", validators=[required("Skriv personens namn.")])
    email = EmailAddress("E-post", validators=[required("Skriv personens e-postadress.")])


class _RoleDates:
    """From when to when, and what a rektor or biträdande rektor may be besides."""

    starts_on = Day("Från och med", validators=[required("Ange från vilken dag rollen gäller.")])
    ends_on = Day(
        "Till och med",
        description="Lämna tomt om rollen gäller tills vidare.",
        validators=[Optional()],
    )
    acting = BooleanField("Tf. rektor")
    may_adopt = BooleanField(
        "Får fastställa och besluta på delegation",
        description="För en biträdande rektor: fastställa nulägesanalysen och besluta åtgärder.",
    )

    def role_held(self) -> Role | None:
        """Which role the dates are for; None while it is not chosen."""
        raise NotImplementedError

    def validate_ends_on(self, field: Any) -> None:
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError("Sista dagen kan inte vara före den första.")

    def validate_acting(self, field: Any) -> None:
        if field.data and self.role_held() is not Role.PRINCIPAL:
            raise ValidationError("Bara en rektor kan vara tf. rektor. Ta bort krysset.")

    def validate_may_adopt(self, field: Any) -> None:
        if field.data and self.role_held() is not Role.DEPUTY:
            raise ValidationError("Delegationen gäller bara en biträdande rektor. Ta bort krysset.")

    def dates(self) -> dict[str, Any]:
        """The arguments of RoleAssignment.give and change."""
        return {
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "acting": self.acting.data,
            "may_adopt": self.may_adopt.data,
        }


class ChangeRoleForm(_RoleDates, VersionedForm):
    def __init__(self, role: Role, *args: Any, **kwargs: Any) -> None:
        self._role = role
        super().__init__(*args, **kwargs)

    def role_held(self) -> Role:
        return self._role


class RoleForm(_RoleDates, Form):
    role = OneOf("Roll", Role, validators=[required("Välj en roll.")])
    unit = MaybeRow("Enhet", validators=[Optional()], empty="Ingen enhet")
    area = MaybeRow("Område", validators=[Optional()], empty="Inget område")

    def role_held(self) -> Role | None:
        return self.role.data

    def validate_role(self, field: Any) -> None:
        """The place must be one that the role can be held for; the error stands at the place."""
        if field.data is None:
            return
        chosen_unit, chosen_area = self.unit.data is not None, self.area.data is not None
        if chosen_unit and chosen_area:
            self._place_error = ("area", "Välj antingen en enhet eller ett område, inte båda.")
            return
        scope = Scope.UNIT if chosen_unit else Scope.AREA if chosen_area else Scope.ORGANIZER
        if scope in field.data.scopes:
            return
        label = field.data.label
        if field.data.scopes == {Scope.UNIT}:
            self._place_error = (
                "unit" if scope is Scope.ORGANIZER else "area",
                f"{label} gäller en enhet. Välj vilken."
                if scope is Scope.ORGANIZER
                else f"{label} gäller en enhet, inte ett område.",
            )
        else:
            self._place_error = (
                "unit" if chosen_unit else "area",
                f"{label} gäller hela huvudmannen. Välj varken enhet eller område.",
            )

    _place_error: tuple[str, str] | None = None

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        self._place_error = None
        fine = super().validate(*args, **kwargs)
        if self._place_error:
            self.refuse(*self._place_error)
            return False
        return fine


class InviteForm(PersonForm, RoleForm):
    """A person and the first role."""
