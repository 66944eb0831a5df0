"""The addresses of the huvudman's support, one line each. What they answer is in the modules named."""

from flask import Blueprint

from tracker.support import (
    routes_catalogue as catalogue,
)
from tracker.support import (
    routes_feedback as feedback,
)
from tracker.support import (
    routes_levels as levels,
)
from tracker.support import (
    routes_requests as requests,
)

bp = Blueprint("support", __name__)

READ, FORM, SEND = ["GET"], ["GET", "POST"], ["POST"]
ONE = "/stod/<int:request_id>"
OFFER = "/stod/katalog/<int:offer_id>"
FEEDBACK = "/stod/synpunkter/<int:feedback_id>"
UNIT = "/enheter/<slug>/stod"

for address, view, methods in (
    ("/stod", requests.index, READ),
    ("/stod/be-om", requests.ask, FORM),
    (ONE, requests.show, READ),
    (f"{ONE}/andra", requests.rephrase, FORM),
    (f"{ONE}/ta-tillbaka", requests.withdraw, SEND),
    (f"{ONE}/svar", requests.answer, FORM),
    (f"{ONE}/vad-blev-det", requests.outcome, FORM),
    ("/stod/katalog", catalogue.catalogue, READ),
    ("/stod/katalog/nytt", catalogue.new_offer, FORM),
    (OFFER, catalogue.offer, FORM),
    (f"{OFFER}/lagg-undan", catalogue.retire_offer, SEND),
    (f"{OFFER}/ta-tillbaka", catalogue.restore_offer, SEND),
    ("/stod/synpunkter", feedback.all_feedback, READ),
    ("/stod/synpunkter/nya", feedback.give, FORM),
    (FEEDBACK, feedback.feedback, READ),
    (f"{FEEDBACK}/andra", feedback.rewrite, FORM),
    (f"{FEEDBACK}/vem", feedback.hand_on, FORM),
    (f"{FEEDBACK}/svar", feedback.clarify, FORM),
    (f"{FEEDBACK}/vad-blev-det", feedback.follow_up, FORM),
    (UNIT, levels.of_unit, READ),
    (f"{UNIT}/niva", levels.decide, FORM),
    (f"{UNIT}/niva/<int:number>", levels.correct, FORM),
):
    bp.add_url_rule(address, view_func=view, methods=methods)
