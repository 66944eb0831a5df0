from flask import Blueprint, render_template

bp = Blueprint("notifications", __name__)


@bp.get("/utskick")
def outbox() -> str:
    return render_template("start/home.html")
