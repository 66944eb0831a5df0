"""Units out of a file: choose it, see what would change, and say yes."""

import csv
import io
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from tracker.auth.access import load_organizer
from tracker.database import reading_only
from tracker.extensions import db
from tracker.models import Organizer, Permission, SchoolForm, UnitKind
from tracker.organisation.blueprint import bp
from tracker.organisation.forms import ImportForm
from tracker.organisation.importing import UnitImport
from tracker.organisation.importing_file import UnreadableFile, read_table
from tracker.organisation.importing_rows import TEMPLATE_COLUMNS, UnitFile, UnitRow, units_in
from tracker.web.forms import Form
from tracker.web.notices import notify
from tracker.web.personnummer import find_personal_identity_number
from tracker.web.swedish import count

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.route("/enheter/importera", methods=["GET", "POST"])
def import_units() -> str | tuple[str, int]:
    """The file; then what it would change. Nothing is saved here."""
    organizer = load_organizer(to=Permission.MANAGE)
    form = ImportForm()
    if form.validate_on_submit():
        name = organizer.name
        db.session.rollback()  # reading a file takes its time: nobody waits for it to write
        try:
            file = units_in(read_table(form.file.data.read()), name)
        except UnreadableFile as unreadable:
            form.refuse("file", str(unreadable))
        else:
            with reading_only():
                return render_template(
                    "organisation/import_preview.html",
                    plan=UnitImport.plan(organizer, file),
                    form=Form(),
                    sealed=_seal(organizer, _file_name(form.file.data.filename), file),
                )
    return render_template("organisation/import.html", form=form), (
        422 if form.is_submitted() else 200
    )


@bp.post("/enheter/importera/spara")
def save_import() -> Response:
    """Carry out what was shown, against the units as they are now."""
    organizer = load_organizer(to=Permission.MANAGE)
    try:
        file_name, file = _unseal(organizer, request.form.get("sealed", ""))
    except BadData:
        notify("Välj filen en gång till. Ingenting är sparat.", "warning")
        return redirect(url_for("organisation.import_units"))
    plan = UnitImport.plan(organizer, file)
    plan.carry_out(organizer, file_name, by=current_user)
    db.session.commit()
    if plan.is_empty:
        notify("Filen ändrade ingenting: alla enheter finns redan.", "info")
    else:
        new = count(len(plan.new), "1 ny enhet", "nya enheter")
        notify(f"Inläsningen är klar: {new}, {len(plan.changed)} ändrade.")
    return redirect(url_for("organisation.units"))


@bp.get("/enheter/importera/mall.xlsx")
def excel_template() -> FlaskResponse:
    load_organizer(to=Permission.MANAGE)
    return _download(_excel_template(), EXCEL, "enheter.xlsx")


@bp.get("/enheter/importera/mall.csv")
def csv_template() -> FlaskResponse:
    load_organizer(to=Permission.MANAGE)
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(TEMPLATE_COLUMNS)
    return _download(text.getvalue().encode("utf-8-sig"), "text/csv", "enheter.csv")


def _download(content: bytes, mimetype: str, name: str) -> FlaskResponse:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return FlaskResponse(content, mimetype=mimetype, headers=headers)


@lru_cache(maxsize=1)
def _excel_template() -> bytes:
    program = Path(__file__).with_name("importing_template.py")
    return subprocess.run(
        [sys.executable, "-I", str(program), *TEMPLATE_COLUMNS],
        capture_output=True,
        timeout=30,
        check=True,
    ).stdout


def _file_name(text: str) -> str:
    """Historik tells it, so nobody is pointed out in it."""
    cleaned = "".join(mark for mark in text if mark.isprintable())
    return "en fil" if find_personal_identity_number(cleaned) else cleaned[:120] or "en fil"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="units-import")


def _seal(organizer: Organizer, file_name: str, file: UnitFile) -> str:
    """The rows that were shown, for the page to send back: so that nothing lies half done on the
    server, and nothing but what was shown is saved."""
    rows = [(row.name, row.code, row.kind, row.forms, row.area) for row in file.rows]
    return _serializer().dumps([organizer.id, file_name, file.read, rows])


def _unseal(organizer: Organizer, sealed: str) -> tuple[str, UnitFile]:
    """Raises BadData unless it is what `_seal` made for this organizer."""
    owner, file_name, read, rows = _serializer().loads(sealed)
    if owner != organizer.id:
        raise BadData("sealed for another organizer")
    return file_name, UnitFile([_row(*values) for values in rows], read)


def _row(name: str, code: str | None, kind: Any, forms: Any, area: str | None) -> UnitRow:
    return UnitRow(
        name,
        code,
        UnitKind(kind) if kind else None,
        tuple(SchoolForm(form) for form in forms) if forms else None,
        area,
    )
