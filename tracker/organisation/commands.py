"""`flask --app wsgi units import` and `users add`."""

from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from sqlalchemy.exc import OperationalError, ProgrammingError

from tracker.clock import today
from tracker.cycle.calendar import school_year_start
from tracker.cycle.opening import catch_up, open_year
from tracker.extensions import db
from tracker.models import (
    Area,
    LinkPurpose,
    OneTimeLink,
    Organizer,
    Role,
    RoleAssignment,
    SchoolUnit,
    Scope,
    UnitAddress,
    User,
)
from tracker.organisation.importing import UnitImport
from tracker.organisation.importing_file import UnreadableFile, read_path, read_table
from tracker.organisation.importing_rows import units_in
from tracker.organisation.people import same_role
from tracker.terminal import Command, Group, Stop
from tracker.web.security import external_url
from tracker.web.swedish import count, listing

NAME_LENGTH = 200


class _WholeOrNothing(Command):
    """What fails leaves nothing behind; a database that is not there yet is said in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError):
            db.session.rollback()
            raise Stop(
                "databasen svarar inte eller är inte förberedd: kör flask --app wsgi db upgrade"
            ) from None
        except Stop:
            db.session.rollback()
            raise


units_cli = Group("units", help="School units.")
users_cli = Group("users", help="People and their roles.")


def init_app(app: Flask) -> None:
    app.cli.add_command(units_cli)
    app.cli.add_command(users_cli)


@units_cli.command("import", cls=_WholeOrNothing)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--organizer", required=True, help="The organizer (huvudman) whose units are wanted.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
def import_units(file: Path, organizer: str, dry_run: bool) -> None:
    """School units out of a Skolverket statistics export, or out of our Excel/CSV template."""
    name = _organizer_name(organizer)
    owner = Organizer.with_name(name)
    try:
        plan = UnitImport.plan(owner, units_in(read_table(read_path(file)), name))
    except UnreadableFile as unreadable:
        raise Stop(str(unreadable)) from None
    click.echo(
        f"Läste {count(plan.read, '1 enhet', 'enheter')} ur filen; "
        f"{plan.found} hör till {owner.name if owner else name}."
    )
    for row in plan.new:
        click.echo(f"Ny: {row.name}{f' ({row.code})' if row.code else ''}")
    for changed in plan.changed:
        click.echo(f"Ändras: {changed.unit.name} {listing(changed.what)}")
    for warning in plan.warnings:
        click.echo(f"Obs: {warning}")
    if plan.is_empty:
        click.echo(f"Inget att ändra: {count(plan.found, 'enheten', 'enheter')} finns redan.")
        return
    if dry_run:
        click.echo(f"{_sum(plan)} Provkörning: inget är sparat.")
        return
    if owner is None:
        owner = _new_organizer(name)
    plan.carry_out(owner, file.name, by=None)
    db.session.commit()
    click.echo(_sum(plan))


def _sum(plan: UnitImport) -> str:
    return f"{len(plan.new)} nya, {len(plan.changed)} ändrade, {plan.unchanged} som förut."


@users_cli.command("add", cls=_WholeOrNothing)
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", help="Skolenhetskod or address of the unit the role is held for.")
@click.option("--area", help="Name of the area the role is held for.")
@click.option("--organizer", help="The organizer; may be left out when there is only one.")
def add_user(
    email: str, name: str, role: str, unit: str | None, area: str | None, organizer: str | None
) -> None:
    """Give a person a role, and print a one-time link to choose a password.

    The first system administrator of an organizer that is not there yet creates it.
    """
    address, name = _address(email), _line(name, "namnet (--name)")
    wanted = Role(role)
    owner = _organizer_for(organizer, wanted)
    unit_row, area_row = _unit_of(owner, unit), _area_of(owner, area)
    _check_scope(wanted, unit_row, area_row)
    user = User.invite(owner, address, name, by=None)
    if same_role(user, wanted, owner, unit_row, area_row, today(), None) is None:
        RoleAssignment.give(user, wanted, owner, by=None, unit=unit_row, area=area_row)
        catch_up(owner, by=None)
    secret = OneTimeLink.issue(user, LinkPurpose.INVITATION, owner.id)
    db.session.commit()
    click.echo(
        f"{user.name} ({user.email}) är {wanted.label.lower()} hos {owner.name}. "
        "Länken gäller i 14 dagar och en gång:"
    )
    click.echo(external_url("auth.choose_password", secret=secret))


def _line(text: str, what: str) -> str:
    cleaned = " ".join(text.split())
    if not cleaned or len(cleaned) > NAME_LENGTH or not cleaned.isprintable():
        raise Stop(f"{what} ska vara en rad med högst {NAME_LENGTH} tecken")
    return cleaned


def _organizer_name(text: str) -> str:
    name = _line(text, "huvudmannens namn (--organizer)")
    stored = db.session.scalars(sa.select(Organizer.name)).all()
    return next((other for other in stored if other.casefold() == name.casefold()), name)


def _new_organizer(name: str) -> Organizer:
    organizer = Organizer.create(name, by=None)
    year = open_year(organizer, school_year_start(today()), by=None)
    click.echo(f"Ny huvudman: {name}, med läsåret {year.label}.")
    return organizer


def _address(text: str) -> str:
    try:
        return validate_email(
            text.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False
        ).normalized.lower()
    except EmailNotValidError:
        raise Stop(f"”{text[:80]}” är ingen e-postadress") from None


def _organizer_for(wanted: str | None, role: Role) -> Organizer:
    if wanted is None:
        rows = db.session.scalars(sa.select(Organizer).order_by(Organizer.name).limit(2)).all()
        if len(rows) == 1:
            return rows[0]
        raise Stop("ange huvudman med --organizer NAMN")
    name = _organizer_name(wanted)
    found = Organizer.with_name(name)
    if found is not None:
        return found
    if role is not Role.SYSTEM_ADMIN:
        raise Stop(f"huvudmannen ”{name}” finns inte; dess första person är en system_admin")
    return _new_organizer(name)


def _unit_of(organizer: Organizer, wanted: str | None) -> SchoolUnit | None:
    if wanted is None:
        return None
    unit = db.session.scalar(
        sa.select(SchoolUnit)
        .outerjoin(UnitAddress, UnitAddress.unit_id == SchoolUnit.id)
        .where(
            SchoolUnit.organizer_id == organizer.id,
            sa.or_(SchoolUnit.code == wanted.strip(), UnitAddress.slug == wanted.strip()),
        )
        .limit(1)
    )
    if unit is None:
        raise Stop(f"{organizer.name} har ingen enhet med koden eller adressen ”{wanted}”")
    return unit


def _area_of(organizer: Organizer, wanted: str | None) -> Area | None:
    if wanted is None:
        return None
    areas = db.session.scalars(sa.select(Area).where(Area.organizer_id == organizer.id))
    name = " ".join(wanted.split()).casefold()
    area = next((area for area in areas if area.name.casefold() == name), None)
    if area is None:
        raise Stop(f"{organizer.name} har inget område som heter ”{wanted}”")
    return area


def _check_scope(role: Role, unit: SchoolUnit | None, area: Area | None) -> None:
    if unit is not None and area is not None:
        raise Stop("ange antingen --unit eller --area, inte båda")
    scope = Scope.UNIT if unit else Scope.AREA if area else Scope.ORGANIZER
    if scope not in role.scopes:
        needed = {
            Scope.UNIT: "en enhet (--unit)",
            Scope.AREA: "ett område (--area)",
            Scope.ORGANIZER: "hela huvudmannen (utan --unit och --area)",
        }
        allowed = " eller ".join(needed[each] for each in Scope if each in role.scopes)
        raise Stop(f"rollen {role.value} gäller {allowed}")
