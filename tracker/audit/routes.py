from flask import Blueprint, render_template

bp = Blueprint("audit", __name__)


@bp.get("/historik")
def index() -> str:
    return render_template("start/home.html")
