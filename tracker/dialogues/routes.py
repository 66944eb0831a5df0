"""The addresses of the dialogues, one line each. What they answer is in the modules named."""

from functools import partial, update_wrapper

from flask import Blueprint

from tracker.dialogues import routes_afterwards as afterwards
from tracker.dialogues import routes_plan as plan
from tracker.dialogues import routes_planning as planning
from tracker.dialogues import routes_preparing as preparing
from tracker.dialogues import routes_questions as questions
from tracker.dialogues import routes_reading as reading
from tracker.dialogues import routes_room as in_the_room
from tracker.dialogues.states import Side

bp = Blueprint("dialogues", __name__)

READ, FORM, DO = ["GET"], ["GET", "POST"], ["POST"]
ONE = "/dialoger/<int:dialogue_id>"

for address, view, methods in (
    ("/dialoger", reading.index, READ),
    (ONE, reading.show, READ),
    (f"{ONE}/underlag", reading.brief, READ),
    (f"{ONE}/underlag.pdf", reading.brief_pdf, READ),
    ("/enheter/<slug>/<year>/dialoger", reading.of_unit, READ),
    ("/dialoger/planera", plan.plan, FORM),
    ("/dialoger/planera/saknade", plan.prepare, DO),
    (f"{ONE}/tid", planning.place, FORM),
    (f"{ONE}/stall-in", planning.cancel, FORM),
    (f"{ONE}/sla-ihop", planning.join, FORM),
    (f"{ONE}/dela", planning.split, FORM),
    (f"{ONE}/omrade", preparing.topic, FORM),
    (f"{ONE}/omrade/ta-bort", preparing.drop_topic, DO),
    (f"{ONE}/vi-ser", preparing.add_topic, FORM),
    (f"{ONE}/vi-ser/inga", preparing.bring_no_topics, DO),
    (f"{ONE}/vi-ser/<int:topic_id>", preparing.change_topic, FORM),
    (f"{ONE}/vi-ser/<int:topic_id>/ta-bort", preparing.remove_topic, DO),
    (f"{ONE}/foresla-tid", preparing.propose, FORM),
    (f"{ONE}/forslag/<int:proposal_id>/ta-tiden", preparing.accept, DO),
    (f"{ONE}/forslag/<int:proposal_id>/behall-tiden", preparing.keep, FORM),
    (f"{ONE}/samtal", in_the_room.room, FORM),
    (f"{ONE}/samtal/nytt", in_the_room.room_news, READ),
    (f"{ONE}/samtal/overenskommelser", in_the_room.write_agreements, DO),
    (f"{ONE}/samtal/<slot>", in_the_room.write_note, DO),
    (f"{ONE}/minnesanteckningar", afterwards.notes, READ),
    (f"{ONE}/minnesanteckningar.docx", afterwards.notes_word, READ),
    (f"{ONE}/minnesanteckningar.pdf", afterwards.notes_pdf, READ),
    (f"{ONE}/minnesanteckningar/godkann", afterwards.approve, DO),
    (f"{ONE}/minnesanteckningar/anmarkning", afterwards.remark, DO),
    (f"{ONE}/minnesanteckningar/genomford", afterwards.hold, DO),
    (f"{ONE}/minnesanteckningar/angra", afterwards.undo_hold, DO),
    (f"{ONE}/overenskommelser/<int:agreement_id>", afterwards.agreement, FORM),
    (f"{ONE}/overenskommelser/<int:agreement_id>/atgard", afterwards.make_measure, DO),
):
    bp.add_url_rule(address, view_func=view, methods=methods)

for side, whose in ((Side.PRINCIPAL, "rektors-fragor"), (Side.ORGANIZER, "dialogansvarigs-fragor")):
    for address, name, view, methods in (
        ("", f"ask_by_{side}", questions.ask, FORM),
        ("/<int:question_id>", f"answer_{side}", questions.answer, FORM),
        ("/<int:question_id>/ta-tillbaka", f"withdraw_by_{side}", questions.withdraw, DO),
    ):
        asked = update_wrapper(
            partial(view, side=side), view
        )  # Flask-WTF wants views to have names
        bp.add_url_rule(f"{ONE}/{whose}{address}", name, asked, methods=methods)
