from flask import Blueprint, render_template

bp = Blueprint("organisation", __name__)


@bp.get("/organisation")
def index() -> str:
    return render_template("start/home.html")
