"""The addresses of the check-ins, one line each. What they answer is in the modules named."""

from flask import Blueprint

from tracker.checkins import pages, writing

bp = Blueprint("checkins", __name__)

READ, FORM = ["GET"], ["GET", "POST"]
ONE = "/avstamningar/<int:check_in_id>"

for address, view, methods in (
    ("/avstamningar", pages.index, READ),
    ("/avstamningar/stod", pages.support, READ),
    ("/enheter/<slug>/<year>/avstamningar", pages.of_unit, READ),
    ("/enheter/<slug>/avstamningar/intervall", pages.interval, FORM),
    ("/avstamningar/ny", writing.new, FORM),
    (ONE, pages.show, READ),
    (f"{ONE}/andra", writing.correct, FORM),
    (f"{ONE}/svar", writing.answer, FORM),
    (f"{ONE}/vad-blev-det", writing.outcome, FORM),
):
    bp.add_url_rule(address, view_func=view, methods=methods)
