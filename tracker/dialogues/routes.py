from flask import Blueprint, render_template

bp = Blueprint("dialogues", __name__)


@bp.get("/dialoger")
def index() -> str:
    return render_template("start/home.html")
